// One bulletin: where and for whom, what changed, the text, who says so; and the way to the version that holds.
import { tryAgain } from '../../lib/again'
import { changes, stretches, validity } from '../../lib/bulletin'
import { now } from '../../lib/clock'
import { goTo } from '../../lib/go'
import { call } from '../../lib/http'
import { when } from '../../lib/time'
import { told } from '../../lib/trouble'

Page({
  data: { title: '', kind: '', roads: [] as string[], valid: '', newer: '', changes: [] as string[], html: '', source: '', published: '', trouble: '' },

  id: '',

  onLoad(query: Record<string, string | undefined>) {
    this.id = query.id ?? ''
    void this.load()
  },

  ...tryAgain<{ load(): Promise<void> }>(page => page.load()),
  async load() {
    try {
      const found = await call('GET /bulletins/{id}', { path: { id: this.id }, anonymous: true })
      this.setData({
        title: found.title,
        kind: found.category_title,
        roads: stretches(found),
        valid: validity(found, now()),
        newer: found.superseded_by ?? '',
        changes: changes(found),
        html: found.body_html,
        source: found.source ?? '',
        published: found.published_at ? `${when(found.published_at, now())} 发布` : '',
      })
    } catch (problem) {
      this.setData({ trouble: told(problem) })
    }
  },
  goTo,
})
