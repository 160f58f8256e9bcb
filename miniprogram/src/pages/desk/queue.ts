// The desk in a pocket: everything that still needs somebody, most urgent first; a medical call rings.
import type { QueueItem } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { ask, call } from '../../lib/http'
import { told } from '../../lib/trouble'
import { home } from './lib/home'
import type { Line } from './lib/queue'
import { line, listed, rings } from './lib/queue'

const POLL_MS = 4000
const BEAT_MS = 20_000 // none for 60 s means that nobody listens

Page({
  data: { lines: [] as Line[], name: '', loaded: false, mineOnly: false, ringing: false, heard: true, trouble: '' },

  items: [] as QueueItem[],
  etag: '',
  timers: [] as number[],
  bell: null as WechatMiniprogram.InnerAudioContext | null,

  onShow() {
    void this.load()
    void this.beat()
    void wx.setKeepScreenOn({ keepScreenOn: true })
    this.timers = [setInterval(() => void this.load(), POLL_MS), setInterval(() => void this.beat(), BEAT_MS)]
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
    this.ring(false)
    void wx.setKeepScreenOn({ keepScreenOn: false })
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      // always the whole queue: who looks at his own only is still one of those whom a medical call rings for
      const answer = await ask('GET /staff/requests', { query: { limit: 100 }, etag: this.etag })
      if (answer.status !== 304) {
        this.items = answer.data.items
        this.etag = answer.etag
      }
      this.setData({ loaded: true, trouble: '' })
      this.draw()
      this.ring(rings(this.items))
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  draw() {
    this.setData({ lines: listed(this.items, this.data.mineOnly).map(one => line(one, now())) })
  },

  /** As long as this page is open the desk listens; the service knows when nobody does. */
  async beat() {
    try {
      const station = await home()
      this.setData({ name: station?.name ?? '' })
      if (station) await call('POST /staff/desk/heartbeat', { body: { station: station.code } })
      this.setData({ heard: true })
    } catch {
      this.setData({ heard: false })
    }
  },

  ring(on: boolean) {
    if (on === this.data.ringing) return
    this.setData({ ringing: on })
    if (on) {
      void wx.setInnerAudioOption({ obeyMuteSwitch: false }) // a life is in danger: the switch on the side does not count
      this.bell ??= wx.createInnerAudioContext()
      this.bell.src = '/pages/desk/sounds/alarm.wav'
      this.bell.loop = true
      this.bell.play()
      void wx.vibrateLong({})
    } else {
      this.bell?.stop()
    }
  },

  flipMine() {
    this.setData({ mineOnly: !this.data.mineOnly })
    this.draw()
  },
  goTo,
})
