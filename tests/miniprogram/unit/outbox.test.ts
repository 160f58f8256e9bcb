// The queue of what waits for signal: order, once each, photos one by one, refusals kept, stale cries asked about.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item, World } from '../../../miniprogram/src/lib/outbox'
import { flush, isStaleHelp, waitingLine } from '../../../miniprogram/src/lib/outbox'

const AT = '2026-11-28T22:41:00+08:00'
const NOW = new Date('2026-11-28T22:45:00+08:00')

function request(id: string, photos: string[] = [], kind = 'facility'): Item {
  return { kind: 'request', id, at: AT, title: id, photos, uploads: [], body: { kind, text: id } }
}

class Silence extends Error {}
class Busy extends Error {}

function world(items: Item[], send: (item: Item) => unknown, upload: (path: string) => string = path => `up-${path}`) {
  const told: string[] = []
  let kept = items
  const made: World = {
    read: () => kept,
    write: next => { kept = next },
    raw: () => NOW.getTime(),
    there: path => path !== 'cleared',
    upload: async path => upload(path),
    send: async item => send(item),
    later: problem => problem instanceof Silence || problem instanceof Busy,
    noWay: problem => problem instanceof Silence,
    sentence: problem => (problem as Error).message,
    sent: item => told.push(`sent ${item.id}`),
    refused: item => told.push(`refused ${item.id}`),
  }
  return { made, told, left: () => kept }
}

test('everything goes out, oldest first, each once', async () => {
  const seen: string[] = []
  const { made, left } = world([request('a'), request('b')], item => seen.push(item.id))
  assert.deepEqual(await flush(made), { sent: 2, waiting: 0 })
  assert.deepEqual(seen, ['a', 'b'])
  assert.deepEqual(left(), [])
  await flush(made)
  assert.deepEqual(seen, ['a', 'b'])
})

test('the first that finds no way stops those behind it, so that the order stays', async () => {
  const seen: string[] = []
  const { made, left } = world([request('a'), request('b')], item => { seen.push(item.id); throw new Silence() })
  assert.deepEqual(await flush(made), { sent: 0, waiting: 2 })
  assert.deepEqual(seen, ['a'])
  assert.deepEqual(left().map(one => one.id), ['a', 'b'])
})

test('one that the service cannot take now lets the others pass', async () => {
  const { made, left } = world([request('a'), request('b')], item => { if (item.id === 'a') throw new Busy() })
  assert.deepEqual(await flush(made), { sent: 1, waiting: 1 })
  assert.deepEqual(left().map(one => [one.id, one.refused]), [['a', undefined]])
})

test('a photo that WeChat has cleared away is left out, not waited for', async () => {
  let sentWith: string[] = []
  const { made } = world([request('a', ['cleared', 'q'])], item => { sentWith = item.uploads })
  assert.deepEqual(await flush(made), { sent: 1, waiting: 0 })
  assert.deepEqual(sentWith, ['up-q'])
})

test('a refusal stays with its reason and lets the others pass', async () => {
  const { made, told, left } = world([request('a'), request('b')], item => { if (item.id === 'a') throw new Error('这个码不认识') })
  assert.deepEqual(await flush(made), { sent: 1, waiting: 0 })
  assert.deepEqual(told, ['refused a', 'sent b'])
  assert.equal(left()[0].refused, '这个码不认识')
  await flush(made)
  assert.deepEqual(told, ['refused a', 'sent b'], 'not sent again by itself')
  assert.equal(waitingLine(left()[0], () => '', NOW.getTime()), '没送成：这个码不认识')
})

test('photos that are up stay up when the line breaks', async () => {
  let line = 1
  const went: string[] = []
  const upload = (path: string) => {
    if (line-- <= 0) throw new Silence()
    went.push(path)
    return `up-${path}`
  }
  let sentWith: string[] = []
  const { made, left } = world([request('a', ['p', 'q'])], item => { sentWith = item.uploads }, upload)
  await flush(made)
  assert.deepEqual([left()[0].photos, left()[0].uploads], [['q'], ['up-p']])
  line = 5
  await flush(made)
  assert.deepEqual(went, ['p', 'q'], 'no photo twice')
  assert.deepEqual(sentWith, ['up-p', 'up-q'])
})

test('what is put in while the queue is being sent is not lost', async () => {
  const { made, left } = world([request('a')], () => made.write([...made.read(), request('b')]))
  await flush(made)
  assert.deepEqual(left().map(one => one.id), ['b'])
})

test('a cry for help that is long past is asked about, not sent', async () => {
  const old = { ...request('sos', [], 'medical'), at: '2026-11-28T22:00:00+08:00' } as Item
  assert.ok(isStaleHelp(old, NOW.getTime()))
  assert.ok(!isStaleHelp(request('sos', [], 'medical'), NOW.getTime()))
  const seen: string[] = []
  const { made } = world([old, request('b')], item => seen.push(item.id))
  await flush(made)
  assert.deepEqual(seen, ['b'])
  assert.match(waitingLine(old, () => '22:00', NOW.getTime()), /现在发/)
})

test('a phone that was slow until the service told it the time has no old cry for help', async () => {
  const slow = NOW.getTime() - 40 * 60_000
  const fresh = { ...request('sos', [], 'medical'), at: new Date(slow).toISOString(), put: NOW.getTime() - 1000 } as Item
  const seen: string[] = []
  const { made } = world([fresh], item => seen.push(item.id))
  await flush(made)
  assert.deepEqual(seen, ['sos'])
})

test('a cry for help stands before everything else', async () => {
  const seen: string[] = []
  const { made } = world([request('a'), request('sos', [], 'medical'), request('b')], item => seen.push(item.id))
  await flush(made)
  assert.deepEqual(seen, ['sos', 'a', 'b'])
})

test('each waiting thing says its own time', () => {
  const checkin: Item = { kind: 'checkin', id: 'c', at: AT, title: '签到', photos: [], uploads: [], body: { code: 'x' } }
  assert.equal(waitingLine(checkin, () => '22:41', NOW.getTime()), '按 22:41 算')
  assert.equal(waitingLine(request('a', ['p']), () => '22:41', NOW.getTime()), '22:41 写的，带 1 张照片')
})
