// Road news and policy: those of my road (or roads, where two meet) by the last check-in, anything by kind.
import type { BulletinOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { line } from '../../lib/bulletin'
import { now } from '../../lib/clock'
import { roadsOf } from '../../lib/geo'
import { goTo } from '../../lib/go'
import { merged, news } from '../../lib/news'
import { askToTell, prepare } from '../../lib/subscribe'
import { say } from '../../lib/say'
import { stationCard } from '../../lib/stations'
import { kept } from '../../lib/store'
import { told } from '../../lib/trouble'

const KINDS = [
  { name: '', title: '全部' },
  { name: 'road', title: '路况' },
  { name: 'policy', title: '政策' },
  { name: 'benefit', title: '惠民' },
  { name: 'safety', title: '安全' },
  { name: 'station', title: '站里' },
] as const

/** Other news are asked for: those on the page are none of them. */
const NOTHING = { lines: [], more: false, loaded: false, trouble: '' }

type Category = Exclude<(typeof KINDS)[number]['name'], ''>

Page({
  data: { kinds: KINDS, kind: '', road: '', onRoad: false, lines: [] as Array<ReturnType<typeof line>>, more: false, loaded: false, canTell: false, trouble: '' },

  roads: [] as string[],
  items: [] as BulletinOut[],
  older: {} as Record<string, string>,

  onLoad() {
    void this.findRoads()
    void prepare('bulletin').then(canTell => this.setData({ canTell }))
    void this.load()
  },

  /** Those of the station where one is, which may be too fresh for its card to be kept already. */
  async findRoads() {
    const station = kept('here')?.station
    const known = kept('cards')?.find(one => one.data.code === station)
    const card = known ?? (station ? await stationCard(station).catch(() => null) : null)
    this.roads = roadsOf(card?.data.road ?? '')
    this.setData({ road: this.roads.join('、') })
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load(older?: Record<string, string>) {
    const { kind, onRoad } = this.data
    const roads = onRoad ? this.roads : []
    try {
      const found = await news(roads, { limit: 20, ...(kind ? { category: kind as Category } : {}) }, older)
      this.items = older ? merged(roads, [...this.items, ...found.items]) : found.items
      this.older = found.older
      this.setData({ lines: this.items.map(one => line(one, now())), more: Object.keys(this.older).length > 0, loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  pickKind(event: WechatMiniprogram.TouchEvent) {
    const kind = event.currentTarget.dataset.kind as string
    this.setData({ ...NOTHING, kind, onRoad: kind !== '' && this.data.onRoad }) // 全部 is all roads too
    void this.load()
  },
  flipRoad() {
    this.setData({ ...NOTHING, onRoad: !this.data.onRoad })
    void this.load()
  },
  loadMore() {
    void this.load(this.older)
  },
  async tellMe() {
    const accepted = await askToTell('bulletin')
    this.setData({ canTell: !accepted })
    say(accepted ? '好，路上有变化就告诉您' : '没开也行，打开这里就能看')
  },
  goTo,
})
