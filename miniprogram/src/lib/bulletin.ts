// A bulletin in a driver's words: where, for whom, until when, and what changed since he last read it.
import type { BulletinOut } from 'contract'
import { when } from './time'

const two = (km: unknown) => `K${String(km)}`

export function stretches(bulletin: BulletinOut): string[] {
  return bulletin.roads.map(one => {
    const from = one.km_from === null || one.km_from === undefined ? '' : two(one.km_from)
    const to = one.km_to === null || one.km_to === undefined ? '' : two(one.km_to)
    const part = from && to ? `${from}–${to}` : from || to
    return [one.road, part, one.heading, one.vehicle, one.measure].filter(Boolean).join(' ')
  })
}

export function validity(bulletin: BulletinOut, now: Date): string {
  if (bulletin.superseded_by) return '已经有更新的一版'
  if (bulletin.expired) return '已经过期'
  return bulletin.expires_at ? `${when(bulletin.expires_at, now)} 前有效` : ''
}

export function line(bulletin: BulletinOut, now: Date): { id: string; title: string; note: string; changed: boolean } {
  const parts = [bulletin.category_title, stretches(bulletin)[0], bulletin.published_at ? `${when(bulletin.published_at, now)} 发布` : '', validity(bulletin, now)]
  return { id: bulletin.id, title: bulletin.title, note: parts.filter(Boolean).join(' · '), changed: bulletin.changes.length > 0 }
}

/** What a correction changed, one line a change. */
export function changes(bulletin: BulletinOut): string[] {
  return bulletin.changes.map(one => {
    const single = one.before || one.after ? [`${one.before || '没有'} → ${one.after || '没有'}`] : []
    const several = [...(one.added ?? []).map(text => `新加：${text}`), ...(one.removed ?? []).map(text => `去掉：${text}`)]
    return `${one.label}　${[...single, ...several].join('；')}`
  })
}
