// Stations as the phone knows them: asked for by tag, kept for the road without signal.
import type { StationCard, StationOut } from 'contract'
import { now } from './clock'
import { ask, Trouble } from './http'
import type { Kept } from './store'
import { keep, kept } from './store'

const MOST_CARDS = 12

export interface Read<T> extends Kept<T> {
  /** True where the service could not be asked and this is what was kept. */
  old: boolean
}

export async function stationList(): Promise<Read<StationOut[]>> {
  return read(kept('stations'), async etag => {
    const answer = await ask('GET /stations', { etag, anonymous: true })
    return { ...answer, data: answer.data?.items }
  }, fresh => keep('stations', fresh))
}

export async function stationCard(code: string): Promise<Read<StationCard>> {
  const cards = kept('cards') ?? []
  return read(
    cards.find(one => one.data.code === code) ?? null,
    etag => ask('GET /stations/{code}', { path: { code }, etag, anonymous: true }),
    fresh => keep('cards', [fresh, ...(kept('cards') ?? []).filter(one => one.data.code !== code)].slice(0, MOST_CARDS)),
  )
}

interface Fetched<T> {
  data: T | undefined
  status: number
  etag: string
}

async function read<T>(had: Kept<T> | null, fetch: (etag: string) => Promise<Fetched<T>>, save: (fresh: Kept<T>) => void): Promise<Read<T>> {
  try {
    const answer = await fetch(had?.etag ?? '')
    const data = answer.status === 304 && had ? had.data : (answer.data as T)
    const fresh = { at: now().toISOString(), etag: answer.etag || (had?.etag ?? ''), data }
    save(fresh)
    return { ...fresh, old: false }
  } catch (problem) {
    if (had && problem instanceof Trouble && problem.later) return { ...had, old: true }
    throw problem
  }
}
