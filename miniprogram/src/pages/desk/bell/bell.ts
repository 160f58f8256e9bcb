// What every page of the desk does while it is seen: it listens, it rings for a medical call nobody has taken, and one tap leads there.
import type { QueueItem } from 'contract'
import { goTo } from '../../../lib/go'
import { ask, call } from '../../../lib/http'
import { Trouble } from '../../../lib/trouble'
import { alarm, ring, unheld } from '../lib/bell'
import { home } from '../lib/home'

const POLL_MS = 4000
const BEAT_MS = 20_000 // none for 60 s means that nobody listens

interface Watching {
  timers: number[]
  etag: string
  calls: string[]
}
const watching = new WeakMap<object, Watching>()

Component({
  options: { virtualHost: true }, // where nothing rings there is nothing, not even a gap
  properties: {
    /** The queue, from a page that looks at it anyway; without it the bell looks itself. */
    items: { type: Array, value: [] as QueueItem[] },
    fed: { type: Boolean, value: false },
    /** The request that this page shows, and whether one has it oneself. */
    here: { type: String, value: '' },
    held: { type: Boolean, value: false },
  },
  data: { ringing: false, call: '', heard: true },
  observers: {
    'items, here, held'() {
      this.draw()
    },
  },
  lifetimes: {
    detached() {
      this.rest()
    },
  },
  pageLifetimes: {
    show() {
      this.rest()
      const timers = [setInterval(() => void this.beat(), BEAT_MS)]
      if (!this.data.fed) timers.push(setInterval(() => void this.listen(), POLL_MS))
      watching.set(this, { timers, etag: '', calls: watching.get(this)?.calls ?? [] })
      void wx.setKeepScreenOn({ keepScreenOn: true }) // a phone asleep hears nothing
      void this.beat()
      if (!this.data.fed) void this.listen()
      this.draw()
    },
    hide() {
      this.rest()
    },
  },
  methods: {
    rest() {
      const mine = watching.get(this)
      if (!mine?.timers.length) return
      mine.timers.forEach(clearInterval)
      mine.timers = []
      ring(this, false)
      void wx.setKeepScreenOn({ keepScreenOn: false })
    },

    /** Only the calls that have nobody: unchanged, the answer is empty. */
    async listen() {
      const mine = watching.get(this)
      if (!mine) return
      const answer = await ask('GET /staff/requests', { query: { kind: 'medical', state: 'new', limit: 100 }, etag: mine.etag }).catch(() => null)
      if (!answer || answer.status === 304) return
      mine.etag = answer.etag
      mine.calls = unheld(answer.data.items)
      this.draw()
    },

    /** As long as a page of the desk is open the desk listens; the service knows when nobody does. */
    async beat() {
      try {
        const station = await home()
        if (station) await call('POST /staff/desk/heartbeat', { body: { station: station.code } })
        this.setData({ heard: true })
      } catch (problem) {
        this.setData({ heard: problem instanceof Trouble && problem.status === 403 }) // the kitchen has no bell to hear
      }
    },

    draw() {
      const mine = watching.get(this)
      if (!mine?.timers.length) return // out of sight nothing rings
      const calls = this.data.fed ? unheld(this.data.items as QueueItem[]) : mine.calls
      const found = alarm(calls, this.data.here, this.data.held)
      this.setData(found)
      ring(this, found.ringing)
    },

    goTo,
  },
})
