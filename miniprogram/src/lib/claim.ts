// A claim in words: whose turn it is, the two reports, which clock runs, what is there and what is still missing.
import type { ClaimClockOut, ClaimDocumentOut, ClaimLine, ClaimOut, HotlineOut, ReportOut } from 'contract'
import { span, when } from './time'
import { STATE } from './words'

const TURN: Record<string, string> = { staff: '轮到服务区', driver: '轮到您', insurer: '等保险公司' }
const FEW = 2 // numbers that fit beside each other's report
const OVER = ['closed', 'withdrawn']

export const PATHS = [
  { path: 'toll_network', title: '车货无忧' },
  { path: 'motor', title: '自己的车险' },
]

export interface Phone {
  name: string
  phone: string
  note: string
}

/** A number with how it was come by; one that nobody has looked at for long says so. */
function phone(line: HotlineOut): Phone {
  const checked = line.stale ? `${line.checked_on} 核对，太久了，对一下保单` : `${line.checked_on} 核对过`
  return { name: line.name, phone: line.phone, note: [line.keys ? `通了按 ${line.keys}` : '', line.about, checked].filter(Boolean).join(' · ') }
}

export interface ReportView {
  kind: string
  title: string
  done: string
  number: string
  numberName: string
  /** Few enough to stand in the report itself. */
  phones: Phone[]
}

function report(one: ReportOut, now: Date): ReportView {
  return {
    kind: one.kind,
    title: one.kind === 'police' ? '报警' : '报保险',
    done: one.done_at ? `${when(one.done_at, now)} 报了` : '',
    number: one.number ?? '',
    numberName: one.kind === 'police' ? '接警编号' : '报案号',
    phones: one.phones.length <= FEW ? one.phones.map(phone) : [],
  }
}

export interface ClockView {
  code: string
  title: string
  note: string
  state: string
  on: boolean
}

const CLOCK: Record<string, string> = { info: '', waiting: '还没起算', met: '按时办到了' }

export function clockView(clock: ClaimClockOut, now: Date): ClockView {
  const { due_at, state } = clock
  const running = state === 'running' || state === 'missed'
  const left = due_at ? Date.parse(due_at) - now.getTime() : 0
  const late = left > 0 ? '没赶上' : `过了 ${span(-left)}`
  return {
    code: clock.code,
    title: clock.title,
    note: [clock.note, ...clock.sources.map(one => `${one.title}（${one.checked_on} 核对）`)].filter(Boolean).join(' '),
    state: running && due_at ? `${when(due_at, now)} 前 · ${state === 'missed' ? late : `还有 ${span(left)}`}` : CLOCK[state],
    on: running,
  }
}

export interface Paper {
  id: string
  title: string
  note: string
  url: string
  mine: boolean
}

function paper(one: ClaimDocumentOut, now: Date): Paper {
  return { id: one.id, title: one.title, note: `${one.mine ? '我' : one.by} · ${when(one.added_at, now)} · ${one.destroy_on} 销毁`, url: one.url ?? '', mine: one.mine }
}

/** Everything of a case, as the page draws it. */
export function claimView(claim: ClaimOut, now: Date) {
  const { next_step, footage, facts } = claim
  return {
    title: claim.what_title,
    number: claim.number,
    over: OVER.includes(claim.state),
    owner: claim.role === 'owner',
    turn: next_step ? TURN[next_step.who] : '都办到了',
    step: next_step?.text ?? '',
    mine: next_step?.who === 'driver',
    reports: claim.reports.map(one => report(one, now)),
    hotlines: claim.reports.filter(one => one.phones.length > FEW).flatMap(one => one.phones.map(phone)),
    footage: footage ? { title: footage.outcome ? footage.title : '录像还没有保全', safe: footage.outcome === 'secured' || footage.outcome === 'to_police', due: !footage.outcome && footage.due_at ? `服务区要在 ${when(footage.due_at, now)} 前存下来` : '' } : null,
    evidence: claim.evidence.map(({ code, title, why, done_at }) => ({ code, title, why, done: done_at !== null })),
    evidenceLeft: claim.evidence.filter(one => !one.done_at).length,
    milestones: claim.milestones.map(({ kind, title, at }) => ({ kind, title, at: at ? when(at, now) : '' })),
    clocks: claim.clocks.map(one => clockView(one, now)),
    wanted: claim.documents_wanted,
    papers: claim.documents.map(one => paper(one, now)),
    others: claim.co_drivers.map(({ id, name, mine, joined_at }) => ({ id, name, mine, note: `${when(joined_at, now)} 加入` })),
    path: claim.path,
    loss: facts.loss_fen === null || facts.loss_fen === undefined ? (facts.loss ?? '') : `${facts.loss_fen / 100} 元`,
    disclaimer: claim.disclaimer,
  }
}

export type ClaimView = ReturnType<typeof claimView>

/** Yuan as somebody writes them, in fen; null for what is no amount. */
export function fenOf(written: string): number | null {
  const found = /^(\d{1,9})(?:\.(\d{1,2}))?\s*元?$/.exec(written.trim())
  return found ? Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) : null
}

export function claimLine(one: ClaimLine, now: Date): { id: string; title: string; note: string } {
  const role = one.role === 'co_driver' ? '同车' : ''
  return { id: one.request_id, title: one.number, note: [role, one.reached ?? '还没报案', STATE[one.state], when(one.created_at, now)].filter(Boolean).join(' · ') }
}
