// Policy questions and their answers, with the source beside each; one's own question goes to the editors.
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { asked, say, sayTrouble } from '../../lib/say'
import { when } from '../../lib/time'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'

const PATIENCE_MS = 400

Page({
  data: { words: '', lines: [] as Array<{ id: string; text: string; answer: string; note: string }>, more: '', loaded: false, trouble: '' },

  timer: 0,

  onLoad() {
    void this.load('')
  },

  ...tryAgain<{ load(cursor: string): Promise<void> }>(page => page.load('')),
  async load(cursor: string) {
    const { words } = this.data
    try {
      const found = await call('GET /questions', { query: { limit: 20, cursor, q: words }, anonymous: true })
      if (words !== this.data.words) return // somebody wrote on meanwhile
      const lines = found.items.map(one => ({ id: one.id, text: one.text, answer: one.answer, note: [one.source ? `来源：${one.source}` : '', `${when(one.answered_at, now())} 答复`].filter(Boolean).join(' · ') }))
      this.setData({ lines: cursor ? [...this.data.lines, ...lines] : lines, more: found.next_cursor ?? '', loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  find(event: WechatMiniprogram.Input) {
    this.setData({ words: event.detail.value.trim() })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.load(''), PATIENCE_MS)
  },
  loadMore() {
    void this.load(this.data.more)
  },

  async ask() {
    const text = await asked('想问什么政策？', '别写姓名、电话、车牌')
    if (!text) return
    try {
      await call('POST /questions', { body: { text }, key: uuid() })
      say('收到了，答复后在消息里告诉您')
    } catch (problem) {
      sayTrouble(problem)
    }
  },
})
