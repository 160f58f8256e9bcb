// Task forces in words, and the way back to their shifts.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { TaskForceOut } from 'contract'
import { fresh, opened, phone, problem } from './phone'
import { forget } from '../../../miniprogram/src/lib/store'
import { helped, joined } from '../../../miniprogram/src/lib/forces'
import { days, forceLine, spelt, typed } from '../../../miniprogram/src/pages/duty/lib/forces'
import '../../../miniprogram/src/pages/duty/mine'

beforeEach(fresh)

const NOW = new Date('2026-11-28T12:00:00+08:00')
const FORCE: TaskForceOut = { id: 'f', name: '示例突击队', station: 'GS001', starts_at: '2026-11-28T00:00:00+08:00', ends_at: '2026-11-29T23:59:00+08:00', helpers: 3, invite: 'ABCD2345', closed_at: null, summary: null }

test('the office reads the code out, a member does not see it, nobody once it has ended', () => {
  assert.deepEqual([forceLine(FORCE, NOW).invite, forceLine(FORCE, NOW).canClose], ['ABCD 2345', true])
  const member = forceLine({ ...FORCE, invite: null }, NOW)
  assert.deepEqual([member.invite, member.canClose], ['', false])
  const over = forceLine(FORCE, new Date('2026-11-30T00:00:00+08:00'))
  assert.deepEqual([over.invite, over.canClose], ['', true], 'its summary is still owed')
  const closed = forceLine({ ...FORCE, closed_at: '2026-11-28T11:00:00+08:00', summary: '清雪' }, NOW)
  assert.deepEqual([closed.canClose, closed.summary], [false, '清雪'])
})

test('a code is taken however it was written down', () => {
  assert.equal(spelt('ABCD2345'), 'ABCD 2345')
  for (const written of ['abcd 2345', ' ABCD-2345 ', 'abcd\n2345']) assert.equal(typed(written), 'ABCD2345')
})

test('whole days, and none that end before they begin', () => {
  assert.deepEqual(days('2026-11-28', '2026-11-28'), { starts_at: '2026-11-28T00:00:00+08:00', ends_at: '2026-11-28T23:59:00+08:00' })
  assert.equal(days('2026-11-28', '2026-11-27'), null)
})

test('the phone remembers whom it helps until it ends, each once, and forgets with its person', () => {
  const force = { id: 'f', name: 'n', starts_at: FORCE.starts_at, ends_at: FORCE.ends_at }
  joined(force, NOW)
  joined({ ...force, name: 'anew' }, NOW)
  assert.deepEqual(helped(NOW).map(one => one.name), ['anew'])
  assert.deepEqual(helped(new Date('2026-11-30T00:00:00+08:00')), [])
  forget()
  assert.deepEqual(helped(NOW), [])
})

test('a helper sees his shifts though there are no stand-ins for him; any other trouble is told', async () => {
  phone.answer = asked => (asked.url.includes('stand-ins') ? problem(403, 'duty.members_only') : { statusCode: 200, data: { items: [] } })
  const mine = opened()
  await mine.load()
  assert.deepEqual([mine.data.trouble, mine.data.member, mine.data.loaded], ['', false, true])
  phone.answer = asked => (asked.url.includes('stand-ins') ? problem(500, 'api.error') : { statusCode: 200, data: { items: [] } })
  const other = opened()
  await other.load()
  assert.notEqual(other.data.trouble, '')
})
