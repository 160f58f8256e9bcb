// 车货代看 in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WatchOut } from 'contract'
import { watchView } from '../../../miniprogram/src/lib/watch'

const NOW = new Date('2026-11-28T12:00:00+08:00')
const NONE: WatchOut = {
  state: 'asked', title: '已请求代看，等值班台安排', place: null, plate: null, cargo: null, keys: null, keys_title: null, keys_note: null, watcher: null, asked_at: '2026-11-28T11:00:00+08:00',
  began_at: null, until_at: null, overdue: false, handed_at: null, handed_to: null, handed_note: null, received_at: null,
}
const WATCHED: WatchOut = { ...NONE, state: 'watching', title: '有人在看', place: 'A 侧 12 号位', keys: 'desk', keys_title: '钥匙封存在值班台', keys_note: '三号柜', watcher: '示例保安', began_at: '2026-11-28T11:30:00+08:00', until_at: '2026-11-28T20:00:00+08:00' }

test('only asked for is not yet watched: no lamp, no name', () => {
  const view = watchView(NONE, NOW)
  assert.deepEqual([view.lit, view.title, view.lines, view.steps.length], [false, '已请求代看，等值班台安排', [], 1])
})

test('who watches, where, the keys, until when; a time that has come is said', () => {
  const view = watchView(WATCHED, NOW)
  assert.deepEqual([view.lit, view.title], [true, '示例保安看着'])
  assert.deepEqual(view.lines, [{ title: '停在', value: 'A 侧 12 号位' }, { title: '钥匙', value: '封存在值班台，三号柜' }])
  assert.match(view.note, /看到 20:00，还有 8 小时/)
  assert.match(watchView({ ...WATCHED, overdue: true }, new Date('2026-11-28T20:05:00+08:00')).note, /到时间了/)
})

test('handed back: to whom, and what was looked at', () => {
  const back = watchView({ ...WATCHED, state: 'handed_back', title: '已交还', handed_at: '2026-11-28T18:00:00+08:00', handed_to: '家属', handed_note: '核对过身份证' }, NOW)
  assert.deepEqual([back.lit, back.title, back.back, back.steps.length], [false, '已交还', '交给了家属：核对过身份证', 3])
})
