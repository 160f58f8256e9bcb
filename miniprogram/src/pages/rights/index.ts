// Rights over one's own data: consents given and taken back, everything exported, everything erased.
import { tryAgain } from '../../lib/again'
import { call } from '../../lib/http'
import { say, sayTrouble, sure } from '../../lib/say'
import { dropAll } from '../../lib/sending'
import { forget } from '../../lib/store'
import { askToTell, prepare } from '../../lib/subscribe'
import { told, Trouble } from '../../lib/trouble'

const TOLD = [
  { scene: 'request', title: '有回话' },
  { scene: 'bulletin', title: '路况、政策' },
] as const

const NEVER_SENT = 'location' // this phone never sends its position: there is nothing to agree to

interface Line {
  purpose: string
  title: string
  granted: boolean
}

Page({
  data: { consents: [] as Line[], told: TOLD, trouble: '' },

  onShow() {
    TOLD.forEach(({ scene }) => void prepare(scene))
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const found = await call('GET /me/consents', {})
      this.setData({ consents: found.items.filter(one => one.purpose !== NEVER_SENT).map(({ purpose, title, granted }) => ({ purpose, title, granted })), trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async flip(event: WechatMiniprogram.SwitchChange) {
    const purpose = event.currentTarget.dataset.purpose as string
    const granted = event.detail.value
    this.show(purpose, granted) // as the switch stands already: else a refusal could not turn it back
    try {
      await call('PUT /me/consents/{purpose}', { path: { purpose }, body: { granted } })
    } catch (problem) {
      this.show(purpose, !granted)
      sayTrouble(problem)
    }
    await this.load()
  },
  show(purpose: string, granted: boolean) {
    this.setData({ consents: this.data.consents.map(one => (one.purpose === purpose ? { ...one, granted } : one)) })
  },

  async tellMe(event: WechatMiniprogram.TouchEvent) {
    const accepted = await askToTell(event.currentTarget.dataset.scene as 'request' | 'bulletin')
    say(accepted ? '记下了，下一条会从微信告诉您' : '没开也行，消息都在“收到的消息”里')
  },

  async exportAll() {
    try {
      const all = await call('GET /me/export', {})
      const filePath = `${wx.env.USER_DATA_PATH}/司机之家-我的数据.json`
      wx.getFileSystemManager().writeFileSync(filePath, JSON.stringify(all, null, 1), 'utf8')
      await wx.shareFileMessage({ filePath, fileName: '司机之家-我的数据.json' })
    } catch (problem) {
      sayTrouble(problem)
    }
  },

  async erase() {
    if (!(await sure('注销？', '您的签到、诉求、消息都会删掉，恢复不了。', '注销'))) return
    try {
      await this.reallyErase(false)
    } catch (problem) {
      if (!(problem instanceof Trouble) || problem.code !== 'me.open_matters') {
        sayTrouble(problem)
        return
      }
      if (await sure('还有没办完的事', '要注销，就把没办完的一起撤回。', '撤回注销')) await this.reallyErase(true).catch(sayTrouble)
    }
  },

  async reallyErase(force: boolean) {
    await call('POST /me/erasure', { body: { confirm: true, force } })
    dropAll()
    forget()
    say('已经注销')
    void wx.reLaunch({ url: '/pages/home/index' })
  },
})
