// Everything the person was ever told, whether or not WeChat took it; for a member also what his branch told alone.
import type { InboxItem } from 'contract'
import { tryAgain } from '../../lib/again'
import { now } from '../../lib/clock'
import { go } from '../../lib/go'
import { call } from '../../lib/http'
import { MEMBER } from '../../lib/packages'
import { when } from '../../lib/time'
import { told } from '../../lib/trouble'

interface Line {
  id: string
  title: string
  text: string
  time: string
  unread: boolean
  to: string
}

/** Where an entry leads, by what it is about; an entry of a kind not known here is read where it stands. */
const WAYS: Record<string, string> = {
  request: '/pages/request/index',
  bulletin: '/pages/bulletin/index',
  question: '/pages/question/index',
  claim: '/pages/claim/index',
  card: '/pages/card/index',
  ...(MEMBER ? { duty_shift: '/pages/duty/index' } : {}),
}

Page({
  data: { branch: false, lines: [] as Line[], more: '', loaded: false, trouble: '' },

  onLoad(query: Record<string, string | undefined>) {
    this.setData({ branch: query.kind === 'branch' })
  },
  onShow() {
    this.setData({ lines: [] })
    void this.load('')
  },

  ...tryAgain<{ load(cursor: string): Promise<void> }>(page => page.load('')),
  async load(cursor: string) {
    try {
      const found = await call('GET /inbox', { query: { limit: 30, cursor, kind: this.data.branch ? 'branch' : null } })
      this.setData({ lines: [...(cursor ? this.data.lines : []), ...found.items.map(line)], more: found.next_cursor ?? '', loaded: true, trouble: '' })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },

  loadMore() {
    void this.load(this.data.more)
  },

  async open(event: WechatMiniprogram.TouchEvent) {
    const { id, to } = event.currentTarget.dataset as { id: string; to: string }
    const reading = call('POST /inbox/{id}/read', { path: { id } }).catch(() => undefined)
    if (to) go(to)
    await reading
    this.setData({ lines: this.data.lines.map(one => (one.id === id ? { ...one, unread: false } : one)) })
  },
})

function line(item: InboxItem): Line {
  const way = WAYS[item.ref?.kind ?? '']
  return { id: item.id, title: item.title, text: item.text, time: when(item.at, now()), unread: item.read_at === null, to: way ? `${way}?id=${item.ref?.id ?? ''}` : '' }
}
