// The changing code that members scan when they come on duty: a new one every 30 seconds, for one side.
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { stationCard } from '../../lib/stations'
import { told } from '../../lib/trouble'
import { sideWord } from '../../lib/words'
import { home } from './lib/home'
import { picture } from './lib/qr'

const TICK_MS = 1000

Page({
  data: { known: false, station: '', name: '', side: 'A', sides: [{ side: 'A', title: 'A 侧' }, { side: 'B', title: 'B 侧' }], code: '', picture: '', left: 0, trouble: '' },

  until: 0,
  timer: 0,
  asking: false,

  onLoad() {
    void this.find()
  },
  async find() {
    try {
      const own = await home()
      this.setData({ station: own?.code ?? '', name: own?.name ?? '', known: true, trouble: '' })
      if (!own) return
      void this.names(own.code)
      await this.tick()
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },
  async names(code: string) {
    const card = await stationCard(code).catch(() => null)
    if (card) this.setData({ sides: card.data.sides.map(one => ({ side: one.side, title: sideWord(one.side, one.heading) })) })
  },

  onShow() {
    this.until = 0
    void this.tick()
    this.timer = setInterval(() => void this.tick(), TICK_MS)
  },
  onHide() {
    this.rest()
  },
  onUnload() {
    this.rest()
  },
  rest() {
    clearInterval(this.timer)
  },

  ...tryAgain<{ find(): Promise<void> }>(page => page.find()),
  async tick(): Promise<void> {
    const left = Math.ceil((this.until - now().getTime()) / 1000)
    this.setData({ left: Math.max(0, left) })
    if (left > 0 || !this.data.station || this.asking) return
    this.asking = true
    const { station, side } = this.data
    try {
      const found = await call('GET /staff/duty/code', { query: { station, side: side as 'A' | 'B' } })
      this.asking = false
      if (side !== this.data.side) return await this.tick() // the other side was picked meanwhile
      this.until = Date.parse(found.valid_until)
      this.setData({ code: found.code, picture: picture(found.code), trouble: '', left: Math.max(0, Math.ceil((this.until - now().getTime()) / 1000)) })
    } catch (problem) {
      this.setData({ code: '', picture: '', trouble: told(problem) })
    }
    this.asking = false
  },

  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.until = 0
    this.setData({ side: event.currentTarget.dataset.side as string, code: '', picture: '' })
    void this.tick()
  },
})
