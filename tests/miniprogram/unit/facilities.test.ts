// Facilities: free or not in words, by side and kind, holds with the clock that runs on them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BookingOut, FacilityOut } from 'contract'
import { holds, placeGroups, placeLine } from '../../../miniprogram/src/lib/facilities'

const NOW = new Date('2026-11-28T12:00:00+08:00')
const PLACE: FacilityOut = {
  id: 'a', station: 'GS001', side: 'A', kind: 'capsule', title: '胶囊仓', name: '1 号', place: '二楼', state: 'ok', as_of: null, said_by: null,
  words: '刚刚站里看过，能用', bookable: true, free: true, taken: null, until: null, women_only: null, mine: null,
}
const HOLD: BookingOut = {
  id: 'h', state: 'held', until: '2026-11-28T12:10:30+08:00', held_at: '2026-11-28T11:55:30+08:00',
  facility: { id: 'a', station: 'GS001', side: 'A', kind: 'capsule', title: '胶囊仓', name: '1 号', place: null },
}

test('what is free, whose it is, and why not', () => {
  const word = (changed: Partial<FacilityOut>) => placeLine({ ...PLACE, ...changed }).state
  assert.equal(word({}), '空着')
  assert.equal(word({ free: false, taken: 'held', until: '2026-11-28T12:15:00+08:00' }), '有人，到 12:15')
  assert.equal(word({ free: false, taken: 'overtime', until: '2026-11-28T11:15:00+08:00' }), '用超时了')
  assert.equal(word({ free: false, taken: 'held', mine: { id: 'h', state: 'held', until: HOLD.until } }), '您占着')
  assert.equal(word({ free: false, state: 'cleaning' }), '打扫中')
  assert.equal(word({ bookable: false, free: false }), '直接用')
  assert.equal(placeLine({ ...PLACE, bookable: false }).free, false)
})

test('by side and kind', () => {
  const groups = placeGroups([PLACE, { ...PLACE, id: 'b', free: false, taken: 'held' }, { ...PLACE, id: 'c', side: 'B' }, { ...PLACE, id: 'd', title: 'AED', bookable: false, free: false }], 'A')
  assert.deepEqual(groups.map(one => [one.title, one.free, one.lines.length]), [['胶囊仓', '空 1 个', 2], ['AED', '', 1]])
})

test('a hold runs down, a turn says until when', () => {
  const [held] = holds([HOLD, { ...HOLD, state: 'finished' }], NOW)
  assert.deepEqual([held.clock, held.state, held.started, held.over], ['10:30', '给您留到 12:10', false, false])
  const [out] = holds([HOLD], new Date('2026-11-28T12:10:31+08:00'))
  assert.deepEqual([out.clock, out.over], ['', true])
  const [turn] = holds([{ ...HOLD, state: 'in_use', until: '2026-11-28T20:00:00+08:00' }], NOW)
  assert.deepEqual([turn.clock, turn.state, turn.started], ['', '正在用，到 20:00', true])
  const [late] = holds([{ ...HOLD, state: 'overtime', until: '2026-11-28T11:30:00+08:00' }], NOW)
  assert.equal(late.state, '过了 30 分钟，用完请点一下')
})
