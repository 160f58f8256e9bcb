// A request's form: where it goes, also after a scan without signal, and what the first page says of that.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, opened, phone } from './phone'
import { arrivedNote, scanLeft } from '../../../miniprogram/src/lib/here'
import '../../../miniprogram/src/pages/ask/index'

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const HERE = { station: 'GS001', station_name: '接驾嘴服务区', side: 'A', scanned_at: ago(600), recorded_at: ago(600), clock_suspect: false }
const SCAN = { kind: 'checkin', id: 'c', at: '2026-11-28T10:05:00+08:00', title: '签到', photos: [], uploads: [], body: { code: 'https://example.org/s/K7P3QXYZ' } }
const STATIONS = [
  { code: 'GS001', name: '接驾嘴服务区', road: 'G30', sides: [] },
  { code: 'GS002', name: '甘草店服务区', road: 'G22/G30', sides: [{ side: 'A', heading: '往兰州' }, { side: 'B', heading: null }] },
]
const KINDS = [{ kind: 'facility', title: '设施报修', fields: {}, phones: [] }]

beforeEach(() => {
  fresh()
  phone.shelf.here = HERE
  phone.shelf.stations = { at: ago(60), etag: '', data: STATIONS }
  phone.shelf.kinds = { at: ago(60), etag: '', data: KINDS }
})

async function written(change: (page: ReturnType<typeof opened>) => void = () => undefined, query: Record<string, string> = {}) {
  const page = opened({ kind: 'facility', ...query })
  await new Promise(settled => setTimeout(settled)) // the kinds and stations have come
  page.writeText({ detail: { value: '热水龙头不出水' } })
  change(page)
  await page.send()
  const queue = phone.shelf.outbox as Array<{ kind: string; body: Record<string, unknown> }>
  const { station, side, place_text } = queue.filter(one => one.kind === 'request').slice(-1)[0].body
  return { page, where: [station, side, place_text] }
}

const pickStation = (at: number) => (page: ReturnType<typeof opened>) => page.pickStation({ detail: { value: String(at) } })

test('a request goes to where one has checked in', async () => {
  assert.deepEqual((await written()).where, ['GS001', 'A', undefined])
})

test('after a scan that still waits it does not go to the station before, and tells what is known', async () => {
  phone.shelf.outbox = [SCAN]
  const { page, where } = await written()
  assert.equal(page.data.station, '')
  assert.match(String(page.data.seen), /10 小时前在接驾嘴服务区 A 侧签到；10:05 扫过站点码 K7P3QXYZ，没签上/)
  assert.deepEqual(where, [undefined, undefined, '10 小时前在接驾嘴服务区 A 侧签到；10:05 扫过站点码 K7P3QXYZ，没签上，没再确认'])
})

test('what is known cannot make the place longer than the service takes', async () => {
  phone.shelf.outbox = [SCAN]
  const { where } = await written(page => page.writePlace({ detail: { value: '餐'.repeat(200) } }))
  assert.equal(String(where[2]).length, 200)
})

test('the driver says himself at which station and on which side he is', async () => {
  phone.shelf.outbox = [SCAN]
  const { page, where } = await written(form => {
    pickStation(2)(form)
    assert.deepEqual((form.data.sides as Array<{ title: string }>).map(one => one.title), ['往兰州一侧', 'B 侧', '说不清哪侧'])
    form.pickSide({ currentTarget: { dataset: { side: 'B' } } })
  })
  assert.deepEqual([page.data.seen, where], ['', ['GS002', 'B', undefined]])
})

test('another station takes no side along from the one before', async () => {
  assert.deepEqual((await written(pickStation(2))).where, ['GS002', undefined, undefined])
})

test('who is at none of them says so', async () => {
  assert.deepEqual((await written(pickStation(0))).where, [undefined, undefined, undefined])
})

test('a station that the phone has no list of can be asked all the same', async () => {
  delete phone.shelf.stations
  const { page, where } = await written(undefined, { station: 'GS009' })
  assert.deepEqual([where[0], (page.data.names as string[])[page.data.at as number]], ['GS009', 'GS009'])
})

test('from a form one comes back to the kinds, and each begins at its top', async () => {
  const page = opened({ kind: 'facility' })
  await new Promise(settled => setTimeout(settled))
  page.writeText({ detail: { value: '热水龙头不出水' } })
  page.another()
  assert.deepEqual([page.data.kind, phone.scrolled], [null, [0]])
  page.pick({ currentTarget: { dataset: { kind: 'facility' } } })
  assert.deepEqual([(page.data.draft as { text: string }).text, phone.scrolled], ['热水龙头不出水', [0, 0]])
})

test('the first page shows no plate of the station before, but the scan that waits', async () => {
  await import('../../../miniprogram/src/pages/home/index')
  phone.shelf.cards = [{ at: ago(60), etag: '', data: { ...STATIONS[0], km_post: null, prefecture: '', status: 'open', example: false, basics: Object.fromEntries(['parking', 'hot_water', 'meal_heating', 'shower', 'laundry'].map(name => [name, { state: 'ok', as_of: ago(5) }])) } }]
  const page = opened()
  page.showKnown()
  assert.deepEqual([page.data.station, (page.data.here as { note: string }).note, page.data.scanned], ['GS001', '上次到的', null])
  phone.shelf.outbox = [SCAN]
  page.showKnown()
  assert.deepEqual([page.data.station, page.data.here, page.data.basics], ['', null, []])
  assert.equal((page.data.scanned as { title: string }).title, '10:05 扫的码等着发')
})

test('a scan that was refused is not said to wait', () => {
  assert.equal(scanLeft([{ ...SCAN, refused: '不是站点码' }] as never)?.title, '10:05 扫的码没签上')
  assert.equal(scanLeft([]), null)
})

test('just after a check-in the plate says since when, later only that it was the last', () => {
  const at = '2026-11-28T10:05:00+08:00'
  const checkin = { ...HERE, scanned_at: at, recorded_at: at } as never
  assert.equal(arrivedNote(checkin, new Date('2026-11-28T11:00:00+08:00')), '到了 10:05')
  assert.equal(arrivedNote(checkin, new Date('2026-11-28T13:00:00+08:00')), '上次到的')
})
