// Where all three kinds of scan land. One request, small; without signal it waits and keeps its own time.
import type { CheckInOut } from 'contract'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { plate } from '../../lib/here'
import { landing, scanned } from '../../lib/landing'
import type { Item } from '../../lib/outbox'
import { asked } from '../../lib/say'
import { scan } from '../../lib/scanning'
import { sendNow } from '../../lib/sending'
import { keep } from '../../lib/store'
import { stationCard } from '../../lib/stations'
import { addMinutes, hm, iso } from '../../lib/time'
import { told, Trouble } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import { sideWord } from '../../lib/words'

const REST_MINUTES = 20 // 《道路交通安全法实施条例》第六十二条：停车休息不少于 20 分钟

Page({
  data: {
    state: 'going' as 'going' | 'done' | 'waiting' | 'revoked' | 'refused' | 'empty',
    name: '',
    side: '',
    sideIcon: '',
    sideCode: '',
    since: '',
    rested: '',
    repeat: false,
    suspect: false,
    why: '',
    note: '',
    station: '',
    medical: '',
  },

  onLoad(query: Record<string, string | undefined>) {
    const code = scanned(query)
    if (code) void this.checkIn(code)
    else this.setData({ state: 'empty' })
  },

  async checkIn(code: string) {
    const at = iso(now())
    const item: Item = { kind: 'checkin', id: uuid(), at, title: '签到', photos: [], uploads: [], body: { code, scanned_at: at } }
    try {
      const made = await sendNow<CheckInOut>(item)
      if (made) await this.arrived(made)
      else this.setData({ state: 'waiting', since: hm(at) })
    } catch (problem) {
      this.refusedBecause(problem)
    }
  },

  async arrived(made: CheckInOut) {
    keep('here', made)
    this.setData({
      state: 'done',
      name: made.station_name,
      station: made.station,
      side: sideWord(made.side),
      sideIcon: `side${made.side}`,
      since: hm(made.scanned_at),
      rested: hm(addMinutes(made.scanned_at, REST_MINUTES)),
      repeat: made.repeat ?? false,
      suspect: made.clock_suspect,
    })
    const card = await stationCard(made.station).catch(() => null)
    if (card) this.setData({ side: plate(card.data, made.side, '').side, medical: card.data.phones.medical ?? '' })
  },

  /** A code that was taken down still says where one is, so that help stays a tap away. */
  refusedBecause(problem: unknown) {
    const { station, station_name, side } = (problem instanceof Trouble ? problem.body : {}) as Partial<Record<string, string>>
    this.setData({
      state: station ? 'revoked' : 'refused',
      why: told(problem),
      name: station_name ?? station ?? '',
      station: station ?? '',
      side: sideWord(side),
      sideIcon: side ? `side${side}` : '',
      sideCode: side ?? '',
    })
  },

  async typeCode() {
    const code = await asked('输入码下的短码', '墙上码下面的字')
    if (code) void wx.redirectTo({ url: landing(code) })
  },

  scan,
  goTo,
})
