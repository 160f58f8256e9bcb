// The page of what waits says no more than is true.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, opened, phone, problem } from './phone'
import '../../../miniprogram/src/pages/waiting/index'

const OLD = new Date(Date.now() - 8 * 3600_000).toISOString()
const tap = { currentTarget: { dataset: { id: 'sos' } } }

beforeEach(() => {
  fresh()
  phone.shelf.outbox = [{ kind: 'request', id: 'sos', at: OLD, title: '急救', photos: [], uploads: [], refused: '填写有误。', body: { kind: 'medical', text: '需要急救' } }]
})

test('what was refused is not told as sent', async () => {
  await opened().again()
  assert.deepEqual(phone.said, ['有 1 件没送成，看看为什么'])
})

test('a stale call that was refused once goes out when it is still meant', async () => {
  phone.answer = () => ({ statusCode: 201, data: { id: 'made' } })
  await opened().sendStale(tap)
  assert.deepEqual([phone.sent.length, phone.said, phone.shelf.outbox], [1, ['都发出去了'], []])
})

test('and when it is refused again, that is said', async () => {
  phone.answer = () => problem(422, 'api.invalid')
  await opened().sendStale(tap)
  assert.deepEqual([phone.sent.length, phone.said], [1, ['有 1 件没送成，看看为什么']])
})
