// Membership in words, and what the page does with a refusal.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { MembershipOut, MembershipPage, ReceiptOut, StationOut } from 'contract'
import { fresh, opened, phone, problem } from './phone'
import { membership, receiptLine } from '../../../miniprogram/src/pages/duty/lib/membership'
import '../../../miniprogram/src/pages/duty/membership'

const one = (state: MembershipOut['state'], given: Partial<MembershipOut> = {}): MembershipOut => ({
  id: state, branch: 'GS001', branch_name: '示例站', kind: 'fixed', kind_text: '固定党员', state, state_text: state, since: null, ended_at: null, receipts: false, reason: null, ...given,
})
const page = (given: Partial<MembershipPage>): MembershipPage => ({ current: null, pending: null, history: [], ...given })
const SINCE = '2026-11-27T17:00:00Z'

test('who never declared has nothing, who waits cannot declare again', () => {
  assert.equal(membership(null), null)
  const waiting = membership(page({ pending: one('pending') }))
  assert.deepEqual([waiting?.title, waiting?.free, waiting?.active, waiting?.receiptsTo, waiting?.waits], ['示例站支部', false, false, '', true])
  assert.equal(membership(page({ current: one('active', { since: SINCE }), pending: one('pending') }))?.waits, false, 'a transfer is the branch’s matter')
})

test('a refusal is told with its reason until something comes after it', () => {
  const refused = one('refused', { reason: '不是本支部的', ended_at: SINCE })
  const seen = membership(page({ history: [refused] }))
  assert.deepEqual([seen?.free, seen?.refused], [true, '示例站支部没有通过核实。原因：不是本支部的'])
  assert.equal(membership(page({ pending: one('pending'), history: [refused] }))?.refused, '')
  assert.equal(membership(page({ history: [one('left', { ended_at: SINCE }), refused] }))?.refused, '')
})

test('only a mobile member is asked about receipts, and told to whom they go', () => {
  const mobile = membership(page({ current: one('active', { kind: 'mobile', since: SINCE, receipts: true }) }))
  assert.deepEqual([mobile?.receiptsTo, mobile?.receipts, mobile?.active], ['示例站支部', true, true])
  assert.match(mobile?.lines[0] ?? '', /从 2026-11-28 起/)
  assert.equal(membership(page({ current: one('active') }))?.receiptsTo, '')
})

test('a transfer on its way leaves what holds', () => {
  const seen = membership(page({ current: one('active'), pending: one('pending', { branch_name: '另一站', kind: 'mobile' }) }))
  assert.deepEqual([seen?.title, seen?.active, seen?.free, seen?.lines[1]], ['示例站支部', true, false, '正在转到另一站支部，等那边书记核实。'])
})

test('a receipt names the station, or its code where the phone does not know it', () => {
  const receipt: ReceiptOut = { id: 'r', member: 'm', name: 'n', branch: 'GS002', station: 'GS001', what: '引导岗', served_at: '2026-11-27T04:00:00Z', minutes: 120 }
  const now = new Date('2026-11-28T12:00:00+08:00')
  assert.deepEqual(receiptLine(receipt, [{ code: 'GS001', name: '示例站' } as StationOut], now), { id: 'r', title: '示例站', note: '昨天 · 引导岗 · 120 分钟' })
  assert.equal(receiptLine(receipt, [], now).title, 'GS001')
})

beforeEach(fresh)

/** The service before somebody who has no record; `refuse` is what it says to every change. */
function serve(refuse: ReturnType<typeof problem>) {
  phone.answer = asked => {
    if (asked.method !== 'GET') return refuse
    if (asked.url.includes('/me/membership')) return problem(404, 'member.unknown')
    if (asked.url.includes('/stations')) return { statusCode: 200, data: { items: [{ code: 'GS001', name: '示例站' }, { code: 'GS002', name: '另一站' }] } }
    return { statusCode: 200, data: { items: [{ purpose: 'membership', granted: false }] } }
  }
}

test('a refusal stays on the page, and the same wish goes out under the same key', async () => {
  serve(problem(409, 'member.consent_needed'))
  const shown = opened()
  await shown.load()
  assert.deepEqual([shown.data.shown, shown.data.agreed, shown.data.branches], [null, false, ['示例站', '另一站']])
  await shown.declare()
  assert.equal(shown.data.refusal, '请写上您的姓名。')
  Object.assign(shown.data, { name: '示例党员', kind: 'mobile', home: ' 外地支部 ' })
  shown.pickBranch({ detail: { value: '1' } })
  for (const _ of [1, 2]) {
    await shown.declare()
    assert.equal(shown.data.refusal, 'member.consent_needed')
  }
  const sent = phone.sent.filter(asked => asked.method === 'POST')
  assert.deepEqual(sent[0].data, { name: '示例党员', branch: 'GS002', kind: 'mobile', certificate_no: null, home_text: '外地支部' })
  assert.equal(new Set(sent.map(asked => asked.header['Idempotency-Key'])).size, 1)
  shown.setData({ kind: 'fixed' })
  await shown.declare()
  const [last] = phone.sent.filter(asked => asked.method === 'POST').slice(-1)
  assert.equal(last.data?.home_text, null, 'a fixed member has no branch elsewhere')
  assert.notEqual(last.header['Idempotency-Key'], sent[0].header['Idempotency-Key'])
})

test('a consent that did not arrive is not shown as given', async () => {
  serve({ statusCode: 0 })
  const shown = opened()
  await shown.load()
  await shown.agree({ detail: { value: true } })
  assert.equal(shown.data.agreed, false)
  assert.match(shown.data.refusal as string, /没有信号/)
})
