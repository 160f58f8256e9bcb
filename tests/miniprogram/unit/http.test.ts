// One sign-in for all calls that find theirs dead, also for the one whose refusal comes late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, signIn } from '../../../miniprogram/src/lib/http'

interface Sent {
  url: string
  header: Record<string, string>
  success(answer: unknown): void
}

test('a refusal that comes after another call has signed in anew asks for no second sign-in', async () => {
  const shelf: Record<string, unknown> = { token: 'dead' }
  const held: Array<() => void> = []
  let signIns = 0
  const answer = ({ url, header, success }: Sent) => {
    if (url.endsWith('/auth/wechat')) {
      signIns += 1
      success({ statusCode: 200, header: {}, data: { token: `fresh ${signIns}`, user: {} } })
    } else if (header.Authorization !== 'Bearer dead') success({ statusCode: 200, header: {}, data: {} })
    else if (url.endsWith('/me')) success({ statusCode: 401, header: {}, data: {} })
    else held.push(() => success({ statusCode: 401, header: {}, data: {} }))
  }
  Object.assign(globalThis, {
    wx: {
      getStorageSync: (key: string) => shelf[key] ?? '',
      setStorageSync: (key: string, value: unknown) => (shelf[key] = value),
      removeStorageSync: (key: string) => delete shelf[key],
      getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
      login: ({ success }: { success(given: unknown): void }) => success({ code: 'c' }),
      request: answer,
    },
  })
  const late = call('GET /inbox/unread', {})
  await call('GET /me', {})
  held.forEach(refuse => refuse())
  await late
  assert.equal(signIns, 1)
})

const whoSignsIn = async (envVersion: string) => {
  const codes: unknown[] = []
  const shelf: Record<string, unknown> = { person: 'staff' }
  Object.assign(globalThis, {
    wx: {
      getStorageSync: (key: string) => shelf[key] ?? '',
      setStorageSync: (key: string, value: unknown) => (shelf[key] = value),
      removeStorageSync: (key: string) => delete shelf[key],
      getAccountInfoSync: () => ({ miniProgram: { envVersion } }),
      login: ({ success }: { success(given: unknown): void }) => success({ code: 'of WeChat' }),
      request: ({ data, success }: { data: { code: unknown }; success(answer: unknown): void }) => {
        codes.push(data.code)
        success({ statusCode: 200, header: {}, data: { token: 't', user: {} } })
      },
    },
  })
  await signIn()
  return codes
}

test('a develop version may be told whom to be, a released one asks WeChat', async () => {
  assert.deepEqual(await whoSignsIn('develop'), ['demo:staff'])
  assert.deepEqual(await whoSignsIn('release'), ['of WeChat'])
  assert.deepEqual(await whoSignsIn('trial'), ['of WeChat'])
})
