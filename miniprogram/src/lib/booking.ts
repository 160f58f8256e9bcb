// What holds a place (a meal, a bed) is never queued: late, it could hold it twice. It is sent now, under one key
// for as long as the same thing is wanted, so that a second tap after a lost answer is the same order.
import { told, Trouble } from './trouble'
import { uuid } from './uuid'

export class Wanted {
  private what = ''
  private key = ''

  /** The same wish has the same key until it was answered. */
  keyFor(what: string): string {
    if (what !== this.what) {
      this.what = what
      this.key = uuid()
    }
    return this.key
  }

  answered(): void {
    this.what = ''
  }
}

/** Why it did not work: without signal it says that nothing waits to be sent by itself. */
export function notNow(problem: unknown, what: string): string {
  if (problem instanceof Trouble && problem.offline) return `${problem.sentence}${what}要等有信号，有信号了再点一次，不会重复。`
  return told(problem)
}
