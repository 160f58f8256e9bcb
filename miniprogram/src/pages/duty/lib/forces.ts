// Task forces in words: how long, how many help, what came of it, the code as it is read out.
import type { TaskForceOut } from 'contract'
import { dayWord, hm } from '../../../lib/time'

export interface ForceLine {
  id: string
  name: string
  note: string
  /** Only the branch's office knows it. */
  invite: string
  summary: string
  over: boolean
  canClose: boolean
}

export function forceLine(force: TaskForceOut, now: Date): ForceLine {
  const closed = force.closed_at !== null
  const over = closed || Date.parse(force.ends_at) <= now.getTime()
  const office = force.invite !== null
  return {
    id: force.id,
    name: force.name,
    note: `${span(force.starts_at, force.ends_at, now)} · ${force.helpers} 人来帮忙 · ${closed ? '已结束' : over ? '到期了，还没写总结' : '进行中'}`,
    invite: office && !over ? spelt(force.invite ?? '') : '',
    summary: force.summary ?? '',
    over,
    canClose: office && !closed,
  }
}

export function span(from: string, to: string, now: Date): string {
  return `${dayWord(from, now)} ${hm(from)} 到 ${dayWord(to, now)} ${hm(to)}`
}

/** `ABCD EFGH`: eight letters in a row are misread. */
export function spelt(invite: string): string {
  return invite.replace(/(.{4})(?=.)/g, '$1 ')
}

/** What was typed, without the gaps of how it was written down. */
export function typed(invite: string): string {
  return invite.replace(/[\s·-]/g, '').toUpperCase()
}

/** From the first day's beginning to the last day's end, as the service wants it; null where that is no span. */
export function days(first: string, last: string): { starts_at: string; ends_at: string } | null {
  if (!first || !last || last < first) return null
  return { starts_at: `${first}T00:00:00+08:00`, ends_at: `${last}T23:59:00+08:00` }
}

