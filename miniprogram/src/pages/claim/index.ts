// A claim, accompanied step by step: both reports at once, evidence, steps and clocks, papers, who else was in the cab.
// Papers go up now or not at all: nothing of a licence stays behind on the phone.
import type { ClaimOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { notNow, Wanted } from '../../lib/booking'
import type { ClaimView } from '../../lib/claim'
import { claimView, fenOf, PATHS } from '../../lib/claim'
import { now } from '../../lib/clock'
import { back } from '../../lib/go'
import { ask, call, upload } from '../../lib/http'
import { openPdf } from '../../lib/paper'
import { dial } from '../../lib/phone'
import { choosePhotos, forgetPhoto } from '../../lib/photos'
import { asked, say, sure } from '../../lib/say'
import { whileSeen } from '../../lib/seen'
import { hm, iso } from '../../lib/time'
import { told } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'

const POLL_MS = 20_000
const wanted = new Wanted()

type Change = Parameters<typeof call<'PUT /requests/{id}/insurance'>>[1]['body']

Page({
  data: { id: '', claim: null as ClaimView | null, paths: PATHS, code: '', codeUntil: '', busy: false, old: '', trouble: '' },

  raw: null as ClaimOut | null,
  etag: '',

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ id: query.id ?? '' })
  },
  ...whileSeen<{ load(): Promise<void> }>(POLL_MS, page => page.load()),

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const answer = await ask('GET /requests/{id}/insurance', { path: { id: this.data.id }, etag: this.etag })
      this.etag = answer.etag
      if (answer.status !== 304) this.raw = answer.data
      this.show()
      this.setData({ old: '', trouble: '' })
    } catch (problem) {
      this.setData(this.raw ? { old: `${told(problem)} 这是刚才看到的。` } : { trouble: told(problem) })
    }
  },

  show() {
    if (this.raw) this.setData({ claim: claimView(this.raw, now()) })
  },

  /** One thing at a time; what it answers is the case as it stands now. */
  async work(step: () => Promise<ClaimOut | void>, done = '') {
    if (this.data.busy) return
    this.setData({ busy: true, trouble: '' })
    try {
      const answer = await step()
      wanted.answered()
      if (answer) this.raw = answer
      this.show()
      if (done) say(done)
      this.etag = ''
      if (!answer) await this.load()
    } catch (problem) {
      const trouble = notNow(problem, '这一步')
      await this.load() // perhaps the other driver was faster, perhaps it went through
      this.setData({ trouble })
      say(trouble)
    }
    this.setData({ busy: false })
  },

  async change(body: Change, done = '记下了') {
    await this.work(() => call('PUT /requests/{id}/insurance', { path: { id: this.data.id }, body }), done)
  },

  async reported(event: WechatMiniprogram.TouchEvent) {
    const police = event.currentTarget.dataset.kind === 'police'
    await this.change(police ? { police_reported_at: iso(now()) } : { insurer_reported_at: iso(now()) }, '记下了，再写上编号')
  },
  async number(event: WechatMiniprogram.TouchEvent) {
    const police = event.currentTarget.dataset.kind === 'police'
    const text = await asked(police ? '接警编号' : '报案号', '电话里报给您的')
    if (text) await this.change(police ? { police_no: text } : { insurer_no: text })
  },
  async pickPath(event: WechatMiniprogram.TouchEvent) {
    const path = event.currentTarget.dataset.path as 'toll_network' | 'motor'
    if (path !== this.data.claim?.path) await this.change({ path })
  },
  async loss() {
    const written = await asked('大约损失多少元？', '只写数字')
    if (!written) return
    const fen = fenOf(written)
    if (fen === null) say('只写数字，比如 3200')
    else await this.change({ loss_fen: fen })
  },

  async tick(event: WechatMiniprogram.TouchEvent) {
    const { code, done } = event.currentTarget.dataset as { code: string; done: boolean }
    await this.work(() => call('PUT /requests/{id}/insurance/evidence', { path: { id: this.data.id }, body: { code, done: !done } }))
  },

  async addPaper(event: WechatMiniprogram.TouchEvent) {
    const { kind } = event.currentTarget.dataset as { kind: string }
    if (this.data.busy || !(await this.agreed())) return
    const [photo] = await choosePhotos(1)
    if (!photo) return
    await this.work(async () => {
      try {
        const { id } = await upload(photo, uuid(), 'document')
        await call('POST /requests/{id}/documents', { path: { id: this.data.id }, body: { upload_id: id, kind }, key: uuid() })
      } finally {
        forgetPhoto(photo)
      }
    }, '传好了')
  },

  /** Before the first paper the person is asked, and what he says is kept where he can take it back. */
  async agreed(): Promise<boolean> {
    try {
      const { items } = await call('GET /me/consents', {})
      if (items.find(one => one.purpose === 'documents')?.granted) return true
      const text = '加密存放，只有您和接手的值班员打得开，每次看都打水印，到期销毁。不同意也照样陪您办。'
      if (!(await sure('同意存您的证件、单据吗？', text, '同意', '不同意'))) return false
      await call('PUT /me/consents/{purpose}', { path: { purpose: 'documents' }, body: { granted: true } })
      return true
    } catch (problem) {
      say(notNow(problem, '传材料'))
      return false
    }
  },

  see(event: WechatMiniprogram.TouchEvent) {
    const { url } = event.currentTarget.dataset as { url: string }
    void wx.previewImage({ urls: [url], current: url })
  },
  async destroy(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    if (!(await sure('销毁这一份？', '马上销毁，找不回来。', '销毁'))) return
    await this.work(() => call('DELETE /claims/documents/{id}', { path: { id } }), '销毁了')
  },

  /** Made anew each time: the moment that stands on it is the one at which it was opened. */
  async statement() {
    if (this.data.busy) return
    this.setData({ busy: true })
    try {
      await openPdf((await call('GET /requests/{id}/statement', { path: { id: this.data.id } })).url)
    } catch (problem) {
      say(notNow(problem, '打开情况说明'))
    }
    this.setData({ busy: false })
  },

  async makeCode() {
    await this.work(async () => {
      const made = await call('POST /requests/{id}/co-driver-code', { path: { id: this.data.id }, key: wanted.keyFor('code') })
      this.setData({ code: made.code, codeUntil: `${hm(made.valid_until)} 前有效，只能用一次` })
    })
  },
  async letGo(event: WechatMiniprogram.TouchEvent) {
    const { id, mine } = event.currentTarget.dataset as { id: string; mine: boolean }
    if (!(await sure(mine ? '离开这一件？' : '请他离开？', '离开后就看不到这一件了。', '离开'))) return
    await this.work(async () => {
      await call('DELETE /claims/co-drivers/{id}', { path: { id } })
      if (mine) back()
    }, '离开了')
  },

  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },
})
