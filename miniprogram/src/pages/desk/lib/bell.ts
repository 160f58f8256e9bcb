// The bell of the desk in a pocket: which medical calls have nobody, and the sound as long as one has none.
import type { QueueItem } from 'contract'

/** Medical calls that nobody has taken, the longest waiting first. */
export function unheld(items: QueueItem[]): string[] {
  return items
    .filter(one => one.urgency === 0 && one.state === 'new' && one.holder === null)
    .sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at))
    .map(one => one.id)
}

/** What rings and where a tap leads on the page of the request `here`, which one may have taken just now. */
export function alarm(calls: string[], here: string, held: boolean): { ringing: boolean; call: string } {
  const open = held ? calls.filter(one => one !== here) : calls
  return { ringing: open.length > 0, call: open.find(one => one !== here) ?? '' }
}

let sound: WechatMiniprogram.InnerAudioContext | null = null
const ringers = new Set<object>()

/** One bell for the whole phone; it falls silent when nobody's page wants it any more, in whatever order pages come and go. */
export function ring(page: object, wanted: boolean): void {
  const before = ringers.size > 0
  if (wanted) ringers.add(page)
  else ringers.delete(page)
  const after = ringers.size > 0
  if (after === before) return
  if (!after) {
    sound?.stop()
    return
  }
  void wx.setInnerAudioOption({ obeyMuteSwitch: false }) // a life is in danger: the switch on the side does not count
  sound ??= wx.createInnerAudioContext()
  sound.src = '/pages/desk/sounds/alarm.wav'
  sound.loop = true
  sound.play()
  void wx.vibrateLong({})
}
