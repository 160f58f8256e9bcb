// The emergency page: what waits from before, where help is sent, words that follow.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, opened, phone } from './phone'
import '../../../miniprogram/src/pages/sos/index'

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

function cry(minutes: number, more = {}) {
  return { kind: 'request', id: 'old', at: ago(minutes), title: '急救', photos: [], uploads: [], body: { kind: 'medical', station: 'GS001', text: '需要急救' }, ...more }
}

beforeEach(fresh)

test('a call that could not go out just now is taken up again', async () => {
  phone.shelf.outbox = [cry(2)]
  const page = opened()
  assert.equal(page.data.state, 'unsent')
  await page.poll()
  assert.equal(phone.sent.length, 1)
})

test('a call from hours ago or one that was refused leaves the button where it is', async () => {
  for (const left of [cry(480), cry(2, { refused: '填写有误。' })]) {
    phone.shelf.outbox = [left]
    const page = opened()
    assert.equal(page.data.state, 'ask')
    await page.poll()
    assert.equal(phone.sent.length, 0)
  }
})

test('a page that lay open for hours does not call to where one was', async () => {
  phone.shelf.outbox = [cry(2)]
  const page = opened()
  phone.shelf.outbox = [cry(480)]
  await page.poll()
  assert.deepEqual([page.data.state, phone.sent.length], ['ask', 0])
})
