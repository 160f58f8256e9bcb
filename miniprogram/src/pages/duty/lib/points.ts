// Points in words: every one with its reason and rule, the quarter and where it stands, the list while it is public.
import type { ObjectionOut, PointsEntryOut, QuarterOut } from 'contract'
import { dayOf, dayWord } from '../../../lib/time'

const STATE: Record<string, string> = { open: '还在记', settled: '算好了，还没公示', published: '公示中', objection: '公示中，有异议在处理', final: '定下来了' }
const PUBLIC = ['published', 'objection']

/** The quarter before: `2026Q4` before `2027Q1`. */
export function quarterBefore(quarter: string): string {
  const [year, number] = quarter.split('Q').map(Number)
  return number > 1 ? `${year}Q${number - 1}` : `${year - 1}Q4`
}

export interface EntryLine {
  id: string
  points: string
  reason: string
  note: string
  quarter: string
}

export function entryLine(one: PointsEntryOut, now: Date): EntryLine {
  const undone = one.reverses ? '冲销' : ''
  return {
    id: one.id,
    points: one.points > 0 ? `+${one.points}` : `${one.points}`,
    reason: one.reason,
    note: [undone, dayWord(one.at, now), one.rule, `第 ${one.rule_version} 版规则`].filter(Boolean).join(' · '),
    quarter: one.quarter,
  }
}

export interface QuarterView {
  code: string
  title: string
  state: string
  /** An objection can be made now. */
  open: boolean
  mine: string
  reward: string
  ranking: Array<{ key: string; rank: number; name: string; points: number; mine: boolean }>
  rules: string[]
}

export function quarterView(quarter: QuarterOut, now: Date): QuarterView {
  const { mine, public_until: until } = quarter
  const open = PUBLIC.includes(quarter.state) && until !== null && Date.parse(until) > now.getTime()
  const rank = mine?.rank ? `，第 ${mine.rank} 名` : ''
  return {
    code: quarter.quarter,
    title: quarter.title,
    state: open ? `${STATE[quarter.state]}，到 ${lastDay(until)}` : PUBLIC.includes(quarter.state) ? '公示完了' : STATE[quarter.state],
    open,
    mine: mine ? `您 ${mine.points} 分${rank}` : '',
    reward: mine?.reward ?? '',
    ranking: (quarter.ranking ?? []).map((one, at) => ({ key: `${at}`, rank: one.rank, name: one.name, points: one.points, mine: one.mine })),
    rules: quarter.rules,
  }
}

/** The window ends with a midnight: the last day is the one before. */
function lastDay(until: string): string {
  const day = dayOf(new Date(Date.parse(until) - 1))
  const [, month, date] = day.split('-').map(Number)
  return `${month}月${date}日`
}

const OBJECTION: Record<string, string> = { open: '书记还没答复', accepted: '成立', rejected: '不成立' }

export function objectionLine(one: ObjectionOut): { id: string; text: string; state: string; answer: string } {
  return { id: one.id, text: one.text, state: OBJECTION[one.state], answer: one.answer ?? '' }
}
