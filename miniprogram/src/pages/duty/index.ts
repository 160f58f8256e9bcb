// Duty: which shift needs people, why one cannot take it, signing up, the waiting list; and being on duty now.
import type { OwnShift, ShiftOut, SignInOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { helped } from '../../lib/forces'
import { go, goTo } from '../../lib/go'
import { call } from '../../lib/http'
import type { Item } from '../../lib/outbox'
import { say, sayTrouble, sure } from '../../lib/say'
import { whileSeen } from '../../lib/seen'
import { sendNow } from '../../lib/sending'
import { kept } from '../../lib/store'
import { askToTell, prepare } from '../../lib/subscribe'
import { dayOf, hm, iso, running, when } from '../../lib/time'
import { told, Trouble } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import type { Day, Line } from './lib/duty'
import { calendar, dueNow, ofDay, onDuty } from './lib/duty'

const TICK_MS = 1000

Page({
  data: {
    month: '', days: [] as Day[], day: '', lines: [] as Line[], loaded: false, old: '', trouble: '',
    on: '', onNote: '', clock: '', due: '', dueNote: '', canTell: false,
  },

  shifts: [] as ShiftOut[],
  running: null as OwnShift | null,
  busy: false,
  wanted: '', // the shift that a message led to

  onLoad(query: Record<string, string | undefined>) {
    this.wanted = query.id ?? ''
    const day = dayOf(now())
    this.setData({ day, month: `${Number(day.slice(5, 7))} 月` })
    void prepare('duty').then(canTell => this.setData({ canTell }))
  },
  ...whileSeen<{ load(): Promise<void>; tick(): void }>(TICK_MS, page => page.tick(), page => page.load()),

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [shifts, mine] = await Promise.all([this.allShifts(), call('GET /duty/mine', { query: { limit: 50 } })])
      this.shifts = shifts
      this.running = onDuty(mine.items)
      const wanted = shifts.find(one => one.id === this.wanted)
      this.wanted = ''
      const day = wanted ? dayOf(wanted.starts_at) : this.data.day
      const due = this.running ? null : dueNow(mine.items, now())
      this.setData({
        days: calendar(shifts, now()),
        day,
        lines: ofDay(shifts, day),
        on: this.running ? this.running.post.name : '',
        onNote: this.running ? `到 ${hm(this.running.ends_at)}` : '',
        due: due ? due.post.name : '',
        dueNote: due ? `${when(due.starts_at, now())}–${hm(due.ends_at)}` : '',
        loaded: true,
        trouble: '',
        old: '',
      })
      this.tick()
    } catch (problem) {
      this.setData(this.data.loaded ? { old: told(problem) } : { trouble: told(problem) })
      const unseen = problem instanceof Trouble && problem.offline && !this.data.due && !this.data.on
      const serves = kept('user')?.roles.includes('member') || helped(now()).length > 0
      if (unseen && serves) this.setData({ due: '没信号也能扫，按扫码的时间算' })
    }
  },

  async allShifts(): Promise<ShiftOut[]> {
    const all: ShiftOut[] = []
    let cursor = ''
    do {
      const part = await call('GET /duty/shifts', { query: { limit: 100, cursor } })
      all.push(...part.items)
      cursor = part.next_cursor ?? ''
    } while (cursor && all.length < 1000)
    return all
  },

  tick() {
    const since = this.running?.attendance?.since
    if (since) this.setData({ clock: running(now().getTime() - Date.parse(since)) })
  },

  pickDay(event: WechatMiniprogram.TouchEvent) {
    const day = event.currentTarget.dataset.day as string
    this.setData({ day, month: `${Number(day.slice(5, 7))} 月`, lines: ofDay(this.shifts, day) })
  },

  async signUp(event: WechatMiniprogram.TouchEvent) {
    await this.join(event.currentTarget.dataset.id as string, false)
  },
  async wait(event: WechatMiniprogram.TouchEvent) {
    await this.join(event.currentTarget.dataset.id as string, true)
  },
  async join(id: string, waitlist: boolean) {
    if (this.busy) return
    this.busy = true
    try {
      const made = await call('POST /duty/shifts/{id}/signup', { path: { id }, body: { waitlist }, key: uuid() })
      say(made.state === 'confirmed' ? '报上了' : `排上候补，第 ${made.position} 位`)
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.load()
    this.busy = false
  },

  async scanIn() {
    const scanned = await wx.scanCode({ scanType: ['qrCode', 'wxCode'] as never }).catch(() => null)
    if (!scanned) return
    const at = iso(now())
    const item: Item = { kind: 'attendance', id: uuid(), at, title: '值守到岗', photos: [], uploads: [], body: { code: scanned.result, scanned_at: at } }
    try {
      const made = await sendNow<SignInOut>(item)
      if (!made) say(`没信号，${hm(at)} 到的先记下了，有信号就报`)
      else say(made.state === 'late' ? '到岗了，记为晚到' : '到岗了')
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.load()
  },

  async finish() {
    const id = this.running?.attendance?.id
    if (!id || !(await sure('签退？', '值守时长算到现在。', '签退'))) return
    try {
      const { minutes } = await call('POST /duty/attendance/{id}/finish', { path: { id } })
      say(`值守了 ${minutes} 分钟，辛苦`)
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.load()
  },

  async tellMe() {
    const accepted = await askToTell('duty')
    this.setData({ canTell: !accepted })
    say(accepted ? '好，候补转正、缺人时告诉您' : '没开也行，打开这里就能看')
  },

  seeMine() {
    go('/pages/duty/mine')
  },
  goTo,
})
