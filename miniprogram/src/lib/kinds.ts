// The kinds of request, as the service knows them; kept, so that a form can be filled in without signal.
import type { KindOut } from 'contract'
import { now } from './clock'
import { ask, Trouble } from './http'
import { keep, kept } from './store'

const FRESH_MS = 10 * 60_000

export async function kindList(): Promise<KindOut[]> {
  const had = kept('kinds')
  if (had && now().getTime() - Date.parse(had.at) < FRESH_MS) return had.data
  try {
    const answer = await ask('GET /request-kinds', { etag: had?.etag ?? '', anonymous: true })
    const data = answer.status === 304 && had ? had.data : answer.data.items
    keep('kinds', { at: now().toISOString(), etag: answer.etag || (had?.etag ?? ''), data })
    return data
  } catch (problem) {
    if (had && problem instanceof Trouble && problem.later) return had.data
    throw problem
  }
}

export async function kindOf(kind: string): Promise<KindOut | null> {
  return (await kindList()).find(one => one.kind === kind) ?? null
}
