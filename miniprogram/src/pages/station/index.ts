// One station: which side, the five basics and how fresh that is, its phones, what is said about it.
import type { StationCard } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { far, metres } from '../../lib/geo'
import { goTo } from '../../lib/go'
import type { BasicLine, Plate } from '../../lib/here'
import { basicLines, knownHere, plate } from '../../lib/here'
import { call } from '../../lib/http'
import { dial } from '../../lib/phone'
import { lastPlace } from '../../lib/place'
import { waiting } from '../../lib/sending'
import { stationCard } from '../../lib/stations'
import { kept } from '../../lib/store'
import { ago, when } from '../../lib/time'
import { told } from '../../lib/trouble'
import { sideWord } from '../../lib/words'

interface SideTab {
  side: string
  title: string
  note: string
}

type Line = BasicLine & { age: string }

Page({
  data: {
    code: '',
    side: 'A',
    plate: null as Plate | null,
    sides: [] as SideTab[],
    basics: [] as Line[],
    spoken: '',
    away: '',
    phones: [] as Array<{ title: string; number: string }>,
    example: false,
    news: [] as Array<{ id: string; title: string }>,
    old: '',
    trouble: '',
  },

  onLoad(query: Record<string, string | undefined>) {
    const code = query.code ?? ''
    const here = knownHere(kept('here'), waiting(), now())
    this.setData({ code, side: here?.station === code ? here.side : 'A' })
    const known = kept('cards')?.find(one => one.data.code === code)
    if (known) this.show(known.data)
  },

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const read = await stationCard(this.data.code)
      this.show(read.data)
      this.setData({ old: read.old ? `没信号，这是 ${when(read.at, now())} 存下的` : '', trouble: '' })
    } catch (problem) {
      this.setData({ trouble: this.data.plate ? '' : told(problem) })
    }
    await this.loadNews().catch(() => undefined)
  },

  show(card: StationCard) {
    const here = knownHere(kept('here'), waiting(), now())
    const { side } = this.data
    const { duty, medical, example } = card.phones
    const from = lastPlace()
    this.setData({
      away: from ? `离您${far(metres(from, card))}（直线）` : '',
      plate: plate(card, side, ''),
      sides: card.sides.map(one => ({ side: one.side, title: one.heading ?? sideWord(one.side), note: noteOf(one.side, here?.station === card.code ? here.side : null) })),
      basics: basicLines(card, now()).map(one => ({ ...one, age: one.asOf ? `${ago(one.asOf, now())}${one.fresh === 'old' ? ' · 太久了' : ''}` : '还没有人报' })),
      spoken: card.spoken.find(one => one.side === side)?.text ?? '',
      phones: [...(duty ? [{ title: '值班室', number: duty }] : []), ...(medical ? [{ title: '医疗窗口', number: medical }] : [])],
      example,
    })
  },

  async loadNews() {
    const found = await call('GET /bulletins', { query: { station: this.data.code, limit: 3 }, anonymous: true })
    this.setData({ news: found.items.map(one => ({ id: one.id, title: one.title })) })
  },

  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.setData({ side: event.currentTarget.dataset.side as string })
    const known = kept('cards')?.find(one => one.data.code === this.data.code)
    if (known) this.show(known.data)
  },

  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },

  goTo,
})

/** The two sides do not meet: one cannot walk over. */
function noteOf(side: string, mine: string | null): string {
  if (mine === null) return '两侧走不过去'
  return side === mine ? '您在这侧' : '走不过去'
}
