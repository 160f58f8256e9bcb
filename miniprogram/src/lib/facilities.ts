// Facilities in words: what is free, what is mine and how long it is kept, how old that knowledge is.
import type { BookingOut, FacilityOut } from 'contract'
import { hm, running, span } from './time'

const LIVE = ['held', 'in_use', 'overtime']
const SHUT: Record<string, string> = { out: '停用', cleaning: '打扫中' }

export interface PlaceLine {
  id: string
  name: string
  note: string
  words: string
  state: string
  free: boolean
  mine: boolean
  /** The dot of what is known: filled where it works. */
  dot: string
}

export interface PlaceGroup {
  title: string
  free: string
  lines: PlaceLine[]
}

export function placeLine(one: FacilityOut): PlaceLine {
  const women = one.women_only ? `${one.women_only.from}–${one.women_only.until} 只供女性` : ''
  return {
    id: one.id,
    name: one.name,
    note: [one.place ?? '', women].filter(Boolean).join(' · '),
    words: one.words,
    state: stateWord(one),
    free: one.bookable && one.free,
    mine: one.mine !== null,
    dot: one.state === 'ok' ? 'fresh' : 'old',
  }
}

function stateWord(one: FacilityOut): string {
  if (one.state in SHUT) return SHUT[one.state]
  if (one.mine) return '您占着'
  if (one.taken === 'overtime') return '用超时了'
  if (one.taken) return one.until ? `有人，到 ${hm(one.until)}` : '有人'
  if (!one.bookable) return one.state === 'ok' ? '直接用' : '说不准'
  return '空着'
}

/** Those of a side by kind, in the order of the service. */
export function placeGroups(all: FacilityOut[], side: string): PlaceGroup[] {
  const groups = new Map<string, FacilityOut[]>()
  for (const one of all.filter(each => each.side === side)) groups.set(one.title, [...(groups.get(one.title) ?? []), one])
  return [...groups].map(([title, those]) => ({
    title,
    free: those.some(one => one.bookable) ? `空 ${those.filter(one => one.free).length} 个` : '',
    lines: those.map(placeLine),
  }))
}

export interface Hold {
  id: string
  title: string
  note: string
  clock: string
  state: string
  started: boolean
  over: boolean
}

/** What of mine still counts, with the clock that runs on it. */
export function holds(bookings: BookingOut[], now: Date): Hold[] {
  return bookings.filter(one => LIVE.includes(one.state)).map(one => {
    const left = Date.parse(one.until) - now.getTime()
    const started = one.state !== 'held'
    return {
      id: one.id,
      title: one.facility.name,
      note: [one.facility.side ? `${one.facility.side} 侧` : '', one.facility.place ?? ''].filter(Boolean).join(' · '),
      clock: left > 0 && !started ? running(left) : '',
      state: started ? useWord(one.until, left) : `给您留到 ${hm(one.until)}`,
      started,
      over: left <= 0 && !started,
    }
  })
}

function useWord(until: string, left: number): string {
  return left > 0 ? `正在用，到 ${hm(until)}` : `过了 ${span(-left)}，用完请点一下`
}
