// The facilities of a station: what is free, a hold of a quarter of an hour that is seen running out, one's own turn,
// and one tap for whoever comes next: it works, it is broken. Holding is done now or not at all.
import type { BookingOut, FacilityOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import type { Hold, PlaceGroup } from '../../lib/facilities'
import { holds, placeGroups } from '../../lib/facilities'
import { go } from '../../lib/go'
import { knownHere } from '../../lib/here'
import { call } from '../../lib/http'
import { say, sure } from '../../lib/say'
import { waiting } from '../../lib/sending'
import { kept } from '../../lib/store'
import { when } from '../../lib/time'
import { Trouble } from '../../lib/trouble'
import { sideWord } from '../../lib/words'

const TICK_MS = 1000
const POLL_MS = 20_000
const WOMEN_ONLY = 'facility.women_only'
const wanted = new Wanted()

Page({
  data: {
    station: '',
    sub: '',
    side: 'A',
    sides: [] as Array<{ side: string; title: string }>,
    mine: [] as Hold[],
    groups: [] as PlaceGroup[],
    opened: '',
    loaded: false,
    busy: false,
    old: '',
    trouble: '',
  },

  bookings: [] as BookingOut[],
  places: [] as FacilityOut[],
  seenAt: '',
  timers: [] as number[],

  onLoad(query: Record<string, string | undefined>) {
    wanted.answered()
    const here = knownHere(kept('here'), waiting(), now())
    const station = query.station ?? here?.station ?? ''
    const card = kept('cards')?.find(one => one.data.code === station)?.data
    const sides = ['A', 'B'].map(side => ({ side, title: sideWord(side, card?.sides.find(one => one.side === side)?.heading) }))
    this.setData({ station, sub: card?.name ?? station, side: query.side ?? (here?.station === station ? here.side : 'A'), sides })
  },

  onShow() {
    void this.load()
    this.timers = [setInterval(() => this.tick(), TICK_MS), setInterval(() => void this.load(), POLL_MS)]
  },
  onHide() {
    this.rest()
  },
  onUnload() {
    this.rest()
  },
  rest() {
    this.timers.forEach(clearInterval)
    this.timers = []
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [places, bookings] = await Promise.all([call('GET /facilities', { query: { station: this.data.station } }), call('GET /bookings', { query: { limit: 10 } })])
      this.places = places.items
      this.bookings = bookings.items
      this.seenAt = now().toISOString()
      this.show()
      this.setData({ loaded: true, old: '', trouble: '' })
    } catch (problem) {
      if (this.seenAt) this.setData({ old: `没信号，这是 ${when(this.seenAt, now())} 看到的` })
      else this.setData({ trouble: notNow(problem, '约床位') })
    }
  },

  show() {
    this.setData({ groups: placeGroups(this.places, this.data.side), mine: holds(this.bookings, now()) })
  },

  /** A hold that has run out is gone: what is true then is asked for. */
  tick() {
    if (this.bookings.length === 0) return
    const mine = holds(this.bookings, now())
    const over = mine.filter(one => one.over).map(one => one.id)
    this.setData({ mine: mine.filter(one => !one.over) })
    if (over.length === 0) return
    this.bookings = this.bookings.filter(one => !over.includes(one.id)) // asked for once, also without signal
    void this.load()
  },

  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.setData({ side: event.currentTarget.dataset.side as string, opened: '' })
    this.show()
  },
  open(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    this.setData({ opened: this.data.opened === id ? '' : id })
  },

  async hold(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    await this.work(async () => {
      await this.book(id, false)
      this.setData({ opened: '' })
    }, '给您留着了')
  },

  /** In women's hours the service asks; what is answered is kept nowhere. */
  async book(id: string, woman: boolean): Promise<void> {
    try {
      await call('POST /facilities/{id}/bookings', { path: { id }, body: { for_woman: woman }, key: wanted.keyFor(`${id} ${woman}`) })
      wanted.answered()
    } catch (problem) {
      if (!(problem instanceof Trouble) || problem.later) throw problem
      wanted.answered()
      const womenOnly = problem.code === WOMEN_ONLY && !woman
      if (!womenOnly || !(await sure('只供女性的时段', '是女士要用吗？', '是女士', '不是'))) throw problem
      await this.book(id, true)
    }
  },

  async start(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    await this.work(() => call('POST /bookings/{id}/start', { path: { id } }), '开始用了')
  },
  async release(event: WechatMiniprogram.TouchEvent) {
    const { id, started } = event.currentTarget.dataset as { id: string; started: boolean }
    await this.work(() => call('DELETE /bookings/{id}', { path: { id } }), started ? '腾出来了，谢谢' : '不留了')
  },

  async works(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    await this.work(() => call('POST /facilities/{id}/reports', { path: { id }, body: { state: 'ok' }, key: wanted.keyFor(`ok ${id}`) }), '谢谢，后面的人看得到')
  },
  async broken(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    if (!(await sure('坏了？', '报给值班室去修，办到哪步在“我的事”里看。', '报修'))) return
    await this.work(async () => {
      const made = await call('POST /facilities/{id}/reports', { path: { id }, body: { state: 'out' }, key: wanted.keyFor(`out ${id}`) })
      if (made.request) go(`/pages/request/index?id=${made.request.id}&new=1`)
    }, '报给值班室了')
  },

  /** One thing at a time; whatever came of it, what is true now is shown. */
  async work(step: () => Promise<unknown>, done: string) {
    if (this.data.busy) return
    this.setData({ busy: true, trouble: '' })
    let trouble = ''
    try {
      await step()
      wanted.answered()
      say(done)
    } catch (problem) {
      trouble = notNow(problem, '这一步')
      say(trouble) // the page may be scrolled far down
    }
    await this.load()
    this.setData({ busy: false, trouble })
  },
})
