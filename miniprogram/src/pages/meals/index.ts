// Ordering a meal: which one, how many, whether with today's free portion. It is sent now or not at all.
import type { OfferOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { knownHere } from '../../lib/here'
import { call } from '../../lib/http'
import type { OfferLine } from '../../lib/meals'
import { dueText, mealDays, nearFirst, offerLine } from '../../lib/meals'
import { waiting } from '../../lib/sending'
import { kept } from '../../lib/store'
import { Trouble } from '../../lib/trouble'

const wish = '/pages/ask/index?kind=meal'
const wanted = new Wanted()

Page({
  data: {
    station: '',
    sub: '',
    days: [] as ReturnType<typeof mealDays>,
    day: '',
    offers: [] as OfferLine[],
    chosen: '',
    quantity: 1,
    portions: [] as number[],
    canFree: false,
    free: false,
    due: '',
    wish,
    loaded: false,
    sending: false,
    trouble: '',
    old: '',
  },

  offers: [] as OfferOut[],
  /** Where the person stands, if it is known and here. */
  side: null as string | null,
  looked: false,

  onLoad(query: Record<string, string | undefined>) {
    wanted.answered()
    const here = knownHere(kept('here'), waiting(), now())
    const station = query.station ?? here?.station ?? ''
    const name = kept('cards')?.find(one => one.data.code === station)?.data.name ?? (here?.station === station ? here.station_name : '')
    this.side = here?.station === station ? here.side : null
    this.setData({ station, sub: name })
  },

  /** The page may have lain open over midnight. */
  onShow() {
    const days = mealDays(now())
    this.setData({ days, day: days.some(one => one.day === this.data.day) ? this.data.day : days[0].day })
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load(): Promise<void> {
    const { day } = this.data
    try {
      const found = await this.fetch(day)
      if (day !== this.data.day) return // another day was picked meanwhile
      if (found.length === 0 && !this.looked) return await this.lookFurther()
      this.looked = true
      this.offers = nearFirst(found, this.side)
      this.setData({ offers: this.offers.map(one => offerLine(one, now(), this.side)), loaded: true, trouble: '', old: '' })
      if (!found.some(one => one.id === this.data.chosen)) this.choose('')
      else this.count()
    } catch (problem) {
      this.setData(this.data.loaded ? { old: notNow(problem, '留饭') } : { trouble: notNow(problem, '留饭') })
    }
  },

  async fetch(day: string): Promise<OfferOut[]> {
    return (await call('GET /meals', { query: { station: this.data.station, day, limit: 100 } })).items
  },

  /** The first day that has something; where none has, the driver writes what he would like. */
  async lookFurther(): Promise<void> {
    this.looked = true
    for (const { day } of this.data.days.slice(1)) {
      if ((await this.fetch(day)).length === 0) continue
      this.setData({ day })
      return this.load()
    }
    void wx.redirectTo({ url: wish })
  },

  pickDay(event: WechatMiniprogram.TouchEvent) {
    this.setData({ day: event.currentTarget.dataset.day as string, offers: [], loaded: false })
    void this.load()
  },

  pick(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    this.choose(id === this.data.chosen ? '' : id)
  },

  choose(id: string) {
    const line = this.data.offers.find(one => one.id === id && one.most > 0)
    this.setData({ chosen: line ? id : '', quantity: 1, free: false })
    this.count()
  },

  pickQuantity(event: WechatMiniprogram.TouchEvent) {
    this.setData({ quantity: event.currentTarget.dataset.quantity as number })
    this.count()
  },

  pickFree(event: WechatMiniprogram.SwitchChange) {
    this.setData({ free: event.detail.value })
    this.count()
  },

  /** What follows from the choice: no more than there are, no coupon that is used up, the sum. */
  count() {
    const offer = this.offers.find(one => one.id === this.data.chosen)
    if (!offer) return
    const { most } = offerLine(offer, now())
    const canFree = offer.coupon_left && offer.price_fen > 0
    const quantity = Math.max(1, Math.min(this.data.quantity, most))
    const free = this.data.free && canFree
    this.setData({ portions: most > 1 ? [1, 2] : [1], quantity, canFree, free, due: dueText(offer, quantity, free) })
  },

  async order() {
    const { chosen, quantity, free, sending } = this.data
    if (!chosen || sending) return
    this.setData({ sending: true, trouble: '' })
    const details = { offer_id: chosen, quantity, free }
    const side = this.offers.find(one => one.id === chosen)?.side // the line says it, wherever the driver stands
    try {
      const made = await call('POST /requests', { body: { kind: 'meal', text: '', side, details }, key: wanted.keyFor(JSON.stringify(details)) })
      wanted.answered()
      void wx.redirectTo({ url: `/pages/request/index?id=${made.id}&new=1` })
    } catch (problem) {
      const refused = problem instanceof Trouble && !problem.later
      if (refused) {
        wanted.answered()
        await this.load() // somebody was faster: what is left now
      }
      this.setData({ sending: false, trouble: notNow(problem, '留饭') })
    }
  },

  goTo,
})
