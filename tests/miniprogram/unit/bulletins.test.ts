// News of the roads that one is on: both where two meet, told once; and which of the chips is lit.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { fresh, opened, phone } from './phone'
import '../../../miniprogram/src/pages/bulletins/index'

const bulletin = (id: string, hour: number) => ({ id, title: id, category_title: '路况', published_at: `2026-11-28T${hour}:00:00+08:00`, roads: [], changes: [], expired: false, expires_at: null, superseded_by: null })

const PAGES: Record<string, { items: unknown[]; next_cursor: string | null }> = {
  '': { items: [bulletin('elsewhere', 23)], next_cursor: null },
  'G22': { items: [bulletin('both', 20), bulletin('g22', 12)], next_cursor: 'more' },
  'G30': { items: [bulletin('g30', 22), bulletin('both', 20)], next_cursor: null },
  'G22 more': { items: [bulletin('g22 old', 10)], next_cursor: null },
}

beforeEach(() => {
  fresh()
  phone.shelf.here = { station: 'GS002' }
  phone.shelf.cards = [{ at: '', etag: '', data: { code: 'GS002', road: 'G22/G30' } }]
  phone.answer = ({ url }) => {
    const query = new URL(url, 'http://x').searchParams
    return { statusCode: 200, data: url.includes('/bulletins') ? PAGES[[query.get('road') ?? '', query.get('cursor') ?? ''].filter(Boolean).join(' ')] : { items: [] } }
  }
})

const settled = () => new Promise(done => setTimeout(done))
const titles = (page: ReturnType<typeof opened>) => (page.data.lines as Array<{ title: string }>).map(one => one.title)

test('who stands where two roads meet reads of both, the newest first, each once', async () => {
  const page = opened()
  assert.equal(page.data.road, 'G22、G30')
  page.flipRoad()
  await settled()
  assert.deepEqual([titles(page), page.data.more], [['g30', 'both', 'g22'], true])
  phone.sent = []
  page.loadMore()
  await settled()
  assert.deepEqual([titles(page), page.data.more], [['g30', 'both', 'g22', 'g22 old'], false])
  assert.equal(phone.sent.length, 1, 'only the road that has older ones is asked')
})

test('all means all roads; a kind keeps the road', async () => {
  const page = opened()
  const pick = (kind: string) => page.pickKind({ currentTarget: { dataset: { kind } } })
  page.flipRoad()
  pick('policy')
  assert.deepEqual([page.data.kind, page.data.onRoad], ['policy', true])
  pick('')
  await settled()
  assert.deepEqual([page.data.kind, page.data.onRoad, titles(page)], ['', false, ['elsewhere']])
})

test('the first page has the news of both roads too', async () => {
  await import('../../../miniprogram/src/pages/home/index')
  const page = opened()
  page.data.here = { road: 'G22/G30' }
  await page.loadNews()
  assert.deepEqual((page.data.news as Array<{ id: string }>).map(one => one.id), ['g30', 'both'])
})
