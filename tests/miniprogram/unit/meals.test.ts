// Meals and places: sums, codes, keys, and what stays unsaid without signal.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OfferOut, RequestOut } from 'contract'
import { notNow, Wanted } from '../../../miniprogram/src/lib/booking'
import { dueText, keepMeal, keptMeal, mealDays, nearFirst, offerLine, pickup, yuan } from '../../../miniprogram/src/lib/meals'
import { Trouble } from '../../../miniprogram/src/lib/trouble'

const NOW = new Date('2026-11-28T16:30:00Z') // half past midnight of the 29th in Gansu
const SLOT = { starts_at: '2026-11-29T11:00:00+08:00', ends_at: '2026-11-29T13:00:00+08:00', text: '' }
const OFFER: OfferOut = {
  id: 'a', name: '示例面', side: 'A', slot: SLOT, price_fen: 1250, left: 5, station: 'GS001', quota: 9, mine: 0,
  coupon_left: true, can_order: true, why_not: null, why_not_text: null,
}

test('money as it is said at a counter', () => {
  assert.deepEqual([yuan(1200), yuan(1250), yuan(1205), yuan(0)], ['12 元', '12.5 元', '12.05 元', '0 元'])
  assert.deepEqual([yuan(10000), yuan(90)], ['100 元', '0.9 元'])
  assert.equal(dueText(OFFER, 2, true), '取餐时付 12.5 元')
  assert.equal(dueText(OFFER, 1, true), '不用付钱')
})

test('the days begin with today in Gansu', () => {
  assert.deepEqual(mealDays(NOW).map(one => [one.day, one.title]), [['2026-11-29', '今天'], ['2026-11-30', '明天'], ['2026-12-01', '周二']])
})

test('no more portions than are left, and two in all', () => {
  assert.equal(offerLine(OFFER, NOW).most, 2)
  assert.equal(offerLine({ ...OFFER, left: 1 }, NOW).most, 1)
  assert.equal(offerLine({ ...OFFER, mine: 1 }, NOW).most, 1)
  assert.equal(offerLine({ ...OFFER, can_order: false, why_not_text: '停订' }, NOW).most, 0)
  assert.equal(offerLine(OFFER, NOW).note, 'A 侧 · 今天 11:00–13:00')
})

test('a code is shown in two groups, and a spent one says so', () => {
  const meal = { name: '示例面', side: 'A', slot: SLOT, quantity: 2, due_fen: 0, pickup_code: '290042', state: 'reserved' }
  const request = (state: string) => ({ meal: { ...meal, state } }) as unknown as RequestOut
  assert.deepEqual([pickup(request('ready'), NOW)?.code, pickup(request('ready'), NOW)?.live], ['290 042', true])
  assert.deepEqual([pickup(request('expired'), NOW)?.live, pickup(request('picked_up'), NOW)?.state], [false, '取走了'])
  assert.equal(pickup({} as RequestOut, NOW), null)
})

test('one wish has one key until it was answered', () => {
  const wanted = new Wanted()
  const first = wanted.keyFor('a')
  assert.equal(wanted.keyFor('a'), first)
  assert.notEqual(wanted.keyFor('b'), first)
  const second = wanted.keyFor('b')
  wanted.answered()
  assert.notEqual(wanted.keyFor('b'), second)
})

test('without signal nothing is promised', () => {
  assert.match(notNow(new Trouble('没有信号，连不上。'), '留饭'), /留饭要等有信号/)
  assert.equal(notNow(new Trouble('停订了。', 409, 'meal.closed'), '留饭'), '停订了。')
})

test('a code is kept for a counter without signal, as long as it gets a meal', () => {
  const shelf: Record<string, unknown> = {}
  Object.assign(globalThis, { wx: { getStorageSync: (key: string) => shelf[key] ?? '', setStorageSync: (key: string, value: unknown) => (shelf[key] = value) } })
  const meal = { code: '290 042', title: '', note: '', pay: '', state: '', live: true, until: '2026-11-29T13:00:00+08:00' }
  keepMeal('a', meal, NOW)
  keepMeal('b', { ...meal, live: false }, NOW)
  assert.deepEqual([keptMeal('a', NOW)?.code, keptMeal('b', NOW)], ['290 042', null])
  assert.equal(keptMeal('a', new Date('2026-11-29T15:00:00+08:00')), null)
  keepMeal('a', null, NOW)
  assert.deepEqual(shelf.meals, {})
})

test('what cannot be walked to comes last and says so', () => {
  const over = { ...OFFER, id: 'b', side: 'B' as const }
  assert.deepEqual(nearFirst([over, OFFER], 'A').map(one => one.id), ['a', 'b'])
  assert.deepEqual(nearFirst([over, OFFER], null).map(one => one.id), ['b', 'a'])
  assert.match(offerLine(over, NOW, 'A').note, /走不过去/)
  assert.doesNotMatch(offerLine(over, NOW).note, /走不过去/)
})
