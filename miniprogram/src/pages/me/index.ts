// The person: number and vehicle for being called back and found, letters, the ways to the desk and to duty.
import type { User } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { helped } from '../../lib/forces'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { look } from '../../lib/look'
import { MEMBER, STAFF } from '../../lib/packages'
import { asked, say, sayTrouble } from '../../lib/say'
import { waiting } from '../../lib/sending'
import { keep, kept } from '../../lib/store'
import { told } from '../../lib/trouble'
import { VEHICLES } from '../../lib/words'

const DESK_ROLES = ['staff', 'kitchen', 'responder', 'supervisor']
const DUTY_ROLES = ['member', 'secretary', 'committee']

Page({
  data: { name: '', phone: '', plate: '', vehicle: '', vehicles: VEHICLES.map(one => one.title), at: 0, desk: false, duty: false, declaring: false, helping: false, waiting: 0, big: false, trouble: '' },

  onShow() {
    const known = kept('user')
    if (known) this.show(known)
    this.setData({ waiting: waiting().length, big: look() === 'big' })
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const user = await call('GET /me', {})
      keep('user', user)
      this.show(user)
      this.setData({ trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  show(user: User) {
    const kind = user.vehicle?.kind
    const duty = MEMBER && user.roles.some(one => DUTY_ROLES.includes(one))
    this.setData({
      name: user.nickname,
      phone: user.phone_masked ?? '',
      plate: user.vehicle?.plate ?? '',
      vehicle: VEHICLES.find(one => one.kind === kind)?.title ?? '',
      at: Math.max(0, VEHICLES.findIndex(one => one.kind === kind)),
      desk: STAFF && user.roles.some(one => DESK_ROLES.includes(one)),
      duty,
      declaring: MEMBER && !duty,
      helping: MEMBER && !duty && helped(now()).length > 0,
    })
  },

  /** WeChat asks the person itself; we get a code, never a number typed by hand. */
  async gotPhone(event: WechatMiniprogram.ButtonGetPhoneNumber) {
    const { code } = event.detail
    if (!code) {
      say('没给也行，有事照样办')
      return
    }
    await this.change(() => call('POST /me/phone', { body: { code } }))
  },

  async name_() {
    const nickname = await asked('怎么称呼您', '值班员看到的称呼')
    if (nickname) await this.change(() => call('PUT /me', { body: { nickname } }))
  },

  async plate_() {
    const plate = await asked('车牌', '出事时好找到您的车')
    if (plate) await this.change(() => call('PUT /me', { body: { vehicle: { plate, kind: VEHICLES[this.data.at].kind } } }))
  },

  async kind(event: WechatMiniprogram.PickerChange) {
    const at = Number(event.detail.value)
    this.setData({ at })
    if (this.data.plate) await this.change(() => call('PUT /me', { body: { vehicle: { plate: this.data.plate, kind: VEHICLES[at].kind } } }))
    else await this.plate_()
  },

  async change(work: () => Promise<User>) {
    try {
      const user = await work()
      keep('user', user)
      this.show(user)
      say('记下了')
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  letters(event: WechatMiniprogram.SwitchChange) {
    keep('letters', event.detail.value ? 'big' : 'normal')
    void wx.reLaunch({ url: '/pages/me/index' }) // every page that lies below is drawn anew
  },
  goTo,
})
