// Where the person is: the last check-in, as long as it can still be true.
import type { CheckInOut, StationCard, StationOut } from 'contract'
import type { Item } from './outbox'
import { freshness, hm, span } from './time'
import { BASIC_STATE, BASICS, sideWord, STATION_STATE } from './words'

const STILL_HERE_MS = 18 * 3600_000

const SURELY_HERE_MS = 2 * 3600_000

/** When one was there: by the service's clock where the phone's was wrong. */
function moment(checkin: CheckInOut): number {
  return Date.parse(checkin.clock_suspect ? checkin.recorded_at : checkin.scanned_at)
}

export function stillHere(checkin: CheckInOut | null, now: Date, within = STILL_HERE_MS): CheckInOut | null {
  if (!checkin) return null
  return now.getTime() - moment(checkin) < within ? checkin : null
}

/** The last check-in, unless a code was scanned since that has not gone out: one may be elsewhere by now. */
export function knownHere(checkin: CheckInOut | null, queue: Item[], now: Date, within = STILL_HERE_MS): CheckInOut | null {
  const found = stillHere(checkin, now, within)
  const moved = found && queue.some(one => one.kind === 'checkin' && (!one.refused || Date.parse(one.at) > moment(found)))
  return moved ? null : found
}

/** Where help is sent unless one says otherwise: a check-in of just now, and none elsewhere that has still to go out. */
export function surelyHere(checkin: CheckInOut | null, queue: Item[], now: Date): CheckInOut | null {
  return knownHere(checkin, queue, now, SURELY_HERE_MS)
}

/** The last scan that is no check-in yet, in words for the sign of the first page; nothing where there is none. */
export function scanLeft(queue: Item[]): { title: string; note: string } | null {
  const scan = queue.filter(one => one.kind === 'checkin').slice(-1)[0] as Item | undefined
  if (!scan) return null
  if (scan.refused) return { title: `${hm(scan.at)} 扫的码没签上`, note: '再扫一次，或点上面那行看为什么' }
  return { title: `${hm(scan.at)} 扫的码等着发`, note: `有信号就签上，按 ${hm(scan.at)} 算` }
}

/** Since when one is here; of hours ago only that it was the last. */
export function arrivedNote(checkin: CheckInOut, now: Date): string {
  return stillHere(checkin, now, SURELY_HERE_MS) ? `到了 ${hm(new Date(moment(checkin)))}` : '上次到的'
}

const SCANNED = /[^/?=&#]+$/ // of a code's address its last part, which stands under the code on the wall

/** Where one was last, for whoever has to look: told, because help is not sent there by itself. */
export function lastSeen(checkin: CheckInOut | null, queue: Item[], now: Date): string {
  const last = stillHere(checkin, now)
  const scan = queue.filter(one => one.kind === 'checkin').slice(-1)[0] as Item | undefined
  return [
    last ? `${span(now.getTime() - moment(last))}前在${last.station_name} ${sideWord(last.side)}签到` : '',
    scan?.kind === 'checkin' ? `${hm(scan.at)} 扫过站点码 ${SCANNED.exec(scan.body.code.trim())?.[0] ?? ''}，没签上` : '',
  ].filter(Boolean).join('；')
}

/** The way to the emergency page from a place that is known there: a code that was taken down still says where one is. */
export function sosAt(station: string, name: string, side: string): string {
  return station ? `/pages/sos/index?station=${encodeURIComponent(station)}&name=${encodeURIComponent(name)}&side=${encodeURIComponent(side)}` : '/pages/sos/index'
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
