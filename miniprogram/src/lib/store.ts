// What the phone keeps. WeChat may clear it at any time: the server is the truth, this is for the road.
import type { CheckInOut, JoinedOut, KindOut, StationCard, StationOut, User } from 'contract'
import type { Pickup } from './meals'
import type { Item } from './outbox'
import { forgetPhoto } from './photos'

/** A thing read from the server, when, and by which tag to ask whether it has changed. */
export interface Kept<T> {
  at: string
  etag: string
  data: T
}

export interface Draft {
  text: string
  place: string
  phone: string
  values: Record<string, unknown>
  photos: string[]
}

/** What is being entered at the desk for somebody else, with the key under which it was last sent. */
export interface Entry {
  station: string
  side: string
  text: string
  place: string
  name: string
  phone: string
  values: Record<string, unknown>
  sent: { what: string; key: string } | null
}

interface Shelf {
  token: string
  user: User
  here: CheckInOut
  stations: Kept<StationOut[]>
  cards: Array<Kept<StationCard>>
  kinds: Kept<KindOut[]>
  drafts: Record<string, Draft>
  entries: Record<string, Entry>
  outbox: Item[]
  letters: 'normal' | 'big'
  agreed: boolean
  /** He has erased himself: nothing that the app does by itself may sign him in anew. */
  left: boolean
  meals: Record<string, Pickup>
  /** The task forces that he has joined from this phone: the way back to their shifts. */
  forces: JoinedOut[]
}

export function kept<K extends keyof Shelf>(key: K): Shelf[K] | null {
  return (wx.getStorageSync(key) as Shelf[K] | '') || null
}

export function keep<K extends keyof Shelf>(key: K, value: Shelf[K]): void {
  wx.setStorageSync(key, value)
}

export function drop(key: keyof Shelf): void {
  wx.removeStorageSync(key)
}

/** Everything that belongs to a person, when he has erased himself; what waits is dropped by `dropAll`. */
export function forget(): void {
  Object.values(kept('drafts') ?? {}).forEach(draft => draft.photos.forEach(forgetPhoto))
  const personal: Array<keyof Shelf> = ['token', 'user', 'here', 'drafts', 'entries', 'outbox', 'meals', 'forces']
  personal.forEach(drop)
  keep('left', true)
}
