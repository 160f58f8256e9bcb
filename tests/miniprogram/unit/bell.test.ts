// The bell of the desk in a pocket: who waits, what rings on which page, one sound for all pages.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueItem } from 'contract'
import { alarm, unheld } from '../../../miniprogram/src/pages/desk/lib/bell'

const item = (values: Partial<QueueItem>) => ({ id: '1', urgency: 0, state: 'new', holder: null, created_at: '2026-11-28T10:00:00Z', ...values }) as QueueItem

test('only medical calls that nobody has taken, the longest waiting first', () => {
  const holder = { name: '示例', since: '2026-11-28T10:00:00Z' }
  const items = [item({ id: 'late', created_at: '2026-11-28T10:05:00Z' }), item({ id: 'lamp', urgency: 2 }), item({ id: 'early' }), item({ id: 'taken', holder }), item({ id: 'done', state: 'closed' })]
  assert.deepEqual(unheld(items), ['early', 'late'])
})

test('on its own page a call rings but leads nowhere; once one has it, it is silent; another one still rings', () => {
  assert.deepEqual(alarm([], '', false), { ringing: false, call: '' })
  assert.deepEqual(alarm(['a', 'b'], '', false), { ringing: true, call: 'a' })
  assert.deepEqual(alarm(['a'], 'a', false), { ringing: true, call: '' })
  assert.deepEqual(alarm(['a'], 'a', true), { ringing: false, call: '' })
  assert.deepEqual(alarm(['a', 'b'], 'a', true), { ringing: true, call: 'b' })
})
