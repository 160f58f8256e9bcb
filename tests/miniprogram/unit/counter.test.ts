// The counter in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KitchenLine } from 'contract'
import { handed, spaced, waitingLine } from '../../../miniprogram/src/pages/desk/lib/counter'

const ORDER: KitchenLine = {
  id: 'o', pickup_code: '123456', offer_id: 'f', name: '示例牛肉面', station: 'GS001', side: 'A', slot: { starts_at: '2026-11-28T11:00:00+08:00', ends_at: '2026-11-28T13:00:00+08:00' },
  quantity: 2, free: false, due_fen: 2500, diet: null, arrives_at: null, state: 'ready',
}

test('what is paid at the counter is said, also when it is nothing', () => {
  assert.deepEqual(handed(ORDER), { title: '示例牛肉面 2 份', pay: '收 25 元', note: 'A 侧' })
  assert.deepEqual(handed({ ...ORDER, free: true, due_fen: 0, diet: '清真' }), { title: '示例牛肉面 2 份', pay: '不收钱', note: '用了一张免费券 · 清真 · A 侧' })
})

test('what waits: its code as it is read out, its side and slot, what is ready', () => {
  assert.deepEqual(waitingLine(ORDER), { id: 'o', code: '123 456', title: '示例牛肉面 2 份', note: 'A 侧 · 11:00–13:00 · 做好了', ready: true })
  assert.equal(spaced('12345'), '12345')
})
