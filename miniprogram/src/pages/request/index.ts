// One request as a conversation: who has it and since when, the clock, the truth while nobody has answered.
import type { RequestOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { fieldsOf, lines } from '../../lib/fields'
import { goTo } from '../../lib/go'
import { ask, call } from '../../lib/http'
import { kindOf } from '../../lib/kinds'
import type { Pickup } from '../../lib/meals'
import { keepMeal, keptMeal, pickup } from '../../lib/meals'
import type { Item } from '../../lib/outbox'
import { dial } from '../../lib/phone'
import { asked, say, sayTrouble, sure } from '../../lib/say'
import { sendNow, waiting } from '../../lib/sending'
import { stationCard } from '../../lib/stations'
import { askToTell, prepare } from '../../lib/subscribe'
import type { Entry } from '../../lib/thread'
import { beginning, clockLine, entries, holderLine, nextLine, placeLine } from '../../lib/thread'
import { iso } from '../../lib/time'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'

const POLL_MS = 4000
const TICK_MS = 1000

Page({
  data: {
    id: '',
    fresh: false,
    title: '',
    number: '',
    place: '',
    state: '',
    holder: null as ReturnType<typeof holderLine> | null,
    clock: null as ReturnType<typeof clockLine> | null,
    next: '',
    meal: null as Pickup | null,
    insurance: false,
    watch: false,
    advice: '',
    phones: [] as Array<{ name: string; phone: string }>,
    asked: [] as Array<{ title: string; value: string }>,
    entries: [] as Entry[],
    queued: 0,
    score: 0,
    scores: [1, 2, 3, 4, 5],
    writing: false,
    sending: false,
    text: '',
    photos: [] as string[],
    canTell: false,
    trouble: '',
    old: '',
  },

  request: null as RequestOut | null,
  etag: '',
  timers: [] as number[],

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ id: query.id ?? '', fresh: query.new === '1', meal: keptMeal(query.id ?? '', now()) })
    void prepare('request').then(canTell => this.setData({ canTell }))
  },

  onShow() {
    void this.load()
    this.timers = [setInterval(() => void this.load(), POLL_MS), setInterval(() => this.tick(), TICK_MS)]
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

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const answer = await ask('GET /requests/{id}', { path: { id: this.data.id }, etag: this.etag })
      this.setData({ trouble: '', old: '' })
      if (answer.status === 304) return
      this.request = answer.data
      this.etag = answer.etag
      await this.show(answer.data)
    } catch (problem) {
      this.setData(this.request ? { old: `${told(problem)} 这是刚才看到的。` } : { trouble: told(problem) })
    }
  },

  async show(request: RequestOut) {
    this.setData({
      title: beginning(request.text, 40) || request.title,
      number: request.number,
      state: request.state,
      insurance: request.kind === 'insurance',
      watch: request.kind === 'medical' && request.state !== 'withdrawn',
      meal: keepMeal(request.id, pickup(request, now()), now()),
      advice: request.advice ?? '',
      phones: request.phones ?? [],
      entries: entries(request, now()),
      score: request.rating?.score ?? 0,
      queued: waiting().filter(one => one.kind === 'message' && one.request === request.id).length,
    })
    this.tick()
    const [card, kind] = await Promise.all([
      request.station ? stationCard(request.station).catch(() => null) : null,
      kindOf(request.kind).catch(() => null),
    ])
    const heading = card?.data.sides.find(one => one.side === request.side)?.heading ?? null
    this.setData({
      place: placeLine(request, card?.data.name ?? request.station ?? '', heading),
      asked: kind ? lines(fieldsOf(kind.fields), request.details) : [],
    })
  },

  tick() {
    if (this.request) this.setData({ holder: holderLine(this.request, now()), clock: clockLine(this.request, now()), next: nextLine(this.request, now()) })
  },

  openWriting() {
    this.setData({ writing: true })
  },
  write(event: WechatMiniprogram.Input) {
    this.setData({ text: event.detail.value })
  },
  pickPhotos(event: WechatMiniprogram.CustomEvent<{ paths: string[] }>) {
    this.setData({ photos: event.detail.paths })
  },

  async send() {
    const text = this.data.text.trim() || (this.data.photos.length > 0 ? '见照片' : '')
    if (!text || this.data.sending) return
    this.setData({ sending: true })
    const at = iso(now())
    const item: Item = { kind: 'message', id: uuid(), at, title: text.slice(0, 24), request: this.data.id, photos: this.data.photos, uploads: [], body: { text, written_at: at } }
    try {
      const went = await sendNow(item)
      this.setData({ text: '', photos: [], writing: false })
      if (!went) say('没信号，先记下了，有信号就发')
      await this.load()
      if (!went) this.setData({ queued: this.data.queued + 1 })
    } catch (problem) {
      sayTrouble(problem)
    }
    this.setData({ sending: false })
  },

  async step(work: () => Promise<RequestOut>) {
    try {
      this.request = await work()
      this.etag = ''
      await this.show(this.request)
    } catch (problem) {
      sayTrouble(problem)
      await this.load()
    }
  },

  async confirm() {
    await this.step(() => call('POST /requests/{id}/confirm', { path: { id: this.data.id }, key: uuid() }))
  },
  async reopen() {
    const reason = await asked('哪里没办好？', '写一句就行')
    if (reason) await this.step(() => call('POST /requests/{id}/reopen', { path: { id: this.data.id }, body: { reason }, key: uuid() }))
  },
  async withdraw() {
    if (!(await sure('不需要了？', '撤回后值班室就不再管这件事。', '撤回'))) return
    await this.step(() => call('POST /requests/{id}/withdraw', { path: { id: this.data.id }, key: uuid() }))
  },
  async rate(event: WechatMiniprogram.TouchEvent) {
    const score = event.currentTarget.dataset.score as number
    await this.step(() => call('POST /requests/{id}/rating', { path: { id: this.data.id }, body: { score }, key: uuid() }))
  },

  async tellMe() {
    const accepted = await askToTell('request')
    this.setData({ canTell: !accepted })
    say(accepted ? '好，有回话时微信告诉您' : '没开也行，回话都在这里')
  },

  look(event: WechatMiniprogram.TouchEvent) {
    const { url } = event.currentTarget.dataset as { url: string }
    void wx.previewImage({ urls: [url], current: url })
  },
  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },
  goTo,
})
