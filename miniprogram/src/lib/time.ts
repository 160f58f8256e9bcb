// Moments in words, always as the day and hour in Gansu, wherever the phone thinks it is.

const SHANGHAI = 8 * 3600_000
const DAY = 24 * 3600_000
const WEEK = ['日', '一', '二', '三', '四', '五', '六']
const two = (n: number) => String(n).padStart(2, '0')

/** The moment shifted so that its UTC fields read as Shanghai's. */
function local(at: string | Date): Date {
  return new Date(new Date(at).getTime() + SHANGHAI)
}

/** `22:41` */
export function hm(at: string | Date): string {
  const t = local(at)
  return `${two(t.getUTCHours())}:${two(t.getUTCMinutes())}`
}

/** The day in Shanghai, `2026-11-28`. */
export function dayOf(at: string | Date): string {
  return local(at).toISOString().slice(0, 10)
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

export function weekday(day: string): string {
  return WEEK[new Date(`${day}T00:00:00Z`).getUTCDay()]
}

/** 今天 / 昨天 / 明天 / 11月28日 */
export function dayWord(at: string | Date, now: Date): string {
  const day = dayOf(at)
  const today = dayOf(now)
  if (day === today) return '今天'
  if (day === addDays(today, -1)) return '昨天'
  if (day === addDays(today, 1)) return '明天'
  const [, month, date] = day.split('-').map(Number)
  return `${month}月${date}日`
}

/** `22:41` today, `昨天 22:41`, `11月20日 22:41` */
export function when(at: string | Date, now: Date): string {
  const word = dayWord(at, now)
  return word === '今天' ? hm(at) : `${word} ${hm(at)}`
}

/** 刚刚 / 8 分钟前 / 3 小时前 / 昨天 22:41 */
export function ago(at: string | Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(at).getTime()) / 60_000)
  if (minutes < 1) return '刚刚'
  if (minutes < 60) return `${minutes} 分钟前`
  if (minutes < 12 * 60) return `${Math.floor(minutes / 60)} 小时前`
  return when(at, now)
}

/** How long, in words: 30 秒 / 8 分钟 / 3 小时 / 2 天 */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} 秒`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} 分钟`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} 小时`
  return `${Math.floor(seconds / 86400)} 天`
}

/** A running clock: `06:12`, from an hour on `1:06:12`. */
export function running(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const tail = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`
  return s < 3600 ? tail : `${Math.floor(s / 3600)}:${tail}`
}

/** The moment as it goes over the wire, with Shanghai's offset. */
export function iso(at: Date): string {
  return local(at).toISOString().replace(/\.\d+Z$/, '+08:00')
}

/** How fresh a piece of news is: an hour, a day, longer. */
export function freshness(at: string | null, now: Date): 'fresh' | 'today' | 'old' {
  if (!at) return 'old'
  const age = now.getTime() - Date.parse(at)
  if (age < 3600_000) return 'fresh'
  return age < DAY ? 'today' : 'old'
}

export function addMinutes(at: string | Date, minutes: number): Date {
  return new Date(new Date(at).getTime() + minutes * 60_000)
}
