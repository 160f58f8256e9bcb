// Membership in words: where it stands, what was before, what one's own branch was told.
import type { MembershipOut, MembershipPage, ReceiptOut, StationOut } from 'contract'
import { dayOf, dayWord } from '../../../lib/time'

export const KINDS = [
  { kind: 'fixed', title: '固定党员', hint: '组织关系就在这个支部，常在这一站值守。' },
  { kind: 'mobile', title: '流动党员', hint: '人在路上，各站都能值守，都有记录，不计分。' },
] as const
export type Kind = (typeof KINDS)[number]['kind']

export interface Membership {
  title: string
  lines: string[]
  /** It holds now: there are shifts to look at. */
  active: boolean
  /** Nothing holds and nothing waits: he may declare, for the first time or again. */
  free: boolean
  /** His own declaration, about which nobody has decided: he may take it back. */
  waits: boolean
  /** Whose receipts can be asked for; empty for who is no mobile member. */
  receiptsTo: string
  receipts: boolean
  /** Why the last declaration was not taken, for as long as nothing came after it. */
  refused: string
  history: Array<{ id: string; title: string; note: string; reason: string }>
}

/** What a person's page of membership says; null before he ever said that he is a member. */
export function membership(page: MembershipPage | null): Membership | null {
  if (!page) return null
  const { current, pending, history } = page
  const now = current ?? pending
  const last = history[0]
  return {
    title: now ? branch(now) : '',
    lines: [...(current ? holds(current) : []), ...(pending ? waits(pending, current) : [])],
    active: current !== null,
    free: now === null,
    waits: pending !== null && !current,
    receiptsTo: now?.kind === 'mobile' ? branch(now) : '',
    receipts: now?.receipts ?? false,
    refused: !now && last?.state === 'refused' ? `${branch(last)}没有通过核实。${last.reason ? `原因：${last.reason}` : ''}` : '',
    history: history.map(spell),
  }
}

const branch = (one: MembershipOut) => `${one.branch_name}支部`

function holds(one: MembershipOut): string[] {
  return [`${one.kind_text} · ${one.state_text}${one.since ? ` · 从 ${dayOf(one.since)} 起` : ''}`]
}

function waits(one: MembershipOut, current: MembershipOut | null): string[] {
  if (current) return [`正在转到${branch(one)}，等那边书记核实。`]
  return [`${one.kind_text} · ${one.state_text}`, '书记核实了，“收到的消息”里告诉您。']
}

function spell(one: MembershipOut): Membership['history'][number] {
  const days = [one.since, one.ended_at].map(at => (at ? dayOf(at) : ''))
  const span = days[0] ? `${days[0]} 到 ${days[1]}` : days[1]
  return { id: one.id, title: branch(one), note: [one.kind_text, one.state_text, span].filter(Boolean).join(' · '), reason: one.reason ? `原因：${one.reason}` : '' }
}

export interface ReceiptLine {
  id: string
  title: string
  note: string
}

export function receiptLine(one: ReceiptOut, stations: StationOut[], now: Date): ReceiptLine {
  const station = stations.find(each => each.code === one.station)?.name ?? one.station
  return { id: one.id, title: station, note: `${dayWord(one.served_at, now)} · ${one.what} · ${one.minutes} 分钟` }
}
