// The desk in a pocket: everything that still needs somebody, most urgent first.
import type { QueueItem } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { ask } from '../../lib/http'
import { whileSeen } from '../../lib/seen'
import { told } from '../../lib/trouble'
import { home } from './lib/home'
import type { Line } from './lib/queue'
import { line, listed } from './lib/queue'

const POLL_MS = 4000

Page({
  data: { lines: [] as Line[], name: '', loaded: false, mineOnly: false, items: [] as QueueItem[], trouble: '' },

  etag: '',

  ...whileSeen<{ load(): Promise<void> }>(POLL_MS, page => page.load()),
  onLoad() {
    void home().then(station => this.setData({ name: station?.name ?? '' }), () => undefined)
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      // always the whole queue: who looks at his own only is still one of those whom a medical call rings for
      const answer = await ask('GET /staff/requests', { query: { limit: 100 }, etag: this.etag })
      if (answer.status !== 304) {
        this.setData({ items: answer.data.items })
        this.etag = answer.etag
      }
      this.setData({ loaded: true, trouble: '' })
      this.draw()
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  draw() {
    this.setData({ lines: listed(this.data.items, this.data.mineOnly).map(one => line(one, now())) })
  },

  flipMine() {
    this.setData({ mineOnly: !this.data.mineOnly })
    this.draw()
  },
  goTo,
})
