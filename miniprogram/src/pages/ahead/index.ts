// 前方一站: the next homes on this road (or both, where two meet) in both directions, how far, and what there is now.
import type { StationOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import type { Ahead } from '../../lib/geo'
import { metres, neighbours, roadsOf } from '../../lib/geo'
import { goTo } from '../../lib/go'
import { basicLines, knownHere, plate } from '../../lib/here'
import { whereAmI } from '../../lib/place'
import { say } from '../../lib/say'
import { waiting } from '../../lib/sending'
import { stationList } from '../../lib/stations'
import { kept } from '../../lib/store'
import { told } from '../../lib/trouble'

const SHOWN = 3

interface Line {
  code: string
  name: string
  note: string
  away: string
}

Page({
  data: { from: '', ways: [] as Array<{ title: string; lines: Line[] }>, choose: false, trouble: '' },

  all: [] as StationOut[],

  onLoad() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      this.all = (await stationList()).data
      const here = this.all.find(one => one.code === knownHere(kept('here'), waiting(), now())?.station)
      if (here) this.show(here, '从您签到的')
      else this.setData({ choose: true })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async nearest() {
    const point = await whereAmI()
    if (!point) {
      say('没拿到位置，到站扫一次码就知道了')
      return
    }
    const sorted = [...this.all].sort((a, b) => metres(point, a) - metres(point, b))
    if (sorted[0]) this.show(sorted[0], '从离您最近的')
  },

  show(here: StationOut, word: string) {
    const ways = roadsOf(here.road).flatMap(road => neighbours(here, this.all, road).map(({ title, stations }) => ({ title: `${road} ${title}`, lines: stations.slice(0, SHOWN).map(line) })))
    this.setData({
      from: `${word}${here.name}算起。“约”是直线，路上更远。`,
      ways,
      choose: false,
    })
  },
  goTo,
})

function line({ station, km, byPost }: Ahead<StationOut>): Line {
  const good = basicLines(station, now()).filter(one => one.state === 'ok').map(one => one.short)
  const shown = plate(station, null, '')
  const parts = [shown.km, good.length > 0 ? `有${good.join('、')}` : '', shown.note]
  return { code: station.code, name: station.name, away: `${byPost ? '' : '约 '}${Math.round(km)} 公里`, note: parts.filter(Boolean).join(' · ') }
}
