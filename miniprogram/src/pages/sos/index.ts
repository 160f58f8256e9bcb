// An emergency: one tap calls the people of the service area; 120 is on the same screen and needs no network.
import type { MessageOut, RequestOut } from 'contract'
import { now } from '../../lib/clock'
import { toggled } from '../../lib/fields'
import { goTo } from '../../lib/go'
import { lastSeen, stillHere, surelyHere } from '../../lib/here'
import { call } from '../../lib/http'
import type { Item } from '../../lib/outbox'
import { isHelp, isStaleHelp } from '../../lib/outbox'
import { dial } from '../../lib/phone'
import { asked, say, sayTrouble, sure } from '../../lib/say'
import { dropItem, sendUrgent, waiting } from '../../lib/sending'
import { kept } from '../../lib/store'
import { nextLine } from '../../lib/thread'
import { hm, iso, running, span } from '../../lib/time'
import { uuid } from '../../lib/uuid'
import { sideWord, STATE } from '../../lib/words'

const POLL_MS = 3000
const TICK_MS = 1000
const SIDES = [
  { side: 'A', title: 'A 侧' },
  { side: 'B', title: 'B 侧' },
  { side: 'unknown', title: '说不清' },
]
const SIGNS = ['胸痛胸闷', '呼吸困难', '叫不醒', '大量出血', '抽搐', '说不清话或半身无力', '外伤骨折', '肚子剧痛', '发烧', '头晕', '其他']
const NOWHERE = '不知道您在哪，写一句'
const SIGNS_FIELD = { name: 'symptoms', title: '有哪些情况', as: 'some' as const, options: SIGNS, most: 0 }

interface Step {
  name: string
  note: string
  state: 'done' | 'now' | 'open'
}

