// The decisions of the mini-program, without a phone: times, distances, scans, forms, sentences.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { details, fieldsOf, lines, toggled } from '../../../miniprogram/src/lib/fields'
import { far, km, metres, neighbours, roadsOf, onRoad } from '../../../miniprogram/src/lib/geo'
import { basicLines, plate, stillHere } from '../../../miniprogram/src/lib/here'
import { landing, scanned } from '../../../miniprogram/src/lib/landing'
import { beginning, clockLine, entries, holderLine, nextLine } from '../../../miniprogram/src/lib/thread'
import { addDays, ago, dayOf, dayWord, freshness, hm, iso, running, span, weekday, when } from '../../../miniprogram/src/lib/time'
import { refused, Trouble, told, unanswered } from '../../../miniprogram/src/lib/trouble'
import { uuid } from '../../../miniprogram/src/lib/uuid'

const NOW = new Date('2026-11-28T16:30:00Z') // half past midnight of the 29th in Gansu

test('of many words the beginning is shown as a beginning', () => {
  assert.deepEqual([beginning('灯坏了', 4), beginning('灯坏了四盏', 4), beginning('灯坏了\n在二楼', 9), beginning('', 4)], ['灯坏了', '灯坏了…', '灯坏了…', ''])
})

test('a day is the day in Gansu, whatever the phone says', () => {
  assert.equal(dayOf(NOW), '2026-11-29')
  assert.equal(hm(NOW), '00:30')
  assert.equal(iso(NOW), '2026-11-29T00:30:00+08:00')
  assert.equal(dayWord('2026-11-28T15:59:00Z', NOW), '昨天')
  assert.equal(dayWord('2026-11-29T23:00:00+08:00', NOW), '今天')
  assert.equal(dayWord('2026-11-30T00:00:00+08:00', NOW), '明天')
  assert.equal(when('2026-11-20T09:05:00+08:00', NOW), '11月20日 09:05')
  assert.equal(weekday('2026-11-29'), '日')
  assert.equal(addDays('2026-12-31', 1), '2027-01-01')
})

test('spans and clocks', () => {
  assert.equal(ago('2026-11-28T16:29:40Z', NOW), '刚刚')
  assert.equal(ago('2026-11-28T16:00:00Z', NOW), '30 分钟前')
  assert.equal(ago('2026-11-28T13:00:00Z', NOW), '3 小时前')
  assert.equal(running(372_000), '06:12')
  assert.equal(running(3_972_000), '1:06:12')
  assert.equal(running(-5), '00:00')
  assert.equal(span(31_000), '31 秒')
  assert.equal(freshness(null, NOW), 'old')
  assert.equal(freshness('2026-11-28T16:00:00Z', NOW), 'fresh')
  assert.equal(freshness('2026-11-28T06:00:00Z', NOW), 'today')
})

test('K-posts in all the ways they are written', () => {
  assert.equal(km('K1699'), 1699)
  assert.equal(km('~K366'), 366)
  assert.equal(km('K1721+500'), 1721.5)
  assert.equal(km('K2103-K2110'), 2106.5)
  assert.equal(km('K825-K827+600'), 826.3)
  assert.equal(km(null), null)
  assert.equal(km(''), null)
})

test('distances are worked out on the phone', () => {
  const lanzhou = { lat: 36.06, lon: 103.83 }
  const wuwei = { lat: 37.93, lon: 102.64 }
  assert.ok(Math.abs(metres(lanzhou, wuwei) - 233_000) < 3_000)
  assert.equal(far(400), '不到 1 公里')
  assert.equal(far(12_400), '约 12 公里')
  assert.ok(onRoad('G22/G30', 'G30'))
  assert.ok(!onRoad('G2201', 'G22'))
})

test('the next stations in both directions, by posts where both are known', () => {
  const at = (code: string, lon: number, post: string | null, road = 'G30') => ({ code, road, km_post: post, lat: 38, lon })
  const here = at('b', 102, 'K2000')
  const [east, west] = neighbours(here, [here, at('a', 103, 'K1900'), at('c', 101, null), at('d', 100, 'K2150'), at('x', 102.1, 'K1', 'G6')], 'G30')
  assert.deepEqual([east.title, west.title], ['往东', '往西'])
  assert.deepEqual(east.stations.map(one => [one.station.code, one.km, one.byPost]), [['a', 100, true]])
  assert.deepEqual(west.stations.map(one => [one.station.code, one.byPost]), [['c', false], ['d', true]])
})

