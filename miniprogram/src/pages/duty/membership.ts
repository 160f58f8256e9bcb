// Membership: one's own record, declaring oneself to a branch with a consent of one's own, what the branch is told.
import type { MembershipPage, StationOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { say, sayTrouble, sure } from '../../lib/say'
import { stationList } from '../../lib/stations'
import { told, Trouble } from '../../lib/trouble'
import type { Kind, Membership, ReceiptLine } from './lib/membership'
import { KINDS, membership, receiptLine } from './lib/membership'

const wanted = new Wanted()

Page({
  data: {
    shown: null as Membership | null,
    agreed: false,
    kinds: KINDS,
    branches: [] as string[],
    at: 0,
    branch: '',
    kind: 'fixed' as Kind,
    hint: KINDS[0].hint as string,
    name: '',
    certificate: '',
    home: '',
    receipts: [] as ReceiptLine[],
    more: '',
    refusal: '',
    busy: false,
    loaded: false,
    trouble: '',
  },

  stations: [] as StationOut[],

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [page, consents, stations] = await Promise.all([mine(), call('GET /me/consents', {}), stationList()])
      this.stations = stations.data
      this.setData({
        shown: membership(page),
        agreed: consents.items.some(one => one.purpose === 'membership' && one.granted),
        branches: this.stations.map(one => one.name),
        loaded: true,
        trouble: '',
      })
      if (page) await this.loadReceipts('')
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async loadReceipts(cursor: string) {
    const found = await call('GET /me/receipts', { query: { limit: 20, cursor } })
    const fresh = found.items.map(one => receiptLine(one, this.stations, now()))
    this.setData({ receipts: [...(cursor ? this.data.receipts : []), ...fresh], more: found.next_cursor ?? '' })
  },
  loadMore() {
    void this.loadReceipts(this.data.more).catch(sayTrouble)
  },

  async agree(event: WechatMiniprogram.SwitchChange) {
    const granted = event.detail.value
    this.setData({ agreed: granted }) // as the switch stands already: else a refusal could not turn it back
    const done = await this.work(() => call('PUT /me/consents/{purpose}', { path: { purpose: 'membership' }, body: { granted } }))
    if (!done) this.setData({ agreed: !granted })
  },

  async tellBranch(event: WechatMiniprogram.SwitchChange) {
    const receipts = event.detail.value
    this.setData({ 'shown.receipts': receipts })
    const done = await this.work(() => call('PUT /me/membership', { body: { receipts } }))
    if (!done) this.setData({ 'shown.receipts': !receipts })
  },

  writeName(event: WechatMiniprogram.Input) {
    this.setData({ name: event.detail.value })
  },
  writeCertificate(event: WechatMiniprogram.Input) {
    this.setData({ certificate: event.detail.value })
  },
  writeHome(event: WechatMiniprogram.Input) {
    this.setData({ home: event.detail.value })
  },
  pickBranch(event: WechatMiniprogram.PickerChange) {
    const at = Number(event.detail.value)
    this.setData({ at, branch: this.stations[at].code })
  },
  pickKind(event: WechatMiniprogram.TouchEvent) {
    const kind = event.currentTarget.dataset.kind as Kind
    this.setData({ kind, hint: KINDS.find(one => one.kind === kind)?.hint ?? '' })
  },

  /** What is lacking the phone says itself; everything else the service decides, and its sentence is shown. */
  async declare() {
    const { name, branch, kind, certificate, home } = this.data
    const lacking = !name.trim() ? '请写上您的姓名。' : !branch ? '请选是哪个支部。' : ''
    if (lacking) {
      this.setData({ refusal: lacking })
      return
    }
    const body = { name, branch, kind, certificate_no: certificate.trim() || null, home_text: (kind === 'mobile' && home.trim()) || null }
    const done = await this.work(() => call('POST /me/membership', { body, key: wanted.keyFor(JSON.stringify(body)) }))
    if (!done) return
    wanted.answered()
    say('报到了，等书记核实')
  },

  async takeBack() {
    if (!(await sure('收回报到？', '书记那里就没有了，想报到可以再报。', '收回'))) return
    if (await this.work(() => call('DELETE /me/membership', {}))) say('收回了')
  },

  /** One step at a time; a refusal's sentence stays on the page until the next one. */
  async work(step: () => Promise<unknown>): Promise<boolean> {
    if (this.data.busy) return false
    this.setData({ busy: true, refusal: '' })
    const refusal = await step().then(() => '', told)
    await this.load()
    this.setData({ busy: false, refusal })
    return refusal === ''
  },
  goTo,
})

/** His own page; null for somebody who never said that he is a member. */
async function mine(): Promise<MembershipPage | null> {
  try {
    return await call('GET /me/membership', {})
  } catch (problem) {
    if (problem instanceof Trouble && problem.code === 'member.unknown') return null
    throw problem
  }
}