Page({
  data: {
    state: 'ask' as 'ask' | 'sending' | 'unsent' | 'open' | 'over',
    big: '',
    clock: '00:00',
    note: '',
    lit: false,
    taken: '', // in whose hands the patient is, once he was handed over
    held: '',
    heldNote: '',
    steps: [] as Step[],
    station: '',
    where: '',
    seen: '',
    before: '',
    side: 'unknown',
    sides: SIDES,
    signs: SIGNS,
    chosen: [] as string[],
    on: {} as Record<string, boolean>,
    place: '',
    other: false,
    phone: '',
    advice: '',
    id: '',
    watch: false,
  },

  request: null as RequestOut | null,
  before: '', // the call that was over or handed over when help was called for anew
  item: '',
  began: '',
  trying: false,
  timers: [] as number[],

  onLoad(query: Record<string, string | undefined>) {
    if (query.station) this.at(query.station, decodeURIComponent(query.name ?? ''), query.side ?? '')
    else this.whereNow()
    const before = waiting().find(one => isHelp(one) && !one.refused && !isStaleHelp(one, Date.now()))
    if (before) {
      this.item = before.id
      this.began = before.at
      this.setData({ state: 'unsent' })
    }
  },

  whereNow() {
    const here = surelyHere(kept('here'), waiting(), now())
    if (here) {
      this.at(here.station, here.station_name, here.side)
      return
    }
    const last = stillHere(kept('here'), now())
    this.notHere()
    this.setData({ seen: lastSeen(kept('here'), waiting(), now()), before: last?.station_name ?? '' })
  },

  onShow() {
    this.timers = [setInterval(() => void this.poll(), POLL_MS), setInterval(() => this.tick(), TICK_MS)]
    void this.findOpen()
  },
  onHide() {
    this.rest()
  },
  onUnload() {
    this.rest()
  },
  rest() {
    this.timers.forEach(clearInterval)
    this.timers = []
  },

  /** A call that still runs is shown, not raised a second time. */
  async findOpen() {
    if (this.data.state !== 'ask') return
    try {
      const mine = await call('GET /requests', { query: { limit: 10 } })
      const open = mine.items.find(one => one.kind === 'medical' && one.id !== this.before && !isOver(one))
      if (open && this.data.state === 'ask') this.show(open)
    } catch {
      // without signal there is nothing to find; the button and 120 are there
    }
  },

  /** Help goes to this station; what the phone has kept of it gives its sides their names, and its telephone. */
  at(station: string, name: string, side: string) {
    const card = kept('cards')?.find(one => one.data.code === station)?.data
    const sides = card ? SIDES.map(one => ({ ...one, title: one.side === 'unknown' ? one.title : sideWord(one.side, card.sides.find(s => s.side === one.side)?.heading) })) : SIDES
    this.setData({ station, side: side === 'A' || side === 'B' ? side : 'unknown', where: name || card?.name || station, seen: '', before: '', sides, phone: card?.phones.medical ?? card?.phones.duty ?? '' })
  },

  /** Help must not go to a station that one has left. */
  notHere() {
    this.setData({ station: '', side: 'unknown', where: NOWHERE, seen: '', before: '', sides: SIDES, phone: '' })
  },
  /** The station of some hours ago: who slept there still is there. */
  stillThere() {
    const last = kept('here')
    if (last) this.at(last.station, last.station_name, last.side)
  },
  pickSide(event: WechatMiniprogram.TouchEvent) {
    this.setData({ side: event.currentTarget.dataset.side as string })
  },
  pickSign(event: WechatMiniprogram.TouchEvent) {
    const chosen = toggled(SIGNS_FIELD, this.data.chosen, event.currentTarget.dataset.sign as string) as string[]
    this.setData({ chosen, on: Object.fromEntries(chosen.map(one => [one, true])) })
  },
  writePlace(event: WechatMiniprogram.Input) {
    this.setData({ place: event.detail.value })
  },
  forOther(event: WechatMiniprogram.SwitchChange) {
    this.setData({ other: event.detail.value })
  },

  async raise() {
    if (this.data.state === 'sending') return
    void wx.vibrateLong({})
    this.began = iso(now())
    const item = this.call_(this.began)
    this.item = item.id
    this.setData({ state: 'sending' })
    this.tick()
    try {
      const made = await sendUrgent(item)
      if (made) this.show(made)
      else this.unheard()
    } catch (problem) {
      sayTrouble(problem)
      this.setData({ state: 'ask' })
    }
    this.tick()
  },

  /** Nobody of ours hears him: WeChat's own question whether to call 120 comes at once. */
  unheard() {
    this.setData({ state: 'unsent' })
    dial('120')
  },

  call_(at: string): Item {
    const { station, side, place, seen, chosen, other } = this.data
    const where = [place.trim(), seen ? `${seen}，没再确认` : ''].filter(Boolean).join('；')
    const plate = kept('user')?.vehicle?.plate
    return {
      kind: 'request',
      id: uuid(),
      at,
      title: '急救',
      photos: [],
      uploads: [],
      body: {
        kind: 'medical',
        side: side as 'A' | 'B' | 'unknown',
        text: chosen.length > 0 ? chosen.join('、') : '需要急救',
        details: { ...(chosen.length > 0 ? { symptoms: chosen } : {}), ...(plate ? { plate } : {}), who: other ? '路边看到的人' : '本人' },
        written_at: at,
        for_other_person: other || this.before !== '', // else it would join the call before, which no longer rings
        ...(station ? { station } : {}),
        ...(where ? { place_text: where } : {}),
      },
    }
  },

  async poll() {
    if (this.data.state === 'unsent') await this.tryAgain()
    if (this.data.state !== 'open' || !this.request) return
    try {
      this.show(await call('GET /requests/{id}', { path: { id: this.request.id } }))
    } catch {
      // the clock runs on; the next look follows
    }
  },

  async tryAgain() {
    const item = waiting().find(one => one.id === this.item)
    if (!item) {
      this.setData({ state: 'ask' }) // it went out by the queue
      await this.findOpen()
      return
    }
    if (isStaleHelp(item, Date.now())) {
      this.began = ''
      this.setData({ state: 'ask' }) // he may be far from there by now: he says himself whether it is still meant
      say('上次叫人没发出去，放得太久了。还需要就再点“叫人来”')
      return
    }
    if (this.trying) return
    this.trying = true
    try {
      const made = await sendUrgent(item)
      if (made) this.show(made)
    } catch (problem) {
      this.setData({ state: 'ask' })
      sayTrouble(problem)
    }
    this.trying = false
  },

  show(request: RequestOut) {
    const before = this.request
    this.request = request
    this.began = request.created_at
    if (!before?.holder && request.holder && before) void wx.vibrateLong({})
    const over = isOver(request)
    this.setData({ id: request.id, state: over ? 'over' : 'open', advice: request.advice ?? '', steps: steps(request), ...heldBy(request, now()), taken: over ? '' : takenBy(request), watch: request.state !== 'withdrawn' })
    this.tick()
  },

  tick() {
    if (!this.began) return
    const { state, taken } = this.data
    const since = now().getTime() - Date.parse(this.began)
    const big = { ask: '', sending: '正在发出', unsent: '还没发出去', open: taken ? `${taken}接手了`.trim() : this.data.lit ? '有人来了' : '正在叫人', over: '已经结束' }[state]
    this.setData({ clock: running(since), big, note: state === 'unsent' ? '没信号，一直在替您试' : '发出到现在' })
  },

  /** Help once more, as a call of its own: that before rings nowhere any more. */
  callAnew() {
    this.before = this.data.id
    this.request = null
    this.began = ''
    this.setData({ state: 'ask', lit: false, taken: '', id: '', watch: false, advice: '', chosen: [], on: {}, place: '', other: false })
    this.whereNow()
  },

  async noNeed() {
    if (!(await sure('不需要了？', '值守的人会停下来。还不舒服就别点。', '不用了', '还需要'))) return
    if (this.data.state === 'unsent') {
      dropItem(this.item)
      this.began = ''
      this.setData({ state: 'ask' })
      return
    }
    if (!this.request) return
    try {
      this.show(await call('POST /requests/{id}/withdraw', { path: { id: this.request.id }, key: uuid() }))
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  async addWord() {
    const text = await asked('补一句', '车位、症状、怎么找到您')
    if (!text || !this.request) return
    const at = iso(now())
    const item: Item = { kind: 'message', id: uuid(), at, title: text.slice(0, 24), request: this.request.id, photos: [], uploads: [], body: { text, written_at: at } }
    try {
      if (!(await sendUrgent<MessageOut>(item))) say('没信号，先记下了，有信号就发')
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.poll()
  },

  goTo,
  call120: () => dial('120'),
  callStation() {
    dial(this.data.phone)
  },
})

const isOver = (request: RequestOut) => ['answered', 'closed', 'withdrawn'].includes(request.state)
const at = (request: RequestOut, what: string) => request.timeline.filter(one => one.what === what).slice(-1)[0]?.at as string | undefined

/** In whose hands the patient is: 120, a hospital, the family. Those of the service area no longer come. */
function takenBy(request: RequestOut): string {
  if (!request.unit || !at(request, 'handed_over')) return ''
  return request.unit === '120' ? ' 120 ' : request.unit // numbers stand off from words
}

function heldBy(request: RequestOut, moment: Date): { lit: boolean; held: string; heldNote: string } {
  if (request.state === 'withdrawn') return { lit: false, held: '您说不用了', heldNote: '不再叫人了' }
  if (isOver(request)) return { lit: false, held: STATE[request.state], heldNote: request.holder ? `${request.holder.name} ${hm(request.holder.since)} 接的` : '' }
  const taken = takenBy(request)
  if (taken) return { lit: true, held: `已经交给${taken}`.trim(), heldNote: `${hm(at(request, 'handed_over') ?? moment)} 交的，后面听他们的` }
  if (!request.holder) return { lit: false, held: '还没有人接', heldNote: nextLine(request, moment) || '值班室、医疗窗口的铃在响' }
  return { lit: true, held: request.holder.name, heldNote: `${hm(request.holder.since)} 接下，正在办` }
}

/** 发出、接到、到身边、交 120: told only when it has happened. */
function steps(request: RequestOut): Step[] {
  const first = (what: string) => request.timeline.find(one => one.what === what)?.at
  const [taken, there, over] = [request.holder?.since ?? first('claimed'), first('on_scene'), first('handed_over')]
  const moments = [request.created_at, taken, there, over]
  const names = ['发出', '接到', '到身边', '交出去']
  const next = isOver(request) ? -1 : moments.reduce((found, one, index) => (one ? index : found), 0) + 1
  return names.map((name, index) => {
    const moment = moments[index]
    const note = index === 1 && moment ? `用 ${span(Date.parse(moment) - Date.parse(request.created_at))}` : moment ? hm(moment) : index === next ? '等着' : ''
    return { name, note, state: moment ? 'done' : index === next ? 'now' : 'open' }
  })
}
