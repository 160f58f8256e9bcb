// Task forces that somebody helps: remembered on the phone until they end, as the way back to their shifts.
import type { JoinedOut } from 'contract'
import { keep, kept } from './store'

/** Those that he has joined and that go on. */
export function helped(now: Date): JoinedOut[] {
  return (kept('forces') ?? []).filter(one => Date.parse(one.ends_at) > now.getTime())
}

export function joined(force: JoinedOut, now: Date): void {
  keep('forces', [force, ...helped(now).filter(one => one.id !== force.id)])
}
