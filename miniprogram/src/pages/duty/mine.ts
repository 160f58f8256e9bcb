// My shifts: what I signed up for, giving a place up, asking for a stand-in, standing in, what was recorded.
import type { OwnShift, StandInOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { call } from '../../lib/http'
import { asked, say, sayTrouble, sure } from '../../lib/say'
import { dayWord, hm, weekday, dayOf } from '../../lib/time'
import { told, Trouble } from '../../lib/trouble'
import { uuid } from '../../lib/uuid'
import { sideWord } from '../../lib/words'
import { ATTENDED } from './lib/duty'

interface Line {
  id: string
  title: string
  note: string
  state: string
  ahead: boolean
  attendance: string
  canCorrect: boolean
  /** The open wish for a stand-in, to be taken back. */
  wish: string
}

interface Wish {
  id: string
  title: string
  note: string
}

Page({
  data: { ahead: [] as Line[], past: [] as Line[], wishes: [] as Wish[], member: true, loaded: false, trouble: '' },

  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [mine, wishes] = await Promise.all([call('GET /duty/mine', { query: { limit: 50 } }), standIns()])
      const open = (wishes ?? []).filter(one => one.state === 'open')
      const asked = new Map(open.filter(one => one.own).map(one => [one.shift.id, one.id]))
      const lines = mine.items.map(shift => ({ ...line(shift), wish: asked.get(shift.id) ?? '' }))
      this.setData({
        ahead: lines.filter(one => one.ahead),
        past: lines.filter(one => !one.ahead),
        wishes: open.filter(one => !one.own).map(wish),
        member: wishes !== null,
        loaded: true,
        trouble: '',
      })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  async work(step: () => Promise<unknown>, done: string) {
    try {
      await step()
      say(done)
    } catch (problem) {
      sayTrouble(problem)
    }
    await this.load()
  },

  async cancel(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    if (!(await sure('不去了？', '候补的人会顶上；开始前 12 小时内算临时取消。', '不去了', '还去'))) return
    await this.work(async () => {
      const { late } = await call('DELETE /duty/shifts/{id}/signup', { path: { id } })
      if (late) say('取消了，记为临时取消')
    }, '取消了')
  },

  async standIn(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    if (!(await sure('请人替班？', '有人答应之前，还是您的班。', '请人替'))) return
    await this.work(() => call('POST /duty/shifts/{id}/stand-in', { path: { id }, body: {}, key: uuid() }), '发出去了，有人答应就告诉您')
  },

  async takeBack(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    if (!(await sure('不请人替了？', '这一班还是您去。', '不请了'))) return
    await this.work(() => call('DELETE /duty/stand-ins/{id}', { path: { id } }), '收回了，还是您的班')
  },

  async accept(event: WechatMiniprogram.TouchEvent) {
    const { id, title } = event.currentTarget.dataset as { id: string; title: string }
    if (!(await sure('这一班您来替？', `${title}。答应了就是您的班。`, '我来替'))) return
    await this.work(() => call('POST /duty/stand-ins/{id}/accept', { path: { id } }), '是您的班了')
  },

  async correct(event: WechatMiniprogram.TouchEvent) {
    const { id } = event.currentTarget.dataset as { id: string }
    const text = await asked('哪里记错了？', '书记看了再改')
    if (text) await this.work(() => call('POST /duty/attendance/{id}/corrections', { path: { id }, body: { text }, key: uuid() }), '提给书记了')
  },
})

function line(shift: OwnShift): Line {
  const { attendance } = shift
  const day = dayOf(shift.starts_at)
  const over = attendance !== null && attendance.ended_at !== null
  return {
    id: shift.id,
    title: `${dayWord(shift.starts_at, now())} 周${weekday(day)} ${hm(shift.starts_at)}–${hm(shift.ends_at)}`,
    note: `${shift.post.name} · ${sideWord(shift.side)}`,
    state: attendance ? [ATTENDED[attendance.state] ?? attendance.state, attendance.minutes === null ? '' : `${attendance.minutes} 分钟`].filter(Boolean).join(' · ') : shift.mine === 'waitlisted' ? '候补' : '报上了',
    ahead: Date.parse(shift.ends_at) > now().getTime() && !over,
    attendance: attendance?.id ?? '',
    canCorrect: over,
    wish: '',
  }
}

function wish(one: StandInOut): Wish {
  const { shift } = one
  return { id: one.id, title: `${dayWord(shift.starts_at, now())} ${hm(shift.starts_at)}–${hm(shift.ends_at)}`, note: `${shift.name} · ${one.name}想请人替${one.to_me ? '，问的是您' : ''}` }
}

/** Members stand in for one another; null for a helper of a task force, whom they are none of. */
async function standIns(): Promise<StandInOut[] | null> {
  try {
    return (await call('GET /duty/stand-ins', { query: { limit: 50 } })).items
  } catch (problem) {
    if (problem instanceof Trouble && problem.code === 'duty.members_only') return null
    throw problem
  }
}
