// The counter: a code is said or shown, the meal goes over it once; what waits is listed below, without names.
import type { KitchenLine } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import { call } from '../../lib/http'
import { whileSeen } from '../../lib/seen'
import { kept } from '../../lib/store'
import { told } from '../../lib/trouble'
import type { Handed, Waiting } from './lib/counter'
import { handed, waitingLine } from './lib/counter'
import { stationName } from './lib/home'

const DIGITS = 6
const POLL_MS = 15_000
const wanted = new Wanted()

Page({
  data: { station: '', name: '', code: '', handed: null as Handed | null, lines: [] as Waiting[], more: false, loaded: false, busy: false, wrong: '', trouble: '' },

  ...whileSeen<{ load(): Promise<void>; arrive(): Promise<void> }>(POLL_MS, page => page.load(), page => page.arrive()),

  arrive() {
    const station = (kept('user')?.home_station?.code as string | undefined) ?? ''
    this.setData({ station, name: station && stationName(station) })
    return this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    const { station } = this.data
    try {
      const query = { limit: 100, ...(station ? { station } : {}) }
      const all = await Promise.all((['ready', 'reserved'] as const).map(state => call('GET /staff/meals/orders', { query: { ...query, state } })))
      this.setData({ lines: all.flatMap(one => one.items.map(waitingLine)), more: all.some(one => one.next_cursor), loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  write(event: WechatMiniprogram.Input) {
    this.setData({ code: event.detail.value, wrong: '' })
  },

  /** The same code is the same key until it was answered: a second tap on a slow line hands out nothing twice. */
  async handOut() {
    const code = this.data.code.replace(/\s/g, '')
    if (this.data.busy) return
    if (code.length !== DIGITS) {
      this.setData({ wrong: `取餐码是 ${DIGITS} 位数字` })
      return
    }
    this.setData({ busy: true, wrong: '', handed: null })
    const { station } = this.data
    try {
      const order: KitchenLine = await call('POST /staff/meals/pickup', { body: { pickup_code: code, ...(station ? { station } : {}) }, key: wanted.keyFor(code) })
      wanted.answered()
      this.setData({ handed: handed(order), code: '' })
      await this.load()
    } catch (problem) {
      this.setData({ wrong: notNow(problem, '发餐') })
    }
    this.setData({ busy: false })
  },
})
