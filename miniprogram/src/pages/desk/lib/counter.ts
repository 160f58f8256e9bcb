// The counter in words: what is handed out, what is still to be paid, who has not come yet. No names: the kitchen knows none.
import type { KitchenLine } from 'contract'
import { yuan } from '../../../lib/meals'
import { hm } from '../../../lib/time'
import { sideWord } from '../../../lib/words'

export interface Handed {
  title: string
  pay: string
  note: string
}

export function handed(order: KitchenLine): Handed {
  return {
    title: `${order.name} ${order.quantity} 份`,
    pay: order.due_fen > 0 ? `收 ${yuan(order.due_fen)}` : '不收钱',
    note: [order.free ? '用了一张免费券' : '', order.diet ?? '', sideWord(order.side)].filter(Boolean).join(' · '),
  }
}

export interface Waiting {
  id: string
  code: string
  title: string
  note: string
  ready: boolean
}

export function waitingLine(order: KitchenLine): Waiting {
  return {
    id: order.id,
    code: spaced(order.pickup_code),
    title: `${order.name} ${order.quantity} 份`,
    note: [sideWord(order.side), `${hm(order.slot.starts_at)}–${hm(order.slot.ends_at)}`, order.diet ?? '', order.state === 'ready' ? '做好了' : ''].filter(Boolean).join(' · '),
    ready: order.state === 'ready',
  }
}

export const spaced = (code: string) => code.replace(/^(\d{3})(\d{3})$/, '$1 $2')
