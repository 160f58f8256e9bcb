// A request as a conversation: who has it, which clock runs, what was said and done, in one order.
import type { RequestOut } from 'contract'
import { pickup } from './meals'
import { hm, running, span, when } from './time'
import { sideWord, STATE } from './words'

export interface Entry {
  key: string
  at: string
  time: string
  who: string
  text: string
  photos: Array<{ url: string; mark: string }>
  /** What is to be known of the photos. */
  note: string
  mine: boolean
  step: boolean
}

/** Who holds it. An empty lamp means nobody: that is said, not hidden. */
export function holderLine(request: RequestOut, now: Date): { lit: boolean; name: string; note: string } {
  const { state, holder, unit } = request
  if (state === 'closed' || state === 'withdrawn') return { lit: false, name: STATE[state], note: '' }
  if (unit) return { lit: true, name: unit, note: holder ? `${holder.name} 在跟` : '' }
  if (!holder) return { lit: false, name: '还没有人接', note: '提醒已经发到值班室' }
  return { lit: true, name: holder.name, note: `${when(holder.since, now)} 接手，在手 ${span(now.getTime() - Date.parse(holder.since))}` }
}

/** Whose turn it is next, and when, if nothing is done until then. */
export function nextLine(request: RequestOut, now: Date): string {
  const { next, state } = request
  if (!next) return ''
  const at = next.at ? when(next.at, now) : ''
  if (next.role === 'driver') return `轮到您了：${state === 'waiting' ? '等您补一句' : '办好没有，您说一声'}${at ? `，${at} 前` : ''}`
  const who = next.name ? `${next.title}（${next.name}）` : next.title
  if (!next.at || Date.parse(next.at) <= now.getTime()) return `正在叫${who}`
  return `${at} 还${request.holder ? '没办' : '没人接'}，就叫${who}`
}

export interface ClockLine {
  shown: boolean
  elapsed: string
  due: string
  left: string
  share: number
  late: boolean
}

/** The clock that counts now: first that somebody takes it, then that he answers. Lateness is said, never red. */
export function clockLine(request: RequestOut, now: Date): ClockLine {
  const start = Date.parse(request.created_at)
  const until = due(request)
  const elapsed = running(now.getTime() - start)
  if (!until) return { shown: false, elapsed, due: '', left: '', share: 100, late: false }
  const left = Date.parse(until.at) - now.getTime()
  const whole = Math.max(1, Date.parse(until.at) - start)
  return {
    shown: true,
    elapsed,
    due: `${when(until.at, now)} 前${until.word}`,
    left: left > 0 ? `还有 ${span(left)}` : `过了 ${span(-left)}`,
    share: Math.min(100, Math.round((100 * (now.getTime() - start)) / whole)),
    late: left <= 0,
  }
}

function due(request: RequestOut): { at: string; word: string } | null {
  if (request.state === 'new') return { at: request.clocks.ack_by, word: '有人接' }
  if (request.state === 'acknowledged') return { at: request.clocks.answer_by, word: '回话' }
  if (request.state === 'handling' || request.state === 'waiting') return { at: request.clocks.close_by, word: '办好' }
  return null
}

const OWN_STEPS = new Set(['joined', 'confirmed', 'reopened', 'withdrawn', 'rated', 'watch_asked', 'watch_received'])
const UNCHECKED = '未审'

const SPOKEN = new Set(['replied', 'wrote', 'created']) // shown as the message itself

/** What was said and what was done, oldest first; to the driver himself his own steps say 您. */
export function entries(request: RequestOut, now: Date, reader: 'driver' | 'desk' = 'driver'): Entry[] {
  const said: Entry[] = request.messages.map(one => ({
    key: one.id,
    at: one.at,
    time: when(one.written_at ?? one.at, now),
    who: one.from === 'driver' ? '我' : one.name,
    text: one.text,
    photos: shots(one.uploads),
    note: unchecked(one.uploads),
    mine: one.from === 'driver',
    step: false,
  }))
  const done: Entry[] = request.timeline
    .filter(one => !SPOKEN.has(one.what))
    .map((one, at) => ({ key: `s${at}`, at: one.at, time: when(one.at, now), who: reader === 'driver' && OWN_STEPS.has(one.what) ? '您' : one.by, text: one.text, photos: [], note: '', mine: false, step: true }))
  const first: Entry = {
    key: 'first',
    at: request.created_at,
    time: when(request.written_at ?? request.created_at, now),
    who: '我',
    text: request.text,
    photos: shots(request.uploads),
    note: unchecked(request.uploads),
    mine: true,
    step: false,
  }
  return [first, ...[...said, ...done].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))]
}

function shots(uploads: RequestOut['uploads']): Array<{ url: string; mark: string }> {
  return uploads.flatMap(one => (one.url && one.kind === 'image' ? [{ url: one.url, mark: one.mark === UNCHECKED ? '' : one.mark }] : []))
}

/** A short mark on the photo tells nobody what it means; said in full beside it. */
function unchecked(uploads: RequestOut['uploads']): string {
  return shots(uploads).length && uploads.some(one => one.kind === 'image' && one.mark === UNCHECKED) ? '照片等着审核，先只有您和值班台看得到' : ''
}

/** The beginning of what somebody wrote; what is left out is not passed off as all. */
export function beginning(text: string, most: number): string {
  const [line] = text.split('\n')
  return line.length > most || line.length < text.trim().length ? `${line.slice(0, most - 1)}…` : line
}

/** One line of the list: what, where it stands, since when. */
export function summary(request: RequestOut, now: Date): { id: string; title: string; note: string; lit: boolean; open: boolean } {
  const holder = holderLine(request, now)
  const open = !['closed', 'withdrawn'].includes(request.state)
  const where = pickup(request, now)?.state || (request.holder && open ? `在${holder.name}手里` : STATE[request.state])
  return { id: request.id, title: beginning(request.text, 24) || request.title, note: `${request.title} · ${where} · ${when(request.created_at, now)}`, lit: holder.lit && open, open }
}

export function placeLine(request: RequestOut, stationName: string, heading: string | null): string {
  const parts = [stationName, request.station ? sideWord(request.side, heading) : '', request.place_text ?? '']
  return parts.filter(Boolean).join(' · ')
}

export { hm }
