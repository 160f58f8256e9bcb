// Asking for something: choose what it is, say it in one's own words, add what the kind asks for. Every letter is
// kept as a draft; without signal it waits and goes out later. Meals that hold a place are never queued.
import type { KindOut, RequestOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import type { Field } from '../../lib/fields'
import { details, fieldsOf } from '../../lib/fields'
import { stillHere } from '../../lib/here'
import { kindList } from '../../lib/kinds'
import type { Item } from '../../lib/outbox'
import { dial } from '../../lib/phone'
import { sayTrouble } from '../../lib/say'
import { sendNow } from '../../lib/sending'
import type { Draft } from '../../lib/store'
import { keep, kept } from '../../lib/store'
import { askToTell, prepare } from '../../lib/subscribe'
import { iso } from '../../lib/time'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import { sideWord } from '../../lib/words'

const EMPTY: Draft = { text: '', place: '', phone: '', values: {}, photos: [] }
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
    where: '',
    canTell: false,
    tell: false,
    sending: false,
    trouble: '',
  },

  wanted: '',

  onLoad(query: Record<string, string | undefined>) {
    const here = stillHere(kept('here'), now())
    const station = query.station ?? here?.station ?? ''
    const side = query.side ?? (here?.station === station ? (here?.side ?? '') : '')
    this.setData({ station, side, where: this.whereText(station, side) })
    this.wanted = query.kind ?? ''
    void this.load(this.wanted)
    void prepare('request').then(canTell => this.setData({ canTell }))
  },

  whereText(station: string, side: string): string {
    if (!station) return '还没签到：写一句在哪，我们转给离得近的站'
    const card = kept('cards')?.find(one => one.data.code === station)?.data
    const here = kept('here')
    const listed = kept('stations')?.data.find(one => one.code === station)
    const name = card?.name ?? listed?.name ?? (here?.station === station ? here.station_name : station)
    return `${name} · ${sideWord(side || null, card?.sides.find(one => one.side === side)?.heading)}`
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
    const { draft, fields, station, side } = this.data
    const given = details(fields, draft.values)
    if (!draft.text.trim() && Object.keys(given).length === 0) {
      this.setData({ trouble: '写一句话，或选一样，我们才知道怎么帮。' })
      return null
    }
    const at = iso(now())
    const text = draft.text.trim() || kind.title
    const where = { ...(station ? { station } : {}), ...(station && side ? { side: side as 'A' | 'B' } : {}), ...(draft.place.trim() ? { place_text: draft.place.trim() } : {}) }
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
