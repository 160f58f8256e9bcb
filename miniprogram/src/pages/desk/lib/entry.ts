// Entering a request for somebody who called or walked in: which kinds, for which station, what is sent and under which key.
import type { KindOut, OwnDesk, StaffRequestIn, StaffRequestOut, StationOut, User } from 'contract'
import type { Field } from '../../../lib/fields'
import { details } from '../../../lib/fields'
import type { Entry } from '../../../lib/store'
import { uuid } from '../../../lib/uuid'

export interface Place {
  code: string
  name: string
}

/** Whoever answers for all stations may not know yet at which one the caller is. */
const SOMEWHERE: Place = { code: '', name: '还不知道哪一站' }

export function places(user: User | null, stations: StationOut[]): Place[] {
  if (user?.desk?.everywhere) return [SOMEWHERE, ...stations.map(({ code, name }) => ({ code, name }))]
  if (user?.desk) return user.desk.stations
  const home = user?.home_station as Place | null | undefined
  return home ? [{ code: home.code, name: home.name }] : []
}

/** The kinds of one's own desk, most urgent first; medical help is everybody's. */
export function kindsFor(desk: OwnDesk | null | undefined, kinds: KindOut[]): KindOut[] {
  return kinds.filter(one => one.never_refused || !desk || desk.kinds.includes(one.kind))
}

export function empty(station: string): Entry {
  return { station, side: '', text: '', place: '', name: '', phone: '', values: {}, sent: null }
}

/** Whether there is enough to go on; a cry for help is enough by itself. */
export function enough(kind: KindOut, fields: Field[], entry: Entry): boolean {
  return kind.never_refused || entry.text.trim() !== '' || Object.keys(details(fields, entry.values)).length > 0
}

export function bodyOf(kind: KindOut, fields: Field[], entry: Entry): StaffRequestIn {
  const [text, place, name, phone] = [entry.text, entry.place, entry.name, entry.phone].map(one => one.trim())
  return {
    kind: kind.kind,
    text: text || kind.title,
    details: details(fields, entry.values),
    caller: { ...(name ? { name } : {}), ...(phone ? { phone } : {}) },
    ...(entry.station ? { station: entry.station } : {}),
    ...(entry.side ? { side: entry.side as 'A' | 'B' | 'unknown' } : {}),
    ...(place ? { place_text: place } : {}),
  }
}

/** The same words have the same key until they were answered, also after the page was closed: however often sent, entered once. */
export function keyed(entry: Entry, body: StaffRequestIn): { what: string; key: string } {
  const what = JSON.stringify(body)
  return entry.sent?.what === what ? entry.sent : { what, key: uuid() }
}

/** Whether this desk may look at what it has entered; a medical call may lie at another one. */
export function opens(desk: OwnDesk | null | undefined, made: StaffRequestOut): boolean {
  if (!desk) return true
  return desk.kinds.includes(made.kind) && (desk.everywhere || desk.stations.some(one => one.code === made.desk))
}
