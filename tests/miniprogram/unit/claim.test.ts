// A claim in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClaimClockOut, ClaimOut, HotlineOut } from 'contract'
import { claimLine, claimView, clockView, fenOf } from '../../../miniprogram/src/lib/claim'

const NOW = new Date('2026-11-28T12:00:00+08:00')
const SOURCE = { title: '示例出处', address: '', as_of: null, checked_on: '2026-11-28' }
const CLOCK: ClaimClockOut = { code: 'c', title: '48 小时内报案', note: '越早越好。', state: 'running', due_at: '2026-11-30T12:00:00+08:00', sources: [SOURCE] }
const LINE: HotlineOut = { code: 'x', name: '示例公司', phone: '95500', keys: '3 → 1', about: '', source: '', checked_on: '2026-11-28', stale: false }
const CASE = {
  request_id: 'r', number: '1128-ABC', state: 'handling', station: 'GS001', side: 'A', role: 'owner', path: 'toll_network', path_title: '', what: 'cargo_theft', what_title: '货物丢失',
  disclaimer: '', next_step: { who: 'staff', code: 'footage', text: '先保全录像。' },
  reports: [{ kind: 'police', title: '', phones: [LINE], done_at: null, number: null }, { kind: 'insurer', title: '', phones: [LINE, LINE, { ...LINE, stale: true }], done_at: '2026-11-28T11:00:00+08:00', number: '7' }],
  footage: { due_at: '2026-11-28T12:30:00+08:00', outcome: null, title: '还没有保全', from_at: null, until_at: null, noted_at: null },
  evidence: [{ code: 'a', title: '', why: '', done_at: null }, { code: 'b', title: '', why: '', done_at: '2026-11-28T11:00:00+08:00' }],
  milestones: [], clocks: [], documents_wanted: [], documents: [], co_drivers: [], facts: { loss_fen: 320000 },
} as unknown as ClaimOut

test('an amount as it is written', () => {
  assert.deepEqual(['3200', '3200.5 元', ' 12.34', '1,000', '三千', '-1', '1.234'].map(fenOf), [320000, 320050, 1234, null, null, null, null])
})

test('a clock says until when, how long, or that it has not begun', () => {
  assert.deepEqual([clockView(CLOCK, NOW).state, clockView(CLOCK, NOW).on], ['11月30日 12:00 前 · 还有 2 天', true])
  assert.match(clockView({ ...CLOCK, state: 'missed', due_at: '2026-11-28T11:30:00+08:00' }, NOW).state, /过了 30 分钟/)
  assert.deepEqual([clockView({ ...CLOCK, state: 'waiting', due_at: null }, NOW).state, clockView({ ...CLOCK, state: 'met' }, NOW).on], ['还没起算', false])
  assert.match(clockView(CLOCK, NOW).note, /示例出处（2026-11-28 核对）/)
})

test('whose turn, both reports, numbers with the day they were checked', () => {
  const view = claimView(CASE, NOW)
  assert.deepEqual([view.turn, view.mine, view.owner, view.over], ['轮到服务区', false, true, false])
  assert.deepEqual(view.reports.map(one => [one.title, one.done, one.phones.length]), [['报警', '', 1], ['报保险', '11:00 报了', 0]])
  assert.match(view.reports[0].phones[0].note, /通了按 3 → 1 · 2026-11-28 核对过/)
  assert.match(view.hotlines[2].note, /太久了/)
  assert.deepEqual([view.evidenceLeft, view.loss, view.footage?.due], [1, '3200 元', '服务区要在 12:30 前存下来'])
  assert.equal(claimView({ ...CASE, next_step: null, state: 'closed' }, NOW).over, true)
})

test('a line of the list', () => {
  const line = { request_id: 'r', number: '1', state: 'new', station: null, role: 'co_driver' as const, created_at: '2026-11-28T11:00:00+08:00', reached: null }
  assert.equal(claimLine(line, NOW).note, '同车 · 还没报案 · 等人接 · 11:00')
})
