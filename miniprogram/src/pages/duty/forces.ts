// Task forces: joining one by its code, member or not; the branch's own, and for its office making and ending them.
import type { JoinedOut, TaskForceOut } from 'contract'
import { tryAgain } from '../../lib/again'
import { Wanted } from '../../lib/booking'
import { now } from '../../lib/clock'
import { helped, joined } from '../../lib/forces'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { say } from '../../lib/say'
import { dayOf } from '../../lib/time'
import { told, Trouble } from '../../lib/trouble'
import type { ForceLine } from './lib/forces'
import { days, forceLine, span, typed } from './lib/forces'

const OFFICE_ROLES = ['secretary', 'committee']
const wanted = new Wanted()

Page({
  data: {
    code: '',
    helping: [] as Array<{ id: string; name: string; note: string }>,
    forces: [] as ForceLine[],
    office: false,
    name: '',
    first: '',
    last: '',
    ending: '', // the one whose summary is being written
    summary: '',
    refusal: '',
    refusedAt: '', // beside which button it is told: join, make, end
    busy: false,
    loaded: false,
    trouble: '',
  },

  onLoad(query: Record<string, string | undefined>) {
    const day = dayOf(now())
    this.setData({ code: query.code ?? '', first: day, last: day })
  },
  onShow() {
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const [forces, user] = await Promise.all([ofBranch(), call('GET /me', {})])
      this.setData({
        helping: helped(now()).map(helping),
        forces: forces.map(one => forceLine(one, now())),
        office: user.roles.some(one => OFFICE_ROLES.includes(one)),
        loaded: true,
        trouble: '',
      })
    } catch (problem) {
      this.setData({ trouble: told(problem), helping: helped(now()).map(helping) })
    }
  },

  writeCode(event: WechatMiniprogram.Input) {
    this.setData({ code: event.detail.value })
  },
  async join() {
    const invite = typed(this.data.code)
    if (!invite) {
      this.setData({ refusal: '请填邀请码，问支部书记要。', refusedAt: 'join' })
      return
    }
    await this.work('join', `join ${invite}`, async key => {
      const force = await call('POST /duty/task-forces/join', { body: { invite }, key })
      joined(force, now())
      this.setData({ code: '' })
    }, '加入了')
  },

  writeName(event: WechatMiniprogram.Input) {
    this.setData({ name: event.detail.value })
  },
  pickFirst(event: WechatMiniprogram.PickerChange) {
    this.setData({ first: event.detail.value as string })
  },
  pickLast(event: WechatMiniprogram.PickerChange) {
    this.setData({ last: event.detail.value as string })
  },
  async make() {
    const { name, first, last } = this.data
    const when = days(first, last)
    if (!name.trim() || !when) {
      this.setData({ refusal: when ? '请给突击队起个名字。' : '结束的日子要在开始之后。', refusedAt: 'make' })
      return
    }
    const body = { name: name.trim(), ...when }
    await this.work('make', `make ${JSON.stringify(body)}`, async key => {
      await call('POST /branch/task-forces', { body, key })
      this.setData({ name: '' })
    }, '组建好了，把邀请码告诉来的人')
  },

  beginEnd(event: WechatMiniprogram.TouchEvent) {
    this.setData({ ending: event.currentTarget.dataset.id as string, summary: '', refusal: '' })
  },
  leaveOpen() {
    this.setData({ ending: '', refusal: '' })
  },
  writeSummary(event: WechatMiniprogram.TextareaInput) {
    this.setData({ summary: event.detail.value })
  },
  async end() {
    const { ending, summary } = this.data
    await this.work('end', `end ${ending} ${summary}`, async key => {
      await call('POST /branch/task-forces/{id}/close', { path: { id: ending }, body: { summary }, key })
      this.setData({ ending: '' })
    }, '结束了')
  },

  /** One step at a time, the same wish under the same key; a refusal's sentence stays beside its button. */
  async work(at: string, wish: string, step: (key: string) => Promise<void>, done: string) {
    if (this.data.busy) return
    this.setData({ busy: true, refusal: '' })
    const refusal = await step(wanted.keyFor(wish)).then(() => '', told)
    if (!refusal) {
      wanted.answered()
      say(done)
    }
    await this.load()
    this.setData({ busy: false, refusal, refusedAt: at })
  },
  goTo,
})

/** The branch's; for somebody of no branch there are none. */
async function ofBranch(): Promise<TaskForceOut[]> {
  try {
    return (await call('GET /branch/task-forces', {})).items
  } catch (problem) {
    if (problem instanceof Trouble && problem.code === 'task_force.unknown') return []
    throw problem
  }
}

function helping(force: JoinedOut) {
  return { id: force.id, name: force.name, note: span(force.starts_at, force.ends_at, now()) }
}
