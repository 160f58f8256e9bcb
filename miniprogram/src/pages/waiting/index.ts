// What waits for signal: visible, in order, with its own time; and what needs no network at all.
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import type { Item } from '../../lib/outbox'
import { isStaleHelp, waitingLine } from '../../lib/outbox'
import { dial } from '../../lib/phone'
import { say, sure } from '../../lib/say'
import { whileSeen } from '../../lib/seen'
import { dropItem, renew, sendWaiting, waiting } from '../../lib/sending'
import { kept } from '../../lib/store'
import { hm, when } from '../../lib/time'

const LOOK_MS = 3000

interface Line {
  id: string
  time: string
  title: string
  note: string
  refused: boolean
  stale: boolean
}

Page({
  data: { lines: [] as Line[], busy: false, stations: [] as Array<{ code: string; name: string; note: string }>, phones: [] as Array<{ title: string; number: string }> },

  ...whileSeen<{ draw(): void }>(LOOK_MS, page => page.draw()),

  draw() {
    const cards = kept('cards') ?? []
    const here = cards.find(one => one.data.code === kept('here')?.station) ?? cards[0]
    const { duty, medical } = here?.data.phones ?? { duty: null, medical: null }
    this.setData({
      lines: waiting().map(line),
      stations: cards.slice(0, 3).map(one => ({ code: one.data.code, name: one.data.name, note: `${when(one.at, now())} 存下的` })),
      phones: [...(duty ? [{ title: '打值班室', number: duty }] : []), ...(medical ? [{ title: '打医疗窗口', number: medical }] : [])],
    })
  },

  async again() {
    if (this.data.busy) return
    this.setData({ busy: true })
    const { sent, waiting: left } = await sendWaiting().catch(() => ({ sent: 0, waiting: waiting().length }))
    this.setData({ busy: false })
    const refused = waiting().filter(one => one.refused).length
    say(left === 0 ? (refused > 0 ? `有 ${refused} 件没送成，看看为什么` : '都发出去了') : sent > 0 ? `发出了 ${sent} 件，还有 ${left} 件` : '还是没信号，都给您留着')
    this.draw()
  },

  async remove(event: WechatMiniprogram.TouchEvent) {
    const { id, refused } = event.currentTarget.dataset as { id: string; refused: boolean }
    if (!refused && !(await sure('不发了？', '去掉后就不会再发出。', '去掉'))) return
    dropItem(id)
    this.draw()
  },

  async sendStale(event: WechatMiniprogram.TouchEvent) {
    renew(event.currentTarget.dataset.id as string)
    await this.again()
  },

  dial(event: WechatMiniprogram.TouchEvent) {
    dial(event.currentTarget.dataset.number as string)
  },
  goTo,
})

function line(item: Item): Line {
  return { id: item.id, time: hm(item.at), title: item.title, note: waitingLine(item, hm, Date.now()), refused: Boolean(item.refused), stale: isStaleHelp(item, Date.now()) }
}
