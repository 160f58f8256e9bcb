// Who came today to the desk's own station; phones masked, looking is recorded by the service.
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { kept } from '../../lib/store'
import { addDays, dayOf, dayWord, hm } from '../../lib/time'
import { told } from '../../lib/trouble'
import { sideWord } from '../../lib/words'

const KINDS: Record<string, string> = { truck_driver: '货车司机', traveller: '旅客', staff: '工作人员', unknown: '' }

Page({
  data: { day: '', word: '今天', today: true, lines: [] as Array<{ id: string; time: string; title: string; note: string }>, more: '', loaded: false, trouble: '' },

  onLoad() {
    this.setData({ day: dayOf(now()) })
    void this.load('')
  },

  ...tryAgain<{ load(cursor: string): Promise<void> }>(page => page.load('')),
  async load(cursor: string) {
    const station = kept('user')?.home_station?.code as string | undefined
    try {
      const found = await call('GET /staff/checkins', { query: { limit: 50, day: this.data.day, cursor, ...(station ? { station } : {}) } })
      const lines = found.items.map(one => ({ id: one.id, time: hm(one.scanned_at), title: one.name, note: [sideWord(one.side), KINDS[one.person_kind], one.phone_masked ?? ''].filter(Boolean).join(' · ') }))
      this.setData({ lines: cursor ? [...this.data.lines, ...lines] : lines, more: found.next_cursor ?? '', loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  move(event: WechatMiniprogram.TouchEvent) {
    const day = addDays(this.data.day, Number(event.currentTarget.dataset.days))
    const today = dayOf(now())
    if (day > today) return
    this.setData({ lines: [], more: '', loaded: false, trouble: '', day, today: day === today, word: dayWord(`${day}T12:00:00+08:00`, now()) })
    void this.load('')
  },
  loadMore() {
    void this.load(this.data.more)
  },
})