test('where two roads meet, each has its own next stations', () => {
  const at = (code: string, lat: number, lon: number, road: string) => ({ code, road, km_post: null, lat, lon })
  const here = at('b', 36, 104, 'G22/G30')
  const all = [here, at('a', 36, 105, 'G22'), at('c', 38, 104, 'G30')]
  assert.deepEqual(roadsOf(here.road), ['G22', 'G30'])
  const ahead = roadsOf(here.road).map(road => neighbours(here, all, road).map(one => [one.title, ...one.stations.map(found => found.station.code)]))
  assert.deepEqual(ahead, [[['往东', 'a'], ['往西']], [['往北', 'c'], ['往南']]])
})

test('three kinds of scan give one code', () => {
  assert.equal(scanned({ q: encodeURIComponent('https://example.org/s/ABC') }), 'https://example.org/s/ABC')
  assert.equal(scanned({ scene: 's%3DABC' }), 's=ABC')
  assert.equal(scanned({ code: '%E0%A4%A' }), '%E0%A4%A')
  assert.equal(scanned({}), null)
  const [, query] = landing('https://example.org/s/A B?x=1').split('code=')
  assert.equal(scanned({ code: query }), 'https://example.org/s/A B?x=1')
})

const SCHEMA = {
  type: 'object',
  properties: {
    what: { type: 'string', title: '什么', enum: ['甲', '乙'] },
    signs: { type: 'array', title: '情况', items: { enum: ['疼', '晕'] } },
    n: { type: 'integer', title: '几份', minimum: 1 },
    yes: { type: 'boolean', title: '报警了' },
    note: { type: 'string', title: '备注', maxLength: 20 },
    strange: { type: 'object', title: '怪' },
    offer_id: { type: 'string' },
  },
}

test('a form is drawn from the schema, and only what was filled in is sent', () => {
  const fields = fieldsOf(SCHEMA)
  assert.deepEqual(fields.map(one => one.as), ['one', 'some', 'number', 'yes', 'text'])
  const values = { what: '甲', signs: [], n: '2', yes: false, note: '  ', more: 'x' }
  assert.deepEqual(details(fields, values), { what: '甲', n: 2 })
  assert.deepEqual(details(fields, { n: 'two' }), {})
  assert.equal(toggled(fields[0], '甲', '甲'), '')
  assert.deepEqual(toggled(fields[1], ['疼'], '晕'), ['疼', '晕'])
  assert.deepEqual(toggled(fields[1], ['疼'], '疼'), [])
  assert.deepEqual(lines(fields, { what: '甲', yes: true, signs: ['疼', '晕'] }).map(one => one.value), ['甲', '疼、晕', '是'])
  assert.deepEqual(lines(fields, { signs: [] }), [], 'nothing chosen is no line')
})

test('whatever goes wrong is one sentence', () => {
  assert.match(unanswered('request:fail timeout').sentence, /网太慢/)
  assert.ok(unanswered('request:fail').later)
  const busy = refused(429, { code: 'api.too_many', detail: '太多', status: 429 }, '7')
  assert.equal(busy.sentence, '点得太快了，过 7 秒再试。')
  assert.ok(busy.later)
  const bad = refused(422, { code: 'api.invalid', detail: '填写有误。', status: 422, errors: [{ field: 'text', message: '不能为空或太短' }] }, '')
  assert.equal(bad.sentence, '填写有误。（不能为空或太短）')
  assert.ok(!bad.later)
  assert.ok(refused(502, '<html>', '').later, "a proxy's page is no decision")
  assert.ok(refused(409, { code: 'api.in_progress', detail: '', status: 409 }, '').later)
  assert.ok(!refused(409, { code: 'duty.full', detail: '满了', status: 409 }, '').later)
  assert.equal(told(new Error('boom')), '出了点意外，请再试一次。')
  assert.ok(told(new Trouble('没有信号')) === '没有信号')
})

