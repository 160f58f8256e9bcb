// Entering a request for somebody else: one key for the same words, one's own kinds and stations, nothing empty sent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, empty, enough, keyed, kindsFor, opens, places } from '../../../miniprogram/src/pages/desk/lib/entry'

const kind = (name: string, never_refused = false) => ({ kind: name, title: `title of ${name}`, never_refused }) as never
const desk = { everywhere: false, stations: [{ code: 'GS001', name: '一站' }, { code: 'GS002', name: '二站' }], kinds: ['meal'] }
const user = (values: object) => ({ roles: [], home_station: null, ...values }) as never
const all = [{ code: 'GS001', name: '一站' }, { code: 'GS003', name: '三站' }] as never

test('the same words keep their key, other words get another', () => {
  const entry = { ...empty('GS001'), text: '灯坏了' }
  const first = keyed(entry, bodyOf(kind('facility'), [], entry))
  const tried = { ...entry, sent: first }
  assert.equal(keyed(tried, bodyOf(kind('facility'), [], tried)).key, first.key)
  const changed = { ...tried, text: '灯又坏了' }
  assert.notEqual(keyed(changed, bodyOf(kind('facility'), [], changed)).key, first.key)
})

test('nothing empty is sent, and blanks are nothing', () => {
  assert.deepEqual(bodyOf(kind('meal'), [], { ...empty(''), phone: ' ', place: ' ' }), { kind: 'meal', text: 'title of meal', details: {}, caller: {} })
  const full = { ...empty('GS001'), side: 'B', text: ' 面 ', place: '二楼', name: '示例', phone: '0931-0000002' }
  assert.deepEqual(bodyOf(kind('meal'), [], full), { kind: 'meal', text: '面', details: {}, caller: { name: '示例', phone: '0931-0000002' }, station: 'GS001', side: 'B', place_text: '二楼' })
})

test('a cry for help is enough by itself', () => {
  assert.equal(enough(kind('medical', true), [], empty('')), true)
  assert.equal(enough(kind('meal'), [], empty('')), false)
  assert.equal(enough(kind('meal'), [], { ...empty(''), text: '面' }), true)
})

test('one chooses among the stations of one’s own desk', () => {
  assert.deepEqual(places(user({ desk }), all), desk.stations)
  assert.deepEqual(places(user({ desk: { ...desk, everywhere: true, stations: [] } }), all).map(one => one.code), ['', 'GS001', 'GS003'])
  assert.deepEqual(places(user({ home_station: { code: 'GS001', name: '一站' } }), all), [{ code: 'GS001', name: '一站' }])
  assert.deepEqual(places(null, all), [])
})

test('one’s own kinds, and medical help for everybody', () => {
  const kinds = [kind('medical', true), kind('facility'), kind('meal')] as never[]
  assert.deepEqual(kindsFor(desk, kinds).map(one => one.kind), ['medical', 'meal'])
  assert.equal(kindsFor(undefined, kinds).length, 3)
})

test('what lies at another desk is not opened', () => {
  const made = (values: object) => ({ kind: 'meal', desk: 'GS002', ...values }) as never
  assert.equal(opens(desk, made({})), true)
  assert.equal(opens(desk, made({ desk: 'GS003' })), false)
  assert.equal(opens(desk, made({ kind: 'medical' })), false)
  assert.equal(opens({ ...desk, everywhere: true }, made({ desk: 'GS003' })), true)
})
