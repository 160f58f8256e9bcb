// Work that runs while a page is seen: at once, again and again, and never behind its back.
import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { whileSeen } from '../../../miniprogram/src/lib/seen'

interface Counting { first: number; again: number }

const page = (): Counting => ({ first: 0, again: 0 })
const seen = whileSeen<Counting>(1000, one => one.again++, one => one.first++)

test('at once when it comes into sight, then again and again, until it is hidden or gone', () => {
  mock.timers.enable({ apis: ['setInterval'] })
  for (const leave of [seen.onHide, seen.onUnload]) {
    const one = page()
    seen.onShow.call(one)
    mock.timers.tick(2500)
    assert.deepEqual(one, { first: 1, again: 2 })
    leave.call(one)
    mock.timers.tick(5000)
    assert.deepEqual(one, { first: 1, again: 2 })
  }
  mock.timers.reset()
})

test('two pages of a kind have a beat each; one that is shown twice has one', () => {
  mock.timers.enable({ apis: ['setInterval'] })
  const [one, other] = [page(), page()]
  for (const who of [one, other, other]) seen.onShow.call(who)
  seen.onHide.call(one)
  mock.timers.tick(1000)
  assert.deepEqual([one, other], [{ first: 1, again: 0 }, { first: 2, again: 1 }])
  seen.onUnload.call(other)
  mock.timers.reset()
})
