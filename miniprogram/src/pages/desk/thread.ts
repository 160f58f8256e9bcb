// One request at the desk: take it, answer in two taps, hand it on, close it.
import type { StaffRequestOut, WatchOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { iso } from '../../lib/time'
import { fieldsOf, lines } from '../../lib/fields'
import { ask, call } from '../../lib/http'
import { kindOf } from '../../lib/kinds'
import { dial } from '../../lib/phone'
import { whileSeen } from '../../lib/seen'
import { kept } from '../../lib/store'
import { asked, say, sayTrouble, sure } from '../../lib/say'
import type { Entry } from '../../lib/thread'
import { clockLine, entries, holderLine } from '../../lib/thread'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import type { WatchView } from '../../lib/watch'
import { sideWord, STATE } from '../../lib/words'
import { stationName } from './lib/home'
import { deskView, KEYS, picked, SPANS } from './lib/watching'

const POLL_MS = 4000
const QUICK = ['收到，马上过来', '已经派人去看', '正在联系，请稍等', '修好了，麻烦您试试', '请说一下车位和车牌']
const REPAIRED = QUICK[3] // never to somebody who needs a doctor
const MOST_QUICK = 8
const UNITS = ['机电班', '保洁', '超市餐饮', '路政', '交警', '保险公司']
const INTO = ['120', 'hospital', 'family'] as const

type Steps = StaffRequestOut

/** The station that has it now stands first; where that was handed it, the one first reported is said too. */
function whereOf(request: StaffRequestOut): string[] {
  if (!request.station) return []
  const reported = [stationName(request.station), sideWord(request.side)]
  if (request.desk === request.station || request.desk === 'CENTRE') return reported
  return [`${stationName(request.desk)}（转来；原报 ${reported.join(' ')}）`]
}

Page({
  data: {
    id: '', title: '', number: '', place: '', state: '', word: '', mine: false, medical: false, onScene: false, phone: '',
    holder: null as ReturnType<typeof holderLine> | null,
    clock: null as ReturnType<typeof clockLine> | null,
    asked: [] as Array<{ title: string; value: string }>,
    entries: [] as Entry[],
    quick: QUICK.map(text => ({ title: text, text })),
    watch: null as WatchView | null,
    text: '',
    internal: false,
    trouble: '',
  },

  request: null as StaffRequestOut | null,
  etag: '',
  key: uuid(),
  rawWatch: null as WatchOut | null,
  watchKey: uuid(),

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ id: query.id ?? '' })
    void this.loadQuick()
  },
  /** The desk's own ready-made answers stand before those that every phone has. */
  async loadQuick() {
    const station = kept('user')?.home_station?.code as string | undefined
    const found = await call('GET /staff/macros', { query: station ? { station } : {} }).catch(() => null)
    if (!found?.items.length) return
    const offered = this.data.medical ? this.data.quick.filter(one => one.text !== REPAIRED) : this.data.quick
    const own = found.items.slice(0, MOST_QUICK).map(({ title, text }) => ({ title, text }))
    this.setData({ quick: [...own, ...offered].slice(0, MOST_QUICK) })
  },
  ...whileSeen<{ load(): Promise<void> }>(POLL_MS, page => page.load()),

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const answer = await ask('GET /staff/requests/{id}', { path: { id: this.data.id }, etag: this.etag })
      this.setData({ trouble: '' })
      if (answer.status !== 304) {
        this.etag = answer.etag
        await this.show(answer.data)
      } else if (this.request) {
        this.tick(this.request)
      }
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async show(request: StaffRequestOut) {
    this.request = request
    this.setData({
      title: request.title,
      number: request.number,
      place: [request.driver_name, ...whereOf(request), request.place_text ?? ''].filter(Boolean).join(' · '),
      state: request.state,
      word: STATE[request.state],
      mine: request.mine,
      medical: request.urgency === 0,
      quick: request.urgency === 0 ? this.data.quick.filter(one => one.text !== REPAIRED) : this.data.quick,
      onScene: request.timeline.some(one => one.what === 'on_scene'),
      phone: request.contact_phone_masked ?? '',
      entries: entries(request, now(), 'desk').map(one => ({ ...one, who: one.mine ? request.driver_name : one.who })),
    })
    this.tick(request)
    void this.findWatch(request)
    const kind = await kindOf(request.kind).catch(() => null)
    this.setData({ asked: kind ? lines(fieldsOf(kind.fields), request.details) : [] })
  },

  /** Asked for only where the steps tell of one: looking is recorded. */
  async findWatch(request: StaffRequestOut) {
    if (!request.timeline.some(one => one.what.startsWith('watch_'))) return
    try {
      this.showWatch(await call('GET /staff/requests/{id}/watch', { path: { id: request.id } }))
    } catch {
      // the step in the timeline tells of it all the same
    }
  },
  showWatch(watch: WatchOut) {
    this.rawWatch = watch
    this.setData({ watch: deskView(watch, now()) })
  },

  /** Where it stands, where the keys are, until when; oneself watches. */
  async beginWatch() {
    const place = this.rawWatch?.place ?? (await asked('车停在哪？', '哪一侧、几号车位'))
    if (!place) return
    const keys = await picked(KEYS)
    if (!keys) return
    const span = await picked(SPANS)
    if (!span) return
    const until_at = iso(new Date(now().getTime() + span.hours * 3600_000))
    try {
      this.showWatch(await call('POST /staff/requests/{id}/watch', { path: { id: this.data.id }, body: { place, keys: keys.keys, until_at }, key: this.watchKey }))
      say('记下了，司机看得到')
    } catch (problem) {
      sayTrouble(problem)
    }
    this.watchKey = uuid()
    await this.load()
  },

  tick(request: StaffRequestOut) {
    this.setData({ holder: holderLine(request, now()), clock: clockLine(request, now()) })
  },

  async step(work: (key: string) => Promise<Steps>, done: string) {
    try {
      const request = await work(uuid())
      this.etag = ''
      await this.show(request)
      say(done)
    } catch (problem) {
      sayTrouble(problem)
      await this.load()
    }
  },

  async claim() {
    await this.step(key => call('POST /staff/requests/{id}/claim', { path: { id: this.data.id }, key }), '接下了')
  },
  async arrive() {
    await this.step(key => call('POST /staff/requests/{id}/on-scene', { path: { id: this.data.id }, key }), '记下到了')
  },
  async handOver() {
    const { tapIndex } = await wx.showActionSheet({ itemList: ['交给 120', '送到医院', '交给家属'] }).catch(() => ({ tapIndex: -1 }))
    if (tapIndex < 0) return
    await this.step(key => call('POST /staff/requests/{id}/hand-over', { path: { id: this.data.id }, body: { to: INTO[tapIndex] }, key }), '记下交出去了')
  },
  async resolve() {
    const text = await asked('怎么办好的？', this.answersAll() ? '并进来的司机也会看到' : '司机会看到')
    if (text) await this.step(key => call('POST /staff/requests/{id}/resolve', { path: { id: this.data.id }, body: { text }, key }), '办结，等司机说了算')
  },
  /** What was merged in gets the same answer, but for what is private. */
  answersAll(): boolean {
    return !this.data.medical && (this.request?.timeline.some(one => one.what === 'merged_in') ?? false)
  },
  async transfer() {
    const { tapIndex } = await wx.showActionSheet({ itemList: UNITS }).catch(() => ({ tapIndex: -1 }))
    if (tapIndex < 0) return
    const reason = await asked(`转给${UNITS[tapIndex]}`, '为什么转，司机看得到')
    if (reason) await this.step(key => call('POST /staff/requests/{id}/transfer', { path: { id: this.data.id }, body: { to_unit: UNITS[tapIndex], reason }, key }), '转出去了，时钟不停')
  },

  write(event: WechatMiniprogram.Input) {
    this.setData({ text: event.detail.value })
  },
  pickQuick(event: WechatMiniprogram.TouchEvent) {
    this.setData({ text: event.currentTarget.dataset.text as string })
  },
  flipInternal(event: WechatMiniprogram.SwitchChange) {
    this.setData({ internal: event.detail.value })
  },

  /** The key stays until the answer went: a second tap on a slow line is the same reply. */
  async send() {
    const text = this.data.text.trim()
    if (!text) return
    try {
      await call('POST /staff/requests/{id}/replies', { path: { id: this.data.id }, body: { text, internal: this.data.internal }, key: this.key })
      this.key = uuid()
      this.etag = ''
      this.setData({ text: '', internal: false })
      await this.load()
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  async callBack() {
    if (!(await sure('回拨司机？', '号码会记入查看记录。', '回拨'))) return
    try {
      dial((await call('POST /staff/requests/{id}/reveal-phone', { path: { id: this.data.id }, body: {} })).phone)
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  look(event: WechatMiniprogram.TouchEvent) {
    const { url } = event.currentTarget.dataset as { url: string }
    void wx.previewImage({ urls: [url], current: url })
  },
})
