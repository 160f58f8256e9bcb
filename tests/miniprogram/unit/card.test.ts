// The card in words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { User } from 'contract'
import { cardView } from '../../../miniprogram/src/lib/card'

const having = (state: string, valid_until: string | null = null) =>
  ({ card: { id: 'c', number: '23456789', state, applied_at: '', valid_until, benefits: [{ title: '示例', usable: state === 'verified' }] } }) as unknown as User

test('a card says where it stands, and an old one offers another', () => {
  assert.equal(cardView({ card: null } as unknown as User), null)
  assert.deepEqual([cardView(having('applied'))?.number, cardView(having('applied'))?.over], ['2345 6789', false])
  assert.equal(cardView(having('verified', '2027-11-28T17:00:00Z'))?.note, '有效到 2027-11-29')
  assert.equal(cardView(having('expired'))?.over, true)
})
