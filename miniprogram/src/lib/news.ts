// Published news of the roads that one is on: the service takes one road a call, the driver reads one list.
import type { BulletinOut, Calls } from 'contract'
import { call } from './http'

type Query = Omit<Calls['GET /bulletins']['query'], 'road' | 'cursor'>

export interface News {
  items: BulletinOut[]
  /** Of each road that has older news, where they go on; under no name that of all roads. */
  older: Record<string, string>
}

/** News of these roads, of any where none is named; older ones from where `older` left off. */
export async function news(roads: string[], query: Query, older?: Record<string, string>): Promise<News> {
  const asked = older ? Object.entries(older) : (roads.length > 0 ? roads : ['']).map(road => [road, ''])
  const pages = await Promise.all(asked.map(([road, cursor]) => call('GET /bulletins', { query: { ...query, cursor, ...(road ? { road } : {}) }, anonymous: true })))
  return {
    items: merged(roads, pages.flatMap(one => one.items)),
    older: Object.fromEntries(asked.flatMap(([road], at) => (pages[at].next_cursor ? [[road, pages[at].next_cursor as string]] : []))),
  }
}

/** Of two roads what stands on both is told once, and the newest first; of one the order is the service's. */
export function merged(roads: string[], items: BulletinOut[]): BulletinOut[] {
  if (roads.length < 2) return items
  const once = [...new Map(items.map(one => [one.id, one])).values()]
  return once.sort((a, b) => Date.parse(b.published_at ?? '') - Date.parse(a.published_at ?? '') || 0)
}
