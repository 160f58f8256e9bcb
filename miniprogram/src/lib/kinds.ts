// The kinds of request, as the service knows them; kept, so that a form can be filled in without signal.
import type { KindOut } from 'contract'
import { now } from './clock'
import { ask, Trouble } from './http'
import { keep, kept } from './store'

export async function kindList(): Promise<KindOut[]> {
  const had = kept('kinds')
  try {
    const answer = await ask('GET /request-kinds', { etag: had?.etag ?? '', anonymous: true })
    if (answer.status === 304 && had) return had.data
    keep('kinds', { at: now().toISOString(), etag: answer.etag, data: answer.data.items })
    return answer.data.items
  } catch (problem) {
    if (had && problem instanceof Trouble && problem.later) return had.data
    throw problem
  }
}

export async function kindOf(kind: string): Promise<KindOut | null> {
  return (await kindList()).find(one => one.kind === kind) ?? null
}
