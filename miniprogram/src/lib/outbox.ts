// What was done without signal: each goes out later once, in order, under its own key, with its own time.
import type { CheckInIn, MessageIn, RequestIn, SignInIn } from 'contract'

interface Common {
  /** Also the Idempotency-Key: however often it is sent, it happens once. */
  id: string
  /** When the person did it, by his phone. */
  at: string
  /** The same moment by the phone's own clock, uncorrected; `enqueue` notes it. */
  put?: number
  title: string
  /** Photos that still have to go up first, by their place on the phone. */
  photos: string[]
  /** Photos that are up (or were gone from the phone), kept until the whole thing is through: a refusal leaves them to the draft. */
  done?: string[]
  /** Uploads that already have an id. */
  uploads: string[]
  /** Why the service said no; it stays until the person has read it. */
  refused?: string
}

export type Item = Common &
  (
    | { kind: 'checkin'; body: CheckInIn }
    | { kind: 'attendance'; body: SignInIn }
    | { kind: 'request'; body: RequestIn }
    | { kind: 'message'; request: string; body: MessageIn }
  )

/** A cry for help that nobody could hear is asked about again before it rings hours later. */
export const STALE_HELP_MS = 15 * 60_000

export function isHelp(item: Item): boolean {
  return item.kind === 'request' && item.body.kind === 'medical'
}

/** `raw` is the phone's own time: what the service's clock corrects in between must not make a fresh cry old. */
export function isStaleHelp(item: Item, raw: number): boolean {
  return isHelp(item) && raw - (item.put ?? Date.parse(item.at)) > STALE_HELP_MS
}

export interface World {
  read(): Item[]
  write(items: Item[]): void
  /** The phone's own time, uncorrected. */
  raw(): number
  /** Whether the photo is still on the phone: WeChat may have cleared it away. */
  there(path: string): boolean
  upload(path: string, item: Item, number: number): Promise<string>
  send(item: Item): Promise<unknown>
  /** Whether nothing was decided, so that the same may be tried again. */
  later(problem: unknown, item: Item): boolean
  /** Whether whatever stands behind it would fare the same. */
  noWay(problem: unknown): boolean
  sentence(problem: unknown): string
  sent(item: Item, answer: unknown): void
  refused(item: Item, problem: unknown): void
}

export interface Outcome {
  sent: number
  waiting: number
}

/** A cry for help stands before everything else. */
function inOrder(items: Item[]): Item[] {
  return [...items.filter(isHelp), ...items.filter(one => !isHelp(one))]
}

/** Send what waits, oldest first; stop where there is no way at all, so that the order stays. One that fails alone lets the others pass. */
export async function flush(world: World): Promise<Outcome> {
  let sent = 0
  for (const waiting of inOrder(world.read())) {
    if (waiting.refused || isStaleHelp(waiting, world.raw())) continue
    try {
      const ready = await withUploads(world, waiting)
      const answer = await world.send(ready)
      world.write(world.read().filter(one => one.id !== ready.id))
      world.sent(ready, answer)
      sent += 1
    } catch (problem) {
      if (world.noWay(problem)) break
      if (world.later(problem, waiting)) continue
      change(world, waiting.id, { refused: world.sentence(problem) })
      world.refused(waiting, problem)
    }
  }
  return { sent, waiting: world.read().filter(one => !one.refused).length }
}

/** Photos go up one by one, each remembered at once: a line that breaks in between costs one photo, not all. */
async function withUploads(world: World, item: Item): Promise<Item> {
  let now = item
  while (now.photos.length > 0) {
    const [photo, ...photos] = now.photos
    const done = now.done ?? []
    const made = world.there(photo) ? [await world.upload(photo, now, done.length)] : []
    const values = { photos, done: [...done, photo], uploads: [...now.uploads, ...made] }
    now = change(world, now.id, values) ?? { ...now, ...values }
  }
  return now
}

function change(world: World, id: string, values: Partial<Common>): Item | undefined {
  const items = world.read().map(one => (one.id === id ? { ...one, ...values } : one)) as Item[]
  world.write(items)
  return items.find(one => one.id === id)
}

/** What the person reads about a waiting thing. */
export function waitingLine(item: Item, hm: (at: string) => string, raw: number): string {
  if (item.refused) return `没送成：${item.refused}`
  if (isStaleHelp(item, raw)) return '放得太久，没有替您发。还需要就点“现在发”'
  if (item.kind === 'checkin' || item.kind === 'attendance') return `按 ${hm(item.at)} 算`
  const photos = item.photos.length + item.uploads.length
  return photos > 0 ? `${hm(item.at)} 写的，带 ${photos} 张照片` : `${hm(item.at)} 写的`
}
