// 会员之家: apply with one tap, show the number at the desk, see what it brings, give it up at any time.
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import type { CardView } from '../../lib/card'
import { cardView } from '../../lib/card'
import { call } from '../../lib/http'
import { say, sayTrouble, sure } from '../../lib/say'
import { keep, kept } from '../../lib/store'

const wanted = new Wanted()

Page({
  data: { card: null as CardView | null, loaded: false, busy: false, trouble: '' },

  onLoad() {
    const known = kept('user')
    if (known?.card) this.setData({ card: cardView(known), loaded: true }) // shown at a desk without signal too
  },

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const user = await call('GET /me', {})
      keep('user', user)
      this.setData({ card: cardView(user), loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: notNow(problem, '办卡') })
    }
  },

  async apply() {
    await this.work(() => call('POST /me/card', { key: wanted.keyFor('apply') }), '申请好了，到站时给值班员看')
  },
  async leave() {
    if (!(await sure('退卡？', '退了就没有这张卡了，想要可以再申请。', '退卡'))) return
    await this.work(() => call('DELETE /me/card', {}), '退了')
  },

  async work(step: () => Promise<unknown>, done: string) {
    if (this.data.busy) return
    this.setData({ busy: true })
    try {
      await step()
      wanted.answered()
      say(done)
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.load()
    this.setData({ busy: false })
  },
})
