// Short words over the page.
import { told } from './trouble'

export function say(title: string): void {
  void wx.showToast({ title, icon: 'none', duration: 2500 })
}

export function sayTrouble(problem: unknown): void {
  say(told(problem))
}

/** A question with two answers; the buttons hold four characters each. */
export async function sure(title: string, content: string, yes: string, no = '算了'): Promise<boolean> {
  const answer = await wx.showModal({ title, content, confirmText: yes, cancelText: no })
  return answer.confirm
}

/** A short text; null when the person changed his mind or wrote nothing. */
export async function asked(title: string, placeholder: string): Promise<string | null> {
  const answer = await wx.showModal({ title, editable: true, placeholderText: placeholder, confirmText: '好了', cancelText: '算了' })
  return answer.confirm ? answer.content?.trim() || null : null
}
