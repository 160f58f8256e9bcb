// The stack of pages and the tabs, with the life of each page as WeChat tells it.
import { backendOf, space } from './engine.js'
import { note } from './control.js'
import { call, refuse } from './wx/answer.js'

const DEEPEST = 10
let app, known, configs
const stack = []
const tabs = new Map()

export function useRoutes(project) {
  ({ app, pages: known, configs } = project)
}

const clean = url => url.split('?')[0].replace(/^\//, '')
const isTab = path => Boolean(app.tabBar?.list.some(one => one.pagePath === path))
/** WeChat hands the query on as it stands: a page decodes it itself. */
const query = url => Object.fromEntries((url.split('?')[1] ?? '').split('&').filter(Boolean).map(pair => {
  const at = pair.indexOf('=')
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)]
}))

class Shown {
  constructor(url) {
    this.path = clean(url)
    if (!known.includes(this.path)) throw new Error(`no page ${this.path}`)
    if (configs[this.path].navigationStyle !== 'custom' && app.window?.navigationStyle !== 'custom') {
      throw new Error(`${this.path}: a navigation bar of WeChat's own is not in the harness`)
    }
    const stage = document.getElementById('stage')
    const place = document.createElement('div')
    stage.append(place)
    this.root = backendOf.createRoot('page-root', space, `/${this.path}`)
    this.page = this.root.get()
    Object.assign(this.page, { route: this.path, options: query(url) })
    this.place = place
  }

  open() {
    this.tell('onLoad', this.page.options)
    this.root.attach(document.getElementById('stage'), this.place)
    this.element = this.root.getComponent().getBackendElement()
    this.element.setAttribute('data-page', this.path)
    this.show()
    this.tell('onReady')
  }

  show() {
    this.element.style.display = ''
    this.root.getComponent().triggerPageLifetime?.('show', [])
    this.tell('onShow')
  }

  hide() {
    this.element.style.display = 'none'
    this.root.getComponent().triggerPageLifetime?.('hide', [])
    this.tell('onHide')
  }

  close() {
    this.tell('onUnload')
    const element = this.element // gone from the root once it is released
    this.root.release()
    element.remove()
  }

  tell(name, argument) {
    this.page[name]?.call(this.page, argument)
  }
}

const top = () => stack.at(-1)

function open(url) {
  if (stack.length >= DEEPEST) return refuse('navigateTo', 'webview count limit exceed')
  const shown = new Shown(url)
  top()?.hide()
  stack.push(shown)
  if (isTab(shown.path)) tabs.set(shown.path, shown)
  shown.open()
  return {}
}

function closeTop() {
  const shown = stack.pop()
  if (isTab(shown.path)) shown.hide() // a tab stays alive
  else shown.close()
}

function navigateTo({ url }) {
  if (isTab(clean(url))) return refuse('navigateTo', `can not navigateTo a tabbar page`)
  return open(url)
}

function redirectTo({ url }) {
  if (isTab(clean(url))) return refuse('redirectTo', `can not redirectTo a tabbar page`)
  closeTop()
  return open(url)
}

function navigateBack({ delta = 1 } = {}) {
  for (let at = 0; at < delta && stack.length > 1; at++) closeTop()
  top().show()
  return {}
}

function switchTab({ url }) {
  const path = clean(url)
  if (!isTab(path)) return refuse('switchTab', `${path} is no tab`)
  if (url.includes('?')) return refuse('switchTab', 'a tab takes no query')
  if (top()?.path === path) return {}
  while (stack.length) closeTop()
  const kept = tabs.get(path)
  if (!kept) return open(url)
  stack.push(kept)
  kept.show()
  return {}
}

export function reLaunch({ url }) {
  for (const shown of new Set([...stack, ...tabs.values()])) shown.close()
  stack.length = 0
  tabs.clear()
  return open(url)
}

/** The app goes to the background and comes back; pages hear of it too. */
export function background() {
  top()?.hide()
}

export function foreground() {
  top()?.show()
}

export const pagesNow = () => stack.map(one => one.page)

export const router = {
  navigateTo: call('navigateTo', navigateTo),
  redirectTo: call('redirectTo', redirectTo),
  navigateBack: call('navigateBack', navigateBack),
  switchTab: call('switchTab', switchTab),
  reLaunch: call('reLaunch', reLaunch),
  pageScrollTo: call('pageScrollTo', ({ scrollTop = 0 }) => { note('scroll', scrollTop); top().element.scrollTop = scrollTop; return {} }),
  stopPullDownRefresh: call('stopPullDownRefresh', () => ({})),
}
