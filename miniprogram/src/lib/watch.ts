// 车货代看 in words: who watches lorry and cargo, where they stand, where the keys are, to whom they went.
import type { WatchOut } from 'contract'
import { span, when } from './time'

export interface WatchView {
  state: WatchOut['state']
  title: string
  note: string
  /** Somebody is there: the lamp is lit. */
  lit: boolean
  lines: Array<{ title: string; value: string }>
  steps: Array<{ title: string; at: string }>
  /** What the driver is to look at before he says that he has it. */
  back: string
}

export function watchView(watch: WatchOut, now: Date): WatchView {
  return {
    state: watch.state,
    title: watch.state === 'watching' && watch.watcher ? `${watch.watcher}看着` : watch.title,
    note: note(watch, now),
    lit: watch.state === 'watching',
    lines: [
      { title: '停在', value: watch.place ?? '' },
      { title: '钥匙', value: [watch.keys_title?.replace(/^钥匙/, ''), watch.keys_note].filter(Boolean).join('，') },
      { title: '车牌', value: watch.plate ?? '' },
      { title: '货', value: watch.cargo ?? '' },
    ].filter(one => one.value),
    steps: [
      { title: '请了代看', at: watch.asked_at },
      { title: '开始看', at: watch.began_at },
      { title: '交还了', at: watch.handed_at },
      { title: '您收到了', at: watch.received_at },
    ].flatMap(({ title, at }) => (at ? [{ title, at: when(at, now) }] : [])),
    back: watch.handed_to ? [`交给了${watch.handed_to}`, watch.handed_note].filter(Boolean).join('：') : '',
  }
}

function note(watch: WatchOut, now: Date): string {
  if (watch.state === 'asked') return '值班台看得到；安排好了，消息里告诉您'
  if (watch.state !== 'watching' || !watch.until_at) return ''
  const left = Date.parse(watch.until_at) - now.getTime()
  if (watch.overdue || left <= 0) return `说好看到 ${when(watch.until_at, now)}，到时间了。值班台会和您商量延长或交还，车不会没人管`
  return `看到 ${when(watch.until_at, now)}，还有 ${span(left)}；到时可以再延`
}
