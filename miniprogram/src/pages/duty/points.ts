// My points: each with its reason, the quarter before and this one, the list while it is public, an objection to it.
import { tryAgain } from '../../lib/again'
import { Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { asked, say, sayTrouble } from '../../lib/say'
import { told } from '../../lib/trouble'
import type { EntryLine, QuarterView } from './lib/points'
import { entryLine, objectionLine, quarterBefore, quarterView } from './lib/points'

const wanted = new Wanted()

Page({
  data: {
    balance: 0,
    note: '',
    quarters: [] as string[],
    code: '',
    quarter: null as QuarterView | null,
    entries: [] as EntryLine[],
    more: '',
    objections: [] as Array<ReturnType<typeof objectionLine>>,
    loaded: false,
    trouble: '',
  },

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const mine = await call('GET /points', { query: { limit: 50 } })
      const quarters = [mine.quarter, quarterBefore(mine.quarter)]
      const code = quarters.includes(this.data.code) ? this.data.code : mine.quarter
      this.setData({ balance: mine.balance, note: mine.note, quarters, code, entries: mine.entries.map(one => entryLine(one, now())), more: mine.next_cursor ?? '', loaded: true, trouble: '' })
      await this.loadQuarter()
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async loadMore() {
    try {
      const found = await call('GET /points', { query: { limit: 50, cursor: this.data.more } })
      this.setData({ entries: [...this.data.entries, ...found.entries.map(one => entryLine(one, now()))], more: found.next_cursor ?? '' })
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  async loadQuarter() {
    const { code } = this.data
    try {
      const [quarter, objections] = await Promise.all([call('GET /points/quarters/{quarter}', { path: { quarter: code } }), call('GET /points/quarters/{quarter}/objections', { path: { quarter: code } })])
      if (code !== this.data.code) return // another one was picked meanwhile
      this.setData({ quarter: quarterView(quarter, now()), objections: objections.items.map(objectionLine) })
    } catch (problem) {
      this.setData({ quarter: null, objections: [], trouble: told(problem) })
    }
  },

  pickQuarter(event: WechatMiniprogram.TouchEvent) {
    this.setData({ code: event.currentTarget.dataset.code as string, quarter: null, objections: [], trouble: '' })
    void this.loadQuarter()
  },

  async objectTo(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id?: string }
    const text = await asked(id ? '这一笔哪里不对？' : '哪里不对？', '书记看了答复您')
    if (!text) return
    const body = { text, ...(id ? { entry_id: id } : {}) }
    try {
      await call('POST /points/quarters/{quarter}/objections', { path: { quarter: this.data.code }, body, key: wanted.keyFor(JSON.stringify([this.data.code, body])) })
      wanted.answered()
      say('提给书记了')
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.loadQuarter()
  },
})
