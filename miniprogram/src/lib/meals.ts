// Meals in words: what is offered, what it costs at the counter, the code that gets it.
import type { OfferOut, RequestOut } from 'contract'
import { keep, kept } from './store'
import { addDays, dayOf, dayWord, hm, weekday } from './time'
import { sideWord } from './words'

/** What a request carries in `meal` when a portion was ordered with it. */
interface OrderSection {
  name: string
  side: string
  slot: { starts_at: string; ends_at: string }
  quantity: number
  due_fen: number
  pickup_code: string
  state: string
}

const DAYS_AHEAD = 3
const MOST_PORTIONS = 2

/** `12 元`, `12.5 元` */
export function yuan(fen: number): string {
  return `${(fen / 100).toFixed(2).replace(/\.?0+$/, '')} 元`
}

/** The days that can be looked at: today and the next two. */
export function mealDays(now: Date): Array<{ day: string; title: string }> {
  const today = dayOf(now)
  return Array.from({ length: DAYS_AHEAD }, (_, ahead) => {
    const day = addDays(today, ahead)
    return { day, title: ['今天', '明天'][ahead] ?? `周${weekday(day)}` }
  })
}

export interface OfferLine {
  id: string
  name: string
  note: string
  price: string
  left: string
  mine: string
  /** How many may still be chosen; none where it cannot be ordered. */
  most: number
  why: string
}

export function offerLine(offer: OfferOut, now: Date, side: string | null = null): OfferLine {
  const { slot, mine } = offer
  return {
    id: offer.id,
    name: offer.name,
    note: `${sideWord(offer.side)} · ${slotText(slot, now)}${onOther(offer, side) ? ' · 在对面，走不过去' : ''}`,
    price: offer.price_fen ? yuan(offer.price_fen) : '不要钱',
    left: offer.left > 0 ? `还有 ${offer.left} 份` : '没有了',
    mine: mine ? `您订了 ${mine} 份` : '',
    most: offer.can_order ? Math.max(0, Math.min(MOST_PORTIONS - mine, offer.left)) : 0,
    why: offer.why_not_text ?? '',
  }
}

/** One cannot walk over to the other side of a service area. */
function onOther(offer: OfferOut, side: string | null): boolean {
  return side !== null && offer.side !== side
}

/** What can be walked to comes first. */
export function nearFirst(offers: OfferOut[], side: string | null): OfferOut[] {
  return [...offers].sort((a, b) => Number(onOther(a, side)) - Number(onOther(b, side)))
}

/** `今天 11:00–13:00`; a slot of another day says which. */
function slotText(slot: { starts_at: string; ends_at: string }, now: Date): string {
  return `${dayWord(slot.starts_at, now)} ${hm(slot.starts_at)}–${hm(slot.ends_at)}`
}

/** What is paid at the counter: the coupon covers one portion. */
export function dueText(offer: OfferOut, quantity: number, free: boolean): string {
  const fen = offer.price_fen * (quantity - (free ? 1 : 0))
  return fen > 0 ? `取餐时付 ${yuan(fen)}` : '不用付钱'
}

export interface Pickup {
  code: string
  title: string
  note: string
  pay: string
  state: string
  /** The code still gets a meal. */
  live: boolean
  /** The end of the slot. */
  until: string
}

const STATE: Record<string, string> = { reserved: '给您留着', ready: '做好了，来取', picked_up: '取走了', cancelled: '取消了', expired: '过了时段，没留住' }
const LIVE = ['reserved', 'ready']

/** The code of an order, as it is shown at the counter; null where nothing was ordered. */
export function pickup(request: RequestOut, now: Date): Pickup | null {
  const { meal } = request as RequestOut & { meal?: OrderSection | null }
  if (!meal) return null
  return {
    code: meal.pickup_code.replace(/^(\d{3})(\d{3})$/, '$1 $2'),
    title: `${meal.name} ${meal.quantity} 份`,
    note: `${sideWord(meal.side)}取 · ${slotText(meal.slot, now)}`,
    pay: meal.due_fen ? `取餐时付 ${yuan(meal.due_fen)}` : '不用付钱',
    state: STATE[meal.state] ?? '',
    live: LIVE.includes(meal.state),
    until: meal.slot.ends_at,
  }
}

const GRACE_MS = 2 * 3600_000 // so long after its slot a counter still hands a meal out

/** A counter may have no signal: the code is kept on the phone as long as it gets a meal. */
export function keepMeal(request: string, meal: Pickup | null, now: Date): Pickup | null {
  const had = kept('meals') ?? {}
  const meals = Object.fromEntries(Object.entries(had).filter(([id, one]) => id !== request && fetchable(one, now)))
  if (meal && fetchable(meal, now)) meals[request] = meal
  if (meal || request in had) keep('meals', meals)
  return meal
}

export function keptMeal(request: string, now: Date): Pickup | null {
  const meal = kept('meals')?.[request]
  return meal && fetchable(meal, now) ? meal : null
}

function fetchable(meal: Pickup, now: Date): boolean {
  return meal.live && now.getTime() < Date.parse(meal.until) + GRACE_MS
}
