// Road news and policy: mine first (the road of the last check-in), anything by kind.
import { tryAgain } from '../../lib/again'
import { line } from '../../lib/bulletin'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { askToTell, prepare } from '../../lib/subscribe'
import { say } from '../../lib/say'
import { kept } from '../../lib/store'
import { told } from '../../lib/trouble'

const KINDS = [
  { name: '', title: '全部' },
  { name: 'road', title: '路况' },
  { name: 'policy', title: '政策' },
  { name: 'benefit', title: '实惠' },
  { name: 'safety', title: '安全' },
  { name: 'station', title: '站里' },
] as const

/** Other news are asked for: those on the page are none of them. */
const NOTHING = { lines: [], more: '', loaded: false, trouble: '' }

type Category = Exclude<(typeof KINDS)[number]['name'], ''>

Page({
  data: { kinds: KINDS, kind: '', road: '', onRoad: false, lines: [] as Array<ReturnType<typeof line>>, more: '', loaded: false, canTell: false, trouble: '' },

  onLoad() {
    const card = kept('cards')?.find(one => one.data.code === kept('here')?.station)?.data
    this.setData({ road: card?.road.split('/')[0] ?? '' })
    void prepare('bulletin').then(canTell => this.setData({ canTell }))
    void this.load('')
  },

  ...tryAgain<{ load(cursor: string): Promise<void> }>(page => page.load('')),
  async load(cursor: string) {
    const { kind, road, onRoad } = this.data
    try {
      const query = { limit: 20, cursor, ...(kind ? { category: kind as Category } : {}), ...(onRoad ? { road } : {}) }
      const found = await call('GET /bulletins', { query, anonymous: true })
      const lines = found.items.map(one => line(one, now()))
      this.setData({ lines: cursor ? [...this.data.lines, ...lines] : lines, more: found.next_cursor ?? '', loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  pickKind(event: WechatMiniprogram.TouchEvent) {
    this.setData({ ...NOTHING, kind: event.currentTarget.dataset.kind as string })
    void this.load('')
  },
  flipRoad() {
    this.setData({ ...NOTHING, onRoad: !this.data.onRoad })
    void this.load('')
  },
  loadMore() {
    void this.load(this.data.more)
  },
  async tellMe() {
    const accepted = await askToTell('bulletin')
    this.setData({ canTell: !accepted })
    say(accepted ? '好，路上有变化就告诉您' : '没开也行，打开这里就能看')
  },
  goTo,
})
