// “有回复时通知我”: asked in a tap, at the place where the person sees why; a refusal is fine.
import type { Calls } from 'contract'
import { call } from './http'

type Scene = NonNullable<Calls['GET /message-templates']['query']['scene']>
const MOST = 3
const ready: Partial<Record<Scene, string[]>> = {}

/** Fetch the ids beforehand: between a tap and WeChat's question there is no time for a request. */
export async function prepare(scene: Scene): Promise<boolean> {
  try {
    ready[scene] ??= (await call('GET /message-templates', { query: { scene } })).items.map(one => one.id).slice(0, MOST)
  } catch {
    return false
  }
  return (ready[scene]?.length ?? 0) > 0
}

/** Ask now, in a tap. True when the person accepted at least one. */
export async function askToTell(scene: Scene): Promise<boolean> {
  const tmplIds = ready[scene] ?? []
  if (tmplIds.length === 0) return false
  try {
    const said = (await wx.requestSubscribeMessage({ tmplIds })) as unknown as Record<string, string>
    const results = Object.fromEntries(tmplIds.filter(id => said[id]).map(id => [id, said[id] as 'accept']))
    void call('POST /subscriptions', { body: { results } }).catch(() => undefined) // nobody waits for the book-keeping
    return Object.values(results).includes('accept')
  } catch {
    return false
  }
}
