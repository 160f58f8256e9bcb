// Everything of mine: what is under way, what is over, what I was told.
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { summary } from '../../lib/thread'
import { told } from '../../lib/trouble'

const PAGE = 20

Page({
  data: { open: [] as Array<ReturnType<typeof summary>>, over: [] as Array<ReturnType<typeof summary>>, unread: 0, more: '', loaded: false, trouble: '' },

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [requests, unread] = await Promise.all([call('GET /requests', { query: { limit: PAGE } }), call('GET /inbox/unread', {})])
      const lines = requests.items.map(one => summary(one, now()))
      this.setData({ open: lines.filter(one => one.open), over: lines.filter(one => !one.open), unread: unread.unread, more: requests.next_cursor ?? '', loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async loadMore() {
    const found = await call('GET /requests', { query: { limit: PAGE, cursor: this.data.more } }).catch(() => null)
    if (!found) return
    const lines = found.items.map(one => summary(one, now()))
    this.setData({ open: [...this.data.open, ...lines.filter(one => one.open)], over: [...this.data.over, ...lines.filter(one => !one.open)], more: found.next_cursor ?? '' })
  },

  goTo,
})