const REQUEST = {
  created_at: '2026-11-29T00:00:00+08:00', state: 'new', holder: null, unit: null, text: '灯坏了', written_at: null, uploads: [],
  clocks: { ack_by: '2026-11-29T00:40:00+08:00', answer_by: '2026-11-29T02:00:00+08:00', close_by: '2026-11-30T00:00:00+08:00', breached: [] },
  messages: [{ id: 'm', at: '2026-11-29T00:20:00+08:00', from: 'staff', name: '甲', text: '就来', uploads: [], written_at: null }],
  timeline: [{ at: '2026-11-29T00:10:00+08:00', what: 'claimed', by: '甲', text: '接手' }, { at: '2026-11-29T00:20:00+08:00', what: 'replied', by: '甲', text: '答复' }],
} as never

test('a request tells who has it, and the truth when nobody has', () => {
  assert.deepEqual(holderLine(REQUEST, NOW), { lit: false, name: '还没有人接', note: '提醒已经发到值班室' })
  const clock = clockLine(REQUEST, NOW)
  assert.deepEqual([clock.elapsed, clock.due, clock.left, clock.share], ['30:00', '00:40 前有人接', '还有 10 分钟', 75])
  const late = clockLine(REQUEST, new Date('2026-11-28T16:50:00Z'))
  assert.deepEqual([late.left, late.late], ['过了 10 分钟', true])
  const next = (value: object, more = {}) => nextLine({ ...REQUEST, next: { name: null, ...value }, ...more } as typeof REQUEST, NOW)
  assert.equal(nextLine(REQUEST, NOW), '', 'nobody comes next')
  assert.equal(next({ role: 'supervisor', title: '值班主管', name: '示例主管', at: '2026-11-28T16:40:00Z' }), '00:40 还没人接，就叫值班主管（示例主管）')
  assert.equal(next({ role: 'centre', title: '值班中心', at: '2026-11-28T16:29:00Z' }), '正在叫值班中心', 'its time has come')
  assert.equal(next({ role: 'centre', title: '值班中心', at: '2026-11-29T16:00:00Z' }, { holder: { name: '示例', since: '' } }), '明天 00:00 还没办，就叫值班中心')
  assert.equal(next({ role: 'driver', title: '您', at: '2026-11-28T17:00:00Z' }, { state: 'waiting' }), '轮到您了：等您补一句，01:00 前')
  assert.equal(next({ role: 'driver', title: '您', at: null }, { state: 'answered' }), '轮到您了：办好没有，您说一声')
  assert.deepEqual(entries(REQUEST, NOW).map(one => one.text), ['灯坏了', '接手', '就来'])
})

test('to the driver his own steps are his, to the desk they are his by name; an unchecked photo says who sees it', () => {
  const at = '2026-11-29T00:15:00+08:00'
  const photo = { id: 'u', kind: 'image', url: '/u', mark: '未审' }
  const request = { ...(REQUEST as object), uploads: [photo], timeline: [{ at, what: 'reopened', by: '乙', text: '没办好' }, { at, what: 'claimed', by: '甲', text: '接手' }] } as never
  assert.deepEqual(entries(request, NOW).filter(one => one.step).map(one => one.who), ['您', '甲'])
  assert.deepEqual(entries(request, NOW, 'desk').filter(one => one.step).map(one => one.who), ['乙', '甲'])
  const [first, ...rest] = entries(request, NOW)
  assert.deepEqual([first.photos, first.note], [[{ url: '/u', mark: '' }], '照片等着审核，先只有您和值班台看得到'])
  assert.ok(rest.every(one => one.note === ''))
})

test('what nobody has looked at for a day is not passed off as known', () => {
  const basics = Object.fromEntries(['parking', 'hot_water', 'meal_heating', 'shower', 'laundry'].map(name => [name, { state: 'ok', as_of: '2026-11-26T00:00:00Z' }]))
  const station = { code: 'GS001', name: '一二三四五六七八九服务区', road: 'G30', km_post: '~K366', prefecture: '某市', example: true, status: 'open', sides: [{ side: 'A', heading: null }], basics }
  assert.deepEqual([...new Set(basicLines(station as never, NOW).map(one => one.word))], ['说不准'])
  const shown = plate(station as never, 'A', '')
  assert.deepEqual([shown.km, shown.side, shown.long, shown.note], ['约 K366', 'A 侧', true, '示例'])
  assert.equal(stillHere({ scanned_at: '2026-11-27T00:00:00Z' } as never, NOW), null)
})

test('keys are UUIDs of version 4, each another', () => {
  const some = new Set(Array.from({ length: 1000 }, uuid))
  assert.equal(some.size, 1000)
  for (const one of some) assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
