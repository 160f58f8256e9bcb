// Duty in words: which days need people, why one cannot sign up, and what to do then.
import type { OwnShift, ShiftOut } from 'contract'
import { addDays, dayOf, hm, weekday } from '../../../lib/time'
import { sideWord } from '../../../lib/words'

const DAYS = 14

export interface Day {
  day: string
  date: string
  week: string
  needs: boolean
  mine: boolean
}

/** The next two weeks, each with what matters: fewer than must be, I am on it. */
export function calendar(shifts: ShiftOut[], now: Date): Day[] {
  const today = dayOf(now)
  return Array.from({ length: DAYS }, (_, ahead) => {
    const day = addDays(today, ahead)
    const those = shifts.filter(one => dayOf(one.starts_at) === day)
    return {
      day,
      date: String(Number(day.slice(8))),
      week: ahead === 0 ? '今' : weekday(day),
      needs: those.some(one => one.taken < one.min_needed),
      mine: those.some(one => one.mine !== null),
    }
  })
}

export interface Line {
  id: string
  hours: string
  name: string
  standard: string
  gap: string
  needed: boolean
  mine: string
  can: boolean
  canWait: boolean
  why: string
}

export function line(shift: ShiftOut): Line {
  const free = Math.max(0, shift.capacity - shift.taken)
  const short = Math.max(0, shift.min_needed - shift.taken)
  return {
    id: shift.id,
    hours: `${hm(shift.starts_at)}–${hm(shift.ends_at)}`,
    name: `${shift.post.name} · ${sideWord(shift.side)}`,
    standard: shift.post.standard ?? '',
    gap: short > 0 ? `还缺 ${short} 人` : free > 0 ? `还有 ${free} 个名额` : '满了',
    needed: short > 0,
    mine: shift.mine === 'confirmed' ? '我的班' : shift.mine === 'waitlisted' ? '我在候补' : '',
    can: shift.can_sign_up,
    canWait: shift.can_wait,
    why: shift.mine ? '' : (shift.why_not_text ?? ''),
  }
}

/** Shifts of a day, those that lack people most first, then by hour. */
export function ofDay(shifts: ShiftOut[], day: string): Line[] {
  const lack = (one: ShiftOut) => Math.max(0, one.min_needed - one.taken)
  const those = shifts.filter(one => dayOf(one.starts_at) === day)
  return [...those].sort((a, b) => lack(b) - lack(a) || Date.parse(a.starts_at) - Date.parse(b.starts_at)).map(line)
}

/** The attendance that runs now, if any. */
export function onDuty(mine: OwnShift[]): OwnShift | null {
  return mine.find(one => one.attendance && one.attendance.ended_at === null && ['on_duty', 'late'].includes(one.attendance.state)) ?? null
}

/** A shift of mine at which I may sign in now: from half an hour before until its end. */
export function dueNow(mine: OwnShift[], now: Date): OwnShift | null {
  const early = 30 * 60_000
  return mine.find(one => one.mine === 'confirmed' && !one.attendance && Date.parse(one.starts_at) - early <= now.getTime() && now.getTime() < Date.parse(one.ends_at)) ?? null
}

export const ATTENDED: Record<string, string> = { on_duty: '在岗', late: '晚到，在岗', served: '值守完', no_show: '没到', excused: '请过假' }
