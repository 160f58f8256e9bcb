// The queue in a desk's words: most urgent first (the service orders it), what is late.
import type { QueueItem } from 'contract'
import { span, when } from '../../../lib/time'
import { STATE } from '../../../lib/words'
import { stationName } from './home'

export interface Line {
  id: string
  mark: string
  title: string
  note: string
  due: string
  urgent: boolean
  lit: boolean
  mine: boolean
  unread: boolean
}

export function line(item: QueueItem, now: Date): Line {
  const left = Date.parse(item.due_at) - now.getTime()
  const side = item.side === 'A' || item.side === 'B' ? `${item.side} 侧` : ''
  const who = item.mine ? '在我手里' : item.holder ? `在${item.holder.name}手里` : STATE[item.state]
  return {
    id: item.id,
    mark: item.mark,
    title: item.text ?? item.title,
    note: [item.text ? item.title : '', item.station ? stationName(item.station) : '', side, who, when(item.created_at, now)].filter(Boolean).join(' · '),
    due: left > 0 ? `还有 ${span(left)}` : `过了 ${span(-left)}`,
    urgent: item.urgency === 0,
    lit: item.holder !== null,
    mine: item.mine,
    unread: item.unread,
  }
}

/** What the list shows; one's own only leaves medical calls in sight. */
export function listed(items: QueueItem[], mineOnly: boolean): QueueItem[] {
  return mineOnly ? items.filter(one => one.mine || one.urgency === 0) : items
}
