// Lorry and cargo while the driver is in hospital: asked for, who watches, handed back, and he says that he has it.
import type { WatchOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { dial } from '../../lib/phone'
import { say, sure } from '../../lib/say'
import { whileSeen } from '../../lib/seen'
import { stationCard } from '../../lib/stations'
import { kept } from '../../lib/store'
import { told, Trouble } from '../../lib/trouble'
import type { WatchView } from '../../lib/watch'
import { watchView } from '../../lib/watch'

const POLL_MS = 20_000
const wanted = new Wanted()

Page({
  data: { id: '', watch: null as WatchView | null, none: false, place: '', plate: '', cargo: '', phone: '', busy: false, old: '', trouble: '' },

  raw: null as WatchOut | null,

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ id: query.id ?? '', plate: kept('user')?.vehicle?.plate ?? '' })
    void this.findPhone()
  },
  ...whileSeen<{ load(): Promise<void> }>(POLL_MS, page => page.load()),

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      this.show(await call('GET /requests/{id}/watch', { path: { id: this.data.id } }))
    } catch (problem) {
      if (problem instanceof Trouble && problem.code === 'watch.none') this.setData({ none: true, trouble: '', old: '' })
      else this.setData(this.raw ? { old: `${told(problem)} 这是刚才看到的。` } : { trouble: told(problem) })
    }
  },

  show(watch: WatchOut) {
    this.raw = watch
    this.setData({ watch: watchView(watch, now()), none: false, trouble: '', old: '' })
  },

  /** Whoever lies in hospital wants to ask the desk itself. */
  async findPhone() {
    try {
      const { station } = await call('GET /requests/{id}', { path: { id: this.data.id } })
      if (!station) return
      const { phones } = (await stationCard(station)).data
      this.setData({ phone: phones.duty ?? phones.medical ?? '' })
    } catch {
      // 120 and the emergency button stand below all the same
    }
  },

  writePlace(event: WechatMiniprogram.Input) {
    this.setData({ place: event.detail.value })
  },
  writePlate(event: WechatMiniprogram.Input) {
    this.setData({ plate: event.detail.value })
  },
  writeCargo(event: WechatMiniprogram.Input) {
    this.setData({ cargo: event.detail.value })
  },

  /** Nothing of this waits for signal: that somebody watches must not be believed before it is so. */
  async work(step: () => Promise<WatchOut>, done: string) {
    if (this.data.busy) return
    this.setData({ busy: true })
    try {
      this.show(await step())
      wanted.answered()
      say(done)
    } catch (problem) {
      const trouble = notNow(problem, '这一步')
      await this.load() // perhaps the desk was faster, perhaps it went through
      this.setData({ trouble })
    }
    this.setData({ busy: false })
  },

  async ask() {
    const { place, plate, cargo } = this.data
    const body = Object.fromEntries(Object.entries({ place, plate, cargo }).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text))
    await this.work(() => call('POST /requests/{id}/watch', { path: { id: this.data.id }, body, key: wanted.keyFor(JSON.stringify(body)) }), '说过去了，值班台看得到')
  },

  async received() {
    if (!(await sure('车、货、钥匙都收到了？', '点了就结了。少了什么，先找值班台。', '收到了'))) return
    await this.work(() => call('POST /requests/{id}/watch/received', { path: { id: this.data.id } }), '好，一路平安')
  },

  dial() {
    dial(this.data.phone)
  },
})
