// 车货代看 at the desk in a pocket: what is known of it, and what has to be said when somebody begins to watch.
import type { WatchIn, WatchOut } from 'contract'
import type { WatchView } from '../../../lib/watch'
import { watchView } from '../../../lib/watch'

export const KEYS: Array<{ title: string; keys: WatchIn['keys'] }> = [
  { title: '钥匙封存在值班台', keys: 'desk' },
  { title: '钥匙在我手里', keys: 'watcher' },
  { title: '钥匙司机自己带着', keys: 'driver' },
  { title: '钥匙在车上', keys: 'vehicle' },
]

export const SPANS = [
  { title: '看 4 小时', hours: 4 },
  { title: '看 12 小时', hours: 12 },
  { title: '看 1 天', hours: 24 },
  { title: '看 3 天', hours: 72 },
]

/** The driver's words turned to who arranges it. */
export function deskView(watch: WatchOut, now: Date): WatchView {
  const view = watchView(watch, now)
  if (watch.state === 'asked') return { ...view, title: '司机请人代看车货', note: '还没人看' }
  if (watch.state === 'watching' && watch.overdue) return { ...view, note: '说好的时间到了，延长或交还在工作台上办' }
  return view
}

/** One of a few; null where the person changed his mind. */
export async function picked<T extends { title: string }>(from: T[]): Promise<T | null> {
  const { tapIndex } = await wx.showActionSheet({ itemList: from.map(one => one.title) }).catch(() => ({ tapIndex: -1 }))
  return from[tapIndex] ?? null
}
