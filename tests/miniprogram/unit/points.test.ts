// Points in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PointsEntryOut, QuarterOut } from 'contract'
import { entryLine, objectionLine, quarterBefore, quarterView } from '../../../miniprogram/src/pages/duty/lib/points'

const NOW = new Date('2027-01-03T12:00:00+08:00')
const QUARTER: QuarterOut = {
  quarter: '2026Q4', title: '2026 年第四季度', branch: 'GS001', state: 'published', revision: 1, rules: [], rule_version: 1, published_at: null,
  public_until: '2027-01-06T00:00:00+08:00', hash: null, mine: { points: 12, earned: 12, by_item: {}, rank: 2, reward: null },
  ranking: [{ rank: 1, name: '示例甲', points: 20, mine: false }, { rank: 2, name: '示例乙', points: 12, mine: true }],
}

test('the quarter before', () => {
  assert.deepEqual(['2027Q1', '2026Q4'].map(quarterBefore), ['2026Q4', '2026Q3'])
})

test('an objection can be made while the list is public, its last day included', () => {
  const view = quarterView(QUARTER, NOW)
  assert.deepEqual([view.state, view.open, view.mine], ['公示中，到 1月5日', true, '您 12 分，第 2 名'])
  assert.deepEqual(view.ranking.map(one => one.mine), [false, true])
  const after = quarterView({ ...QUARTER, ranking: null }, new Date('2027-01-06T00:00:00+08:00'))
  assert.deepEqual([after.state, after.open, after.ranking], ['公示完了', false, []])
  assert.deepEqual([quarterView({ ...QUARTER, state: 'open', public_until: null, mine: null }, NOW).state], ['还在记'])
})

test('a line has its reason, rule and sign', () => {
  const entry: PointsEntryOut = { id: 'e', points: 3, reason: '值守', item: 'duty', rule: '每小时 1 分', rule_version: 2, source: { kind: 'duty', id: '' }, branch: '', quarter: '2026Q4', at: '2027-01-02T12:00:00+08:00', made_at: '' }
  assert.deepEqual([entryLine(entry, NOW).points, entryLine(entry, NOW).note], ['+3', '昨天 · 每小时 1 分 · 第 2 版规则'])
  const undone = entryLine({ ...entry, points: -3, reverses: 'x' }, NOW)
  assert.deepEqual([undone.points, undone.note.startsWith('冲销')], ['-3', true])
  assert.equal(objectionLine({ id: 'o', quarter: '', entry_id: null, text: 't', made_at: '', state: 'accepted', answer: null, decided_at: null }).state, '成立')
})
