// All stations: by road, by words, and nearest first where the person lets the phone (not us) know where it is.
import type { StationOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import type { Point } from '../../lib/geo'
import { far, metres } from '../../lib/geo'
import { goTo } from '../../lib/go'
import { basicLines, plate } from '../../lib/here'
import { whereAmI } from '../../lib/place'
import { say } from '../../lib/say'
import { stationList } from '../../lib/stations'
import { when } from '../../lib/time'
import { told } from '../../lib/trouble'

interface Line {
  code: string
  name: string
  road: string
  note: string
  away: string
  good: string
}

Page({
  data: { roads: [] as string[], road: '', words: '', lines: [] as Line[], near: false, loaded: false, old: '', trouble: '' },

  all: [] as StationOut[],
  here: null as Point | null,

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const read = await stationList()
      this.all = read.data
      const roads = [...new Set(read.data.flatMap(one => one.road.split('/')))].sort()
      this.setData({ roads, loaded: true, trouble: '', old: read.old ? `没信号，这是 ${when(read.at, now())} 存下的` : '' })
      this.draw()
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  draw() {
    const { road, words } = this.data
    const found = this.all.filter(one => (!road || one.road.split('/').includes(road)) && (!words || `${one.name}${one.prefecture}${one.road}`.includes(words)))
    const here = this.here
    const lines = found.map(one => ({ station: one, away: here ? metres(here, one) : 0 }))
    if (here) lines.sort((a, b) => a.away - b.away)
    this.setData({ lines: lines.map(({ station, away }) => line(station, here ? far(away) : '')), near: here !== null })
  },

  pickRoad(event: WechatMiniprogram.TouchEvent) {
    const road = event.currentTarget.dataset.road as string
    this.setData({ road: road === this.data.road ? '' : road })
    this.draw()
  },

  find(event: WechatMiniprogram.Input) {
    this.setData({ words: event.detail.value.trim() })
    this.draw()
  },

  async nearest() {
    this.here = await whereAmI()
    if (!this.here) say('没拿到位置，按路找也一样')
    this.draw()
  },

  goTo,
})

function line(station: StationOut, away: string): Line {
  const shown = plate(station, null, '')
  const good = basicLines(station, now()).filter(one => one.state === 'ok').map(one => one.short)
  return {
    code: station.code,
    name: station.name,
    road: station.road,
    note: [shown.km, station.prefecture, shown.note, station.status === 'open' ? '' : shown.side].filter(Boolean).join(' · '),
    away,
    good: good.length > 0 ? `现在有：${good.join('、')}` : '',
  }
}
