// Where the person is: the last check-in, as long as it can still be true.
import type { CheckInOut, StationCard, StationOut } from 'contract'
import { freshness } from './time'
import { BASIC_STATE, BASICS, sideWord, STATION_STATE } from './words'

const STILL_HERE_MS = 18 * 3600_000

export function stillHere(checkin: CheckInOut | null, now: Date): CheckInOut | null {
  if (!checkin) return null
  return now.getTime() - Date.parse(checkin.scanned_at) < STILL_HERE_MS ? checkin : null
}

export interface Plate {
  code: string
  road: string
  km: string
  name: string
  long: boolean
  side: string
  sideIcon: string
  note: string
}

const LONG_NAME = 8

/** `~K366` as 约 K366; nothing where nobody knows. */
function postText(post: string | null): string {
  return (post ?? '').replace(/^~/, '约 ')
}

/** The plate of a station, of one of its sides where that is known. */
export function plate(station: StationOut | StationCard, side: string | null, note: string): Plate {
  const heading = station.sides.find(one => one.side === side)?.heading ?? null
  return {
    code: station.code,
    road: station.road,
    km: postText(station.km_post),
    name: station.name,
    long: station.name.length > LONG_NAME,
    side: side ? sideWord(side, heading) : STATION_STATE[station.status] || station.prefecture,
    sideIcon: side === 'A' || side === 'B' ? `side${side}` : '',
    note: [note, station.example ? '示例' : ''].filter(Boolean).join(' · '),
  }
}

export interface BasicLine {
  name: string
  title: string
  short: string
  state: string
  word: string
  fresh: string
  asOf: string | null
}

/** The five free basics; what nobody has looked at for a day is not passed off as known. */
export function basicLines(station: StationOut | StationCard, now: Date): BasicLine[] {
  return BASICS.map(({ name, title, short }) => {
    const { state, as_of } = station.basics[name]
    const fresh = freshness(as_of, now)
    const known = fresh === 'old' ? 'unknown' : state
    return { name, title, short, state: known, word: BASIC_STATE[known], fresh, asOf: as_of }
  })
}
