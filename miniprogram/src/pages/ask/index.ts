// Asking for something: choose what it is, say it in one's own words, add what the kind asks for. Every letter is
// kept as a draft; without signal it waits and goes out later. Meals that hold a place are never queued.
import type { KindOut, RequestOut, StationOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import type { Field } from '../../lib/fields'
import { details, fieldsOf } from '../../lib/fields'
import { knownHere, lastSeen } from '../../lib/here'
import { kindList } from '../../lib/kinds'
import type { Item } from '../../lib/outbox'
import { dial } from '../../lib/phone'
import { sayTrouble } from '../../lib/say'
import { sendNow, waiting } from '../../lib/sending'
import { stationList } from '../../lib/stations'
import type { Draft } from '../../lib/store'
import { keep, kept } from '../../lib/store'
import { askToTell, prepare } from '../../lib/subscribe'
import { iso } from '../../lib/time'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import { sideWord } from '../../lib/words'

const EMPTY: Draft = { text: '', place: '', phone: '', values: {}, photos: [] }
const NOWHERE = '不在站里，或说不清'
const UNSAID = [{ side: '', title: '说不清哪侧' }]
const PLACE_MOST = 200 // the service takes no more
const OFFERED_ELSEWHERE = ['medical'] // the emergency has a page of its own, one tap from everywhere

Page({
  data: {
    kinds: [] as KindOut[],
    kind: null as KindOut | null,
    fields: [] as Field[],
    draft: EMPTY,
    found: false,
    station: '',
    side: '',
    sides: [] as Array<{ side: string; title: string }>,
    names: [NOWHERE],
    at: 0,
    seen: '', // told along where no station is: the check-in before, the code that was scanned since
    canTell: false,
    tell: false,
    sending: false,
    trouble: '',
  },

  wanted: '',
  places: [] as Array<{ code: string; name: string; sides: StationOut['sides'] }>,

  onLoad(query: Record<string, string | undefined>) {
    const here = knownHere(kept('here'), waiting(), now())
    const station = query.station ?? here?.station ?? ''
    const side = query.side ?? (here?.station === station ? (here?.side ?? '') : '')
    this.list(kept('stations')?.data ?? [])
    this.toStation(station, side)
    if (!station) this.setData({ seen: lastSeen(kept('here'), waiting(), now()) })
    void this.loadPlaces()
    this.wanted = query.kind ?? ''
    void this.load(this.wanted)
    void prepare('request').then(canTell => this.setData({ canTell }))
  },

  /** The stations to choose from: those that the phone knows at once, then those of today. */
  async loadPlaces() {
    const read = await stationList().catch(() => null)
    if (read && !read.old) this.list(read.data)
  },
  /** One that is opened from is among them also where the list is not on the phone. */
  list(stations: StationOut[]) {
    const here = kept('here')
    const cards = (kept('cards') ?? []).map(one => one.data).filter(one => !stations.some(other => other.code === one.code))
    this.places = [...stations, ...cards]
    if (here && !this.places.some(one => one.code === here.station)) this.places.push({ code: here.station, name: here.station_name, sides: [] })
    this.toStation(this.data.station, this.data.side)
  },
  /** The request goes to this station, or to the duty centre where it is none. */
  toStation(station: string, side: string) {
    if (station && !this.places.some(one => one.code === station)) this.places.push({ code: station, name: station, sides: [] })
    const at = this.places.findIndex(one => one.code === station)
    const headings = this.places[at]?.sides ?? []
    const sides = ['A', 'B'].map(one => ({ side: one, title: sideWord(one, headings.find(found => found.side === one)?.heading) }))
    this.setData({ station, side, names: [NOWHERE, ...this.places.map(one => one.name)], at: at + 1, sides: station ? [...sides, ...UNSAID] : [] })
  },
  pickStation(event: WechatMiniprogram.PickerChange) {
    const place = this.places[Number(event.detail.value) - 1] as { code: string } | undefined
    this.toStation(place?.code ?? '', '')
    this.setData({ seen: '' }) // he has said where he is, or that he is nowhere of these
  },
  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.setData({ side: event.currentTarget.dataset.side as string })
  },

  ...tryAgain<{ wanted: string; load(wanted: string): Promise<void> }>(page => page.load(page.wanted)),
  async load(wanted: string) {
    try {
      const kinds = await kindList()
      this.setData({ kinds: kinds.filter(one => !OFFERED_ELSEWHERE.includes(one.kind)), trouble: '' })
      if (wanted) this.use(wanted)
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  pick(event: WechatMiniprogram.TouchEvent) {
    this.use(event.currentTarget.dataset.kind as string)
    toTop()
  },
  /** Back to the list; what was written stays a draft of its kind. */
  another() {
    this.setData({ kind: null, trouble: '' })
    toTop()
  },

  use(name: string) {
    const kind = this.data.kinds.find(one => one.kind === name) ?? null
    const draft = kept('drafts')?.[name]
    this.setData({ kind, fields: kind ? fieldsOf(kind.fields) : [], draft: draft ?? EMPTY, found: draft !== undefined })
  },

  /** Kept at every letter: a call that comes in, a battery that dies, and it is still there. */
  change(values: Partial<Draft>) {
    const draft = { ...this.data.draft, ...values }
    this.setData({ draft })
    if (this.data.kind) keep('drafts', { ...kept('drafts'), [this.data.kind.kind]: draft })
  },

  writeText(event: WechatMiniprogram.Input) {
    this.change({ text: event.detail.value })
  },
  writePlace(event: WechatMiniprogram.Input) {
    this.change({ place: event.detail.value })
  },
  answer(event: WechatMiniprogram.CustomEvent<{ values: Record<string, unknown> }>) {
    this.change({ values: event.detail.values })
  },
  photos(event: WechatMiniprogram.CustomEvent<{ paths: string[] }>) {
    this.change({ photos: event.detail.paths })
  },
  wantTelling(event: WechatMiniprogram.SwitchChange) {
    this.setData({ tell: event.detail.value })
  },

  async send() {
    const { kind, sending } = this.data
    if (!kind || sending) return
    const item = this.item(kind)
    if (!item) return
    this.setData({ sending: true, trouble: '' })
    const asking = this.data.tell ? askToTell('request') : null // WeChat lets it be asked in the tap itself only
    try {
      const made = await sendNow<RequestOut>(item)
      await asking
      this.forgetDraft(kind.kind)
      void wx.redirectTo({ url: made ? `/pages/request/index?id=${made.id}&new=1` : '/pages/waiting/index' })
    } catch (problem) {
      this.setData({ sending: false, trouble: told(problem) })
      sayTrouble(problem)
    }
  },

  item(kind: KindOut): Item | null {
    const { draft, fields, station, side, seen } = this.data
    const given = details(fields, draft.values)
    if (!draft.text.trim() && Object.keys(given).length === 0) {
      this.setData({ trouble: '写一句话，或选一样，我们才知道怎么帮。' })
      return null
    }
    const at = iso(now())
    const text = draft.text.trim() || kind.title
    const place = [draft.place.trim(), seen ? `${seen}，没再确认` : ''].filter(Boolean).join('；').slice(0, PLACE_MOST)
    const where = { ...(station ? { station } : {}), ...(station && side ? { side: side as 'A' | 'B' } : {}), ...(place ? { place_text: place } : {}) }
    return {
      kind: 'request',
      id: uuid(),
      at,
      title: text.slice(0, 24),
      photos: draft.photos,
      uploads: [],
      body: { kind: kind.kind, text, details: given, written_at: at, ...where },
    }
  },

  forgetDraft(name: string) {
    const drafts = { ...kept('drafts') }
    delete drafts[name]
    keep('drafts', drafts)
  },

  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },
})

/** What takes the place of a list begins at its beginning, however far down the list was. */
function toTop(): void {
  void wx.pageScrollTo({ scrollTop: 0, duration: 0 })
}
