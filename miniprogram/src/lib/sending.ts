// The queue of what waits for signal, on this phone: put in, sent when there is a way, shown until then.
import type { CheckInOut, RequestOut } from 'contract'
import { now } from './clock'
import { call, upload } from './http'
import type { Item, Outcome, World } from './outbox'
import { flush, isHelp } from './outbox'
import { forgetPhoto, photoThere } from './photos'
import { keep, kept } from './store'
import { told, Trouble } from './trouble'
import { subKey, uuid } from './uuid'

type Tell = (waiting: number) => void
const listeners = new Set<Tell>()
let flushing: Promise<Outcome> | null = null

/** The queue where the phone refuses to store it; it lives as long as the app does. */
let unkept: Item[] | null = null

export function waiting(): Item[] {
  return unkept ?? kept('outbox') ?? []
}

export function listen(tell: Tell): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

function write(items: Item[]): void {
  try {
    keep('outbox', items)
    unkept = null
  } catch {
    unkept = items
  }
  listeners.forEach(tell => tell(items.length))
}

/** Put something at the end of the queue; it is safe from here on. */
export function enqueue(item: Item): void {
  const items = [...waiting(), { ...item, put: Date.now() }]
  if (!isHelp(item)) keep('outbox', items) // throws where nothing can be stored; a cry for help goes out even so
  write(items)
}

export function dropItem(id: string): void {
  waiting().filter(one => one.id === id).forEach(forgetPhotos)
  takeOut(id)
}

/** Nothing of what waits goes out any more: its writer has erased himself. */
export function dropAll(): void {
  waiting().forEach(one => dropItem(one.id))
}

function takeOut(id: string): void {
  write(waiting().filter(one => one.id !== id))
}

function forgetPhotos(item: Item): void {
  [...item.photos, ...(item.done ?? [])].forEach(forgetPhoto)
}

/** A stale cry for help that is still meant: its time becomes now, so that it goes out. */
export function renew(id: string): void {
  write(waiting().map(one => (one.id === id ? { ...one, id: uuid(), at: now().toISOString(), put: Date.now(), refused: undefined } : one)) as Item[])
}

/** What came of an item, kept only while somebody waits for it (`sendNow`). */
const awaited = new Set<string>()
const answers = new Map<string, unknown>()
const problems = new Map<string, unknown>()

const world: World = {
  read: waiting,
  write,
  raw: () => Date.now(),
  there: photoThere,
  async upload(path, item, number) {
    const purpose = item.kind === 'request' && item.body.kind === 'medical' ? 'medical' : 'request'
    return (await upload(path, subKey(item.id, number), purpose)).id
  },
  send: post,
  later,
  noWay: problem => problem instanceof Trouble && [0, 401, 429].includes(problem.status),
  sentence: told,
  sent(item, answer) {
    if (awaited.has(item.id)) answers.set(item.id, answer)
    forgetPhotos(item)
    if (item.kind === 'checkin') keep('here', answer as CheckInOut)
  },
  refused(item, problem) {
    if (awaited.has(item.id)) problems.set(item.id, problem)
  },
}

/** A cry for help is given up only where the service itself says no, not where a proxy's page or the phone is in the way. */
function later(problem: unknown, item: Item): boolean {
  if (!(problem instanceof Trouble)) return isHelp(item)
  return problem.later || (isHelp(item) && problem.code === '')
}

function post(item: Item): Promise<unknown> {
  const key = item.id
  switch (item.kind) {
    case 'checkin':
      return call('POST /checkins', { body: item.body, key })
    case 'attendance':
      return call('POST /duty/attendance', { body: item.body, key })
    case 'request':
      return call('POST /requests', { body: { ...item.body, upload_ids: item.uploads }, key })
    case 'message':
      return call('POST /requests/{id}/messages', { path: { id: item.request }, body: { ...item.body, upload_ids: item.uploads }, key })
  }
}

/** Send what waits; attempts at the same moment are one. */
export function sendWaiting(): Promise<Outcome> {
  flushing ??= flush(world).finally(() => {
    flushing = null
  })
  return flushing
}

/** Queue it and try at once: its answer when it went, null while it waits; the refusal is thrown. */
export async function sendNow<T>(item: Item): Promise<T | null> {
  enqueue(item)
  awaited.add(item.id)
  if (flushing) await flushing
  await sendWaiting()
  awaited.delete(item.id)
  const answer = take(answers, item.id) as T | undefined
  const problem = take(problems, item.id)
  if (problem) {
    takeOut(item.id) // whoever waits for it reads why, and has the draft still, with its photos
    throw problem
  }
  return answer ?? null
}

function take(from: Map<string, unknown>, id: string): unknown {
  const found = from.get(id)
  from.delete(id)
  return found
}

/** A cry for help, or a word that follows it, does not stand in line behind a photo on a thin line: it goes beside whatever is being sent. */
export async function sendUrgent<T = RequestOut>(item: Item): Promise<T | null> {
  if (!waiting().some(one => one.id === item.id)) enqueue(item)
  try {
    const answer = (await post(item)) as T
    dropItem(item.id)
    return answer
  } catch (problem) {
    if (later(problem, item)) return null
    dropItem(item.id)
    throw problem
  }
}
