// What becomes of a thing that waits when the answer is neither yes nor silence; a cry for help above all.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, phone, problem } from './phone'
import type { Item } from '../../../miniprogram/src/lib/outbox'
import { enqueue, sendNow, sendUrgent, sendWaiting, waiting } from '../../../miniprogram/src/lib/sending'

const AT = new Date().toISOString()

function request(id: string, kind = 'facility', photos: string[] = []): Item {
  return { kind: 'request', id, at: AT, title: id, photos, uploads: [], body: { kind, text: id } } as Item
}

beforeEach(fresh)

test('a cry for help is kept through everything but a refusal by the service itself', async () => {
  const cry = request('sos', 'medical')
  for (const status of [403, 404, 408]) {
    phone.answer = () => ({ statusCode: status, data: '<html>' })
    assert.equal(await sendUrgent(cry), null, `a proxy's ${status}`)
    await sendWaiting()
    assert.deepEqual(waiting().map(one => [one.id, one.refused]), [['sos', undefined]])
  }
  phone.answer = () => problem(422, 'api.invalid')
  await assert.rejects(sendUrgent(cry), /api.invalid/)
  assert.deepEqual(waiting(), [])
})

test('a sign-in that fails is no refusal of what waits', async () => {
  phone.answer = () => problem(401, 'auth.code_invalid')
  assert.equal(await sendUrgent(request('sos', 'medical')), null)
  enqueue(request('lamp'))
  await sendWaiting()
  assert.deepEqual(waiting().map(one => [one.id, one.refused]), [['sos', undefined], ['lamp', undefined]])
})

test('a phone that can store nothing still calls for help, and tries again', async () => {
  phone.full = true
  const cry = request('sos', 'medical')
  assert.equal(await sendUrgent(cry), null)
  assert.equal(phone.sent.length, 1)
  assert.deepEqual(waiting().map(one => one.id), ['sos'])
  phone.answer = () => ({ statusCode: 201, data: { id: 'made' } })
  await sendWaiting()
  assert.deepEqual(waiting(), [])
  assert.throws(() => enqueue(request('lamp')), /storage is full/, 'else the draft would be thrown away')
})

test('the photos of what was refused go with it when it is sent again, and leave the phone then', async () => {
  const photos = ['wxfile://usr/p', 'wxfile://usr/q']
  photos.forEach(path => phone.files.add(path))
  let yes = false
  let uploads = 0
  phone.answer = ({ url }) => {
    if (url.endsWith('/uploads')) return { statusCode: 201, data: `{"id": "up-${uploads++}"}` }
    return yes ? { statusCode: 201, data: { id: 'made' } } : problem(422, 'api.invalid')
  }
  await assert.rejects(sendNow(request('a', 'facility', photos)), /api.invalid/)
  assert.deepEqual([waiting(), [...phone.files]], [[], photos])
  yes = true
  assert.deepEqual(await sendNow(request('b', 'facility', photos)), { id: 'made' })
  assert.deepEqual(phone.sent.at(-1)?.data?.upload_ids, ['up-2', 'up-3'])
  assert.equal(phone.files.size, 0)
})
