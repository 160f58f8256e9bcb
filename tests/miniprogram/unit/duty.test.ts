// An arrival on duty without signal waits with its own time, and says so when it comes too late.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, opened, phone, problem } from './phone'
import type { Item } from '../../../miniprogram/src/lib/outbox'
import { sendWaiting, waiting } from '../../../miniprogram/src/lib/sending'
import '../../../miniprogram/src/pages/duty/index'

beforeEach(fresh)

test('it goes out later, under its own key and with the time of the scan', async () => {
  await opened().scanIn()
  const [kept] = waiting() as Array<Extract<Item, { kind: 'attendance' }>>
  assert.deepEqual([kept.kind, kept.body], ['attendance', { code: 'scanned', scanned_at: kept.at }])
  assert.match(phone.said[0], /先记下了/)
  phone.answer = () => ({ statusCode: 201, data: { state: 'on_duty' } })
  phone.sent = []
  await sendWaiting()
  assert.deepEqual(phone.sent.map(one => [one.header['Idempotency-Key'], one.data]), [[kept.id, kept.body]])
  assert.deepEqual(waiting(), [])
})

test('a code that has changed meanwhile is told', async () => {
  await opened().scanIn()
  phone.answer = () => problem(410, 'duty.code_expired')
  await sendWaiting()
  assert.equal(waiting()[0].refused, 'duty.code_expired')
})

test('a member who opens the page without signal may scan all the same', async () => {
  phone.shelf.user = { roles: ['member'] }
  const page = opened()
  await page.load()
  assert.match(page.data.due as string, /没信号也能扫/)
  phone.shelf.user = { roles: [] }
  const other = opened()
  await other.load()
  assert.equal(other.data.due, '')
})
