// Entering a request for somebody who called or walked in. Every letter is kept; it is sent now or not at all, under
// one key, so that neither a second tap nor a lost answer enters it twice.
import type { KindOut, User } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow } from '../../lib/booking'
import type { Field } from '../../lib/fields'
import { fieldsOf } from '../../lib/fields'
import { back } from '../../lib/go'
import { call } from '../../lib/http'
import { kindList } from '../../lib/kinds'
import { dial } from '../../lib/phone'
import { say, sure } from '../../lib/say'
import { stationList } from '../../lib/stations'
import type { Entry } from '../../lib/store'
import { keep, kept } from '../../lib/store'
import { told, Trouble } from '../../lib/trouble'
import type { Place } from './lib/entry'
import { bodyOf, empty, enough, keyed, kindsFor, opens, places } from './lib/entry'

const SIDES = [
  { side: 'A', title: 'A 侧' },
  { side: 'B', title: 'B 侧' },
  { side: 'unknown', title: '说不清' },
]

const NO_DESK = '只有值班台的人能替人登记。自己有事，在首页点“有事要说”。'

Page({
  data: {
    kinds: [] as KindOut[],
    kind: null as KindOut | null,
    fields: [] as Field[],
    places: [] as Place[],
    names: [] as string[],
    at: 0,
    sides: SIDES,
    entry: empty(''),
    found: false,
    sending: false,
    wrong: '',
    trouble: '',
  },

  user: null as User | null,
  wanted: '',

  onLoad(query: Record<string, string | undefined>) {
    this.wanted = query.kind ?? ''
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [kinds, user] = await Promise.all([kindList(), this.whoAmI()])
      if (user?.desk === null) {
        this.setData({ trouble: NO_DESK })
        return
      }
      const stations = user?.desk?.everywhere ? (await stationList()).data : []
      const found = places(user, stations)
      this.user = user
      this.setData({ kinds: kindsFor(user?.desk, kinds), places: found, names: found.map(one => one.name), trouble: '' })
      if (this.wanted) this.use(this.wanted)
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  /** Asked anew, because somebody may have been given another station; without signal as it was. */
  async whoAmI(): Promise<User | null> {
    try {
      const user = await call('GET /me', {})
      keep('user', user)
      return user
    } catch (problem) {
      const known = kept('user')
      if (known && problem instanceof Trouble && problem.later) return known
      throw problem
    }
  },

  pick(event: WechatMiniprogram.TouchEvent) {
    this.use(event.currentTarget.dataset.kind as string)
  },
  use(name: string) {
    const kind = this.data.kinds.find(one => one.kind === name) ?? null
    const draft = kept('entries')?.[name]
    this.setData({ kind, fields: kind ? fieldsOf(kind.fields) : [], found: draft !== undefined, wrong: '' })
    this.show(draft ?? empty(''))
  },
  another() {
    this.setData({ kind: null, wrong: '' })
  },

  /** At the station of the draft, else at one's own. */
  show(entry: Entry) {
    const codes = this.data.places.map(one => one.code)
    const station = [entry.station, this.user?.home_station?.code as string | undefined].find(one => one && codes.includes(one)) ?? codes[0] ?? ''
    this.setData({ entry: { ...entry, station }, at: Math.max(0, codes.indexOf(station)) })
  },

  /** Kept at every letter: whoever is called away in the middle of it finds it again. */
  change(values: Partial<Entry>) {
    const entry = { ...this.data.entry, ...values }
    this.setData({ entry, wrong: '' })
    if (this.data.kind) keep('entries', { ...kept('entries'), [this.data.kind.kind]: entry })
  },
  write(event: WechatMiniprogram.Input) {
    this.change({ [event.currentTarget.dataset.name as string]: event.detail.value })
  },
  answer(event: WechatMiniprogram.CustomEvent<{ values: Record<string, unknown> }>) {
    this.change({ values: event.detail.values })
  },
  pickStation(event: WechatMiniprogram.PickerChange) {
    const at = Number(event.detail.value)
    this.setData({ at })
    this.change({ station: this.data.places[at]?.code ?? '' })
  },
  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.change({ side: event.currentTarget.dataset.side as string })
  },

  async clear() {
    if (!(await sure('重新写？', '上次没登记完的会丢掉。', '重新写')) || !this.data.kind) return
    this.forget(this.data.kind.kind)
    this.use(this.data.kind.kind)
  },
  forget(name: string) {
    const entries = { ...kept('entries') }
    delete entries[name]
    keep('entries', entries)
  },

  async send() {
    const { kind, fields, entry, sending } = this.data
    if (!kind || sending) return
    if (!enough(kind, fields, entry)) {
      this.setData({ wrong: '写一句什么事，或选一样。' })
      return
    }
    const body = bodyOf(kind, fields, entry)
    const sent = keyed(entry, body)
    this.change({ sent })
    this.setData({ sending: true })
    try {
      const made = await call('POST /staff/requests', { body, key: sent.key })
      this.forget(kind.kind)
      say(`登记好了，编号 ${made.number}`)
      if (opens(this.user?.desk, made)) void wx.redirectTo({ url: `/pages/desk/thread?id=${made.id}` })
      else back()
    } catch (problem) {
      const wrong = notNow(problem, '登记')
      this.setData({ wrong, sending: false })
      say(wrong) // the page may be scrolled far
    }
  },

  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },
})
