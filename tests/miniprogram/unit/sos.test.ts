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

const HERE = { station: 'GS001', station_name: '接驾嘴服务区', side: 'A', scanned_at: ago(10), recorded_at: ago(10), clock_suspect: false }

test('help is sent to where one checked in just now, and can be sent elsewhere', async () => {
  phone.shelf.here = HERE
  const page = opened()
  assert.deepEqual([page.data.station, page.data.side], ['GS001', 'A'])
  page.notHere()
  await page.raise()
  const { station, side } = phone.sent[0].data as Record<string, unknown>
  assert.deepEqual([station, side], [undefined, 'unknown'], 'to the duty centre')
})

test('help is not sent to where one no longer is', () => {
  phone.shelf.here = { ...HERE, scanned_at: ago(180), recorded_at: ago(5) }
  assert.equal(opened().data.station, '', 'three hours are long enough to be elsewhere')
  phone.shelf.here = { ...HERE, scanned_at: ago(-600), recorded_at: ago(180), clock_suspect: true }
  assert.equal(opened().data.station, '', "a wrong clock's future does not count")
  phone.shelf.here = HERE
  phone.shelf.outbox = [{ kind: 'checkin', id: 'c', at: ago(1), title: '签到', photos: [], uploads: [], body: { code: 'x' } }]
  assert.equal(opened().data.station, '', 'a check-in elsewhere waits for signal')
})

test('where one was some hours ago is told, not gone to, until he says that he is still there', async () => {
  phone.shelf.here = { ...HERE, scanned_at: ago(300), recorded_at: ago(300) }
  const page = opened()
  assert.deepEqual([page.data.station, page.data.seen], ['', '5 小时前在接驾嘴服务区 A 侧签到'])
  await page.raise()
  const { station, place_text } = phone.sent[0].data as Record<string, unknown>
  assert.deepEqual([station, place_text], [undefined, '5 小时前在接驾嘴服务区 A 侧签到，没再确认'])
  const again = opened()
  again.stillThere()
  assert.deepEqual([again.data.station, again.data.side, again.data.seen], ['GS001', 'A', ''])
  const elsewhere = opened()
  elsewhere.notHere()
  assert.equal(elsewhere.call_(ago(0)).body.place_text, undefined, 'he has said that he is not there')
})

test('a code that was scanned without signal is told too', () => {
  phone.shelf.here = HERE
  phone.shelf.outbox = [{ kind: 'checkin', id: 'c', at: '2026-11-28T10:05:00+08:00', title: '签到', photos: [], uploads: [], body: { code: 'https://example.org/s/K7P3QXYZ' } }]
  const page = opened()
  assert.equal(page.data.station, '')
  assert.match(String(page.data.seen), /10 分钟前在接驾嘴服务区 A 侧签到；10:05 扫过站点码 K7P3QXYZ，没签上/)
})

test('the place of a code that was taken down goes along, before any check-in', async () => {
  phone.shelf.here = HERE
  const page = opened({ station: 'GS002', name: encodeURIComponent('示例服务区'), side: 'B' })
  assert.deepEqual([page.data.station, page.data.where, page.data.side], ['GS002', '示例服务区', 'B'])
  await page.raise()
  const { station, side } = phone.sent[0].data as Record<string, unknown>
  assert.deepEqual([station, side], ['GS002', 'B'])
})

test('where nobody can hear it, 120 is offered at once, and once', async () => {
  const page = opened()
  await page.raise()
  assert.deepEqual([page.data.state, phone.dialled], ['unsent', ['120']])
  await page.poll()
  assert.deepEqual(phone.dialled, ['120'])
})

test('where it was heard, nothing is dialled by itself', async () => {
  phone.answer = () => ({ statusCode: 201, data: { id: 'r', state: 'new', holder: null, created_at: ago(0), timeline: [] } })
  const page = opened()
  await page.raise()
  assert.deepEqual([page.data.state, phone.dialled], ['open', []])
})

test('a word that follows a call does not wait behind the photo of something else', async () => {
  phone.shelf.outbox = [{ kind: 'request', id: 'lamp', at: ago(1), title: '灯', photos: ['wxfile://usr/p'], uploads: [], body: { kind: 'facility', text: '灯' } }]
  phone.files.add('wxfile://usr/p')
  const page = opened()
  page.request = { id: 'call' }
  await page.addWord()
  assert.match(phone.sent[0].url, /requests\/call\/messages$/)
})

const step = (what: string, at = ago(1)) => ({ what, text: '', by: '', at })
const made = (more: object) => ({ id: 'r', kind: 'medical', state: 'new', holder: null, unit: null, created_at: ago(5), timeline: [], ...more })
const HOLDER = { name: '示例值班员甲', since: ago(4) }

test('once it is over nobody is said to be waited for, nor a bell to ring', () => {
  for (const state of ['withdrawn', 'closed', 'answered']) {
    const page = opened()
    page.show(made({ state }))
    assert.equal(page.data.state, 'over')
    const told = JSON.stringify([page.data.held, page.data.heldNote, page.data.steps])
    assert.doesNotMatch(told, /还没有人接|铃|等着/)
  }
  const open = opened()
  open.show(made({}))
  assert.match(JSON.stringify([open.data.held, open.data.heldNote, open.data.steps]), /还没有人接.*铃在响.*等着/, 'the control')
})

test('who was handed over is in other hands, and nobody is said to be coming', () => {
  for (const [unit, big] of [['120', '120 接手了'], ['医院', '医院接手了'], ['家属', '家属接手了']]) {
    const page = opened()
    page.show(made({ state: 'handling', holder: HOLDER, unit, timeline: [step('on_scene'), step('handed_over')] }))
    assert.deepEqual([page.data.state, page.data.big, page.data.held], ['open', big, unit === '120' ? '已经交给 120' : `已经交给${unit}`])
  }
  const page = opened()
  page.show(made({ state: 'handling', holder: HOLDER, timeline: [step('on_scene')] }))
  assert.deepEqual([page.data.taken, page.data.big], ['', '有人来了'])
})

test('after it was handed over help can be called for anew, and that rings as a call of its own', async () => {
  phone.shelf.here = HERE
  const old = made({ state: 'handling', holder: HOLDER, unit: '120', timeline: [step('handed_over')] })
  phone.answer = ({ method }) => ({ statusCode: 200, data: method === 'GET' ? { items: [old] } : made({ id: 'second' }) })
  const page = opened()
  await page.findOpen()
  assert.equal(page.data.id, 'r')
  page.callAnew()
  await page.findOpen() // the page was put away and taken out again
  assert.deepEqual([page.data.state, page.data.station], ['ask', 'GS001'])
  phone.sent = []
  await page.raise()
  const { for_other_person, details } = phone.sent[0].data as { for_other_person: boolean; details: { who: string } }
  assert.deepEqual([for_other_person, details.who], [true, '本人'], 'not joined to the call before, and still his own')
  assert.deepEqual([page.data.id, page.data.state], ['second', 'open'])
})

test('the first call of one person joins what he has open', async () => {
  const page = opened()
  await page.raise()
  const sent = phone.sent[0].data as { for_other_person: boolean; details: object }
  assert.deepEqual([sent.for_other_person, Object.keys(sent.details)], [false, ['who']], 'nor are symptoms told that nobody chose')
})
