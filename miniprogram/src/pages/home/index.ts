// The first page: where I am, what there is, help; then what is under way and what is news on my road.
import type { CheckInOut, StationCard } from 'contract'
import { now } from '../../lib/clock'
import { roadsOf } from '../../lib/geo'
import { goTo } from '../../lib/go'
import type { BasicLine, Plate } from '../../lib/here'
import { arrivedNote, basicLines, knownHere, plate, scanLeft } from '../../lib/here'
import { call } from '../../lib/http'
import { news } from '../../lib/news'
import { scan } from '../../lib/scanning'
import { sendWaiting, waiting } from '../../lib/sending'
import { stationCard } from '../../lib/stations'
import { kept } from '../../lib/store'
import { summary } from '../../lib/thread'
import { when } from '../../lib/time'

const NEWS = 2

interface News {
  id: string
  title: string
  note: string
}

Page({
  data: {
    station: '', // where one is; known at once, before the plate of it is drawn
    here: null as Plate | null,
    scanned: null as ReturnType<typeof scanLeft>, // a scan that is no check-in yet: one may be elsewhere than one was
    basics: [] as BasicLine[],
    mine: [] as Array<ReturnType<typeof summary>>,
    news: [] as News[],
    unread: 0,
  },

  onShow() {
    this.showKnown() // a tap now goes where it should, however long what waits takes to go out
    void sendWaiting().catch(() => undefined).then(() => this.load())
  },

  /** What the phone knows without asking: where one is, and that station's card if it was seen. */
  showKnown() {
    const here = knownHere(kept('here'), waiting(), now())
    const known = kept('cards')?.find(one => one.data.code === here?.station)
    this.setData({ station: here?.station ?? '', scanned: here ? null : scanLeft(waiting()) })
    if (here && known) this.showHere(known.data, here)
    if (!here) this.setData({ here: null, basics: [] })
    return here
  },

  async load() {
    const here = this.showKnown() // what waited may have been a check-in
    // Each part stands alone: what cannot be fetched leaves the others as they are.
    await Promise.allSettled([this.loadStation(here), this.loadMine(), this.loadNews()])
  },

  async loadStation(here: CheckInOut | null) {
    if (here) this.showHere((await stationCard(here.station)).data, here)
  },

  showHere(card: StationCard, here: CheckInOut) {
    this.setData({ here: plate(card, here.side, arrivedNote(here, now())), basics: basicLines(card, now()) })
  },

  async loadMine() {
    if (kept('left')) {
      this.setData({ mine: [], unread: 0 }) // looking at this page must not make anew whom he has just erased
      return
    }
    const [requests, unread] = await Promise.all([call('GET /requests', { query: { limit: 5 } }), call('GET /inbox/unread', {})])
    const open = requests.items.map(one => summary(one, now())).filter(one => one.open)
    this.setData({ mine: open.slice(0, 2), unread: unread.unread })
  },

  async loadNews() {
    const roads = roadsOf(this.data.here?.road ?? '')
    const found = await news(roads, { limit: NEWS, ...(roads.length > 0 ? {} : { category: 'road' as const }) })
    this.setData({
      news: found.items.filter(one => !one.expired).slice(0, NEWS).map(one => ({
        id: one.id,
        title: one.title,
        note: `${one.category_title}${one.published_at ? ` · ${when(one.published_at, now())} 发布` : ''}`,
      })),
    })
  },

  scan,
  goTo,
})
