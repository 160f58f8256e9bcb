// My claims, those that I have joined too; the code of another driver's lets one in.
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { claimLine } from '../../lib/claim'
import { go, goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { asked, sayTrouble } from '../../lib/say'
import { told } from '../../lib/trouble'

Page({
  data: { lines: [] as Array<ReturnType<typeof claimLine>>, more: '', loaded: false, old: '', trouble: '' },

  onShow() {
    void this.load('')
  },

  ...tryAgain<{ load(cursor: string): Promise<void> }>(page => page.load('')),
  async load(cursor: string) {
    try {
      const found = await call('GET /claims', { query: { limit: 20, cursor } })
      const lines = found.items.map(one => claimLine(one, now()))
      this.setData({ lines: cursor ? [...this.data.lines, ...lines] : lines, more: found.next_cursor ?? '', loaded: true, trouble: '', old: '' })
    } catch (problem) {
      this.setData(this.data.loaded ? { old: told(problem) } : { trouble: told(problem) })
    }
  },
  async loadMore() {
    await this.load(this.data.more)
  },

  async join() {
    const code = await asked('同车码', '车主手机上的八个字')
    if (!code) return
    try {
      const joined = await call('POST /claims/join', { body: { code } })
      go(`/pages/claim/index?id=${joined.request_id}`)
    } catch (problem) {
      sayTrouble(problem)
      this.setData({ trouble: told(problem) })
    }
  },
  goTo,
})
