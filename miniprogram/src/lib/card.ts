// The card of 会员之家 in words: the number as it is read out, where it stands, what it brings by now.
import type { CardOut, User } from 'contract'
import { dayOf } from './time'

const STATE: Record<string, string> = { applied: '等站里核验', verified: '核验过了', expired: '到期了' }

export interface CardView {
  number: string
  state: string
  note: string
  benefits: Array<{ title: string; usable: boolean }>
  over: boolean
}

export function cardView(user: User): CardView | null {
  const card = user.card as CardOut | null | undefined
  if (!card) return null
  return {
    number: card.number.replace(/^(.{4})(.{4})$/, '$1 $2'),
    state: STATE[card.state] ?? '用不了了',
    note: note(card),
    benefits: card.benefits.map(({ title, usable }) => ({ title, usable })),
    over: !['applied', 'verified'].includes(card.state),
  }
}

function note(card: CardOut): string {
  if (card.state === 'applied') return '到站时给值班员看这个号，再看一眼行驶证'
  if (card.state === 'verified' && card.valid_until) return `有效到 ${dayOf(card.valid_until)}`
  return '要用就再申请一次'
}
