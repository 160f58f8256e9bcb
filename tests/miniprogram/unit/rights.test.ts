// Erased is erased: nothing of his stays on the phone, and looking at the first page does not sign him in anew.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, opened, phone } from './phone'
import '../../../miniprogram/src/pages/rights/index'
import { call } from '../../../miniprogram/src/lib/http'

const paths = ['wxfile://usr/waiting', 'wxfile://usr/up', 'wxfile://usr/draft']

test('a consent that could not be sent turns the switch back, also where nothing can be looked up', async () => {
  fresh()
  const page = opened()
  page.data.consents = [{ purpose: 'documents', title: '证件', granted: false }]
  const shown: unknown[] = []
  const draw = page.setData.bind(page)
  page.setData = (given: { consents?: Array<{ granted: boolean }> }) => {
    if (given.consents) shown.push(given.consents[0].granted)
    draw(given)
  }
  await page.flip({ currentTarget: { dataset: { purpose: 'documents' } }, detail: { value: true } })
  assert.deepEqual(shown, [true, false]) // the same value twice would leave WeChat's own switch as it was tapped
})

test('erasure takes the photos along and is not undone by the first page', async () => {
  fresh()
  paths.forEach(path => phone.files.add(path))
  phone.shelf.outbox = [{ kind: 'request', id: 'a', at: '2026-11-28T22:41:00+08:00', title: 'a', photos: [paths[0]], done: [paths[1]], uploads: ['up'], body: { kind: 'facility', text: 'a' } }]
  phone.shelf.drafts = { facility: { text: 'b', place: '', phone: '', values: {}, photos: [paths[2]] } }
  phone.answer = ({ url }) => ({ statusCode: 200, data: url.endsWith('/auth/wechat') ? { token: 'new', user: {} } : { items: [] } })
  await opened().erase()
  assert.deepEqual([[...phone.files], phone.shelf.outbox ?? [], phone.shelf.token], [[], [], undefined])

  await import('../../../miniprogram/src/pages/home/index')
  phone.sent = []
  await opened().load()
  assert.deepEqual(phone.sent.filter(one => !one.url.includes('/bulletins')), [])

  await call('GET /me', {}) // he has tapped something that needs it
  assert.equal(phone.shelf.token, 'new')
  assert.equal(phone.shelf.left, undefined)
})
