// Puts the phone together: the engine, the built-in components, `wx`, the pages; then the app begins.
import * as engine from './engine.js'
import { defineBuiltins } from './builtins.js'
import { calls, change, control } from './control.js'
import { buildPanel } from './panel.js'
import { background, foreground, pagesNow, reLaunch, router, useRoutes } from './router.js'
import { device } from './wx/device.js'
import { files } from './wx/files.js'
import { awaited, network } from './wx/network.js'
import { ui } from './wx/ui.js'

const NARROW = 520
let app = {}

/** What is missing throws by name: a test must not pass on silence. */
window.wx = new Proxy({ ...device, ...files, ...network, ...ui, ...router }, {
  get(known, name) {
    if (name in known || typeof name === 'symbol') return known[name]
    throw new Error(`wx.${name} is not in the harness`)
  },
})
window.App = options => { app = options }
window.getApp = () => app
window.getCurrentPages = pagesNow
window.harness = { control, calls, awaited, change, launch, background: hidden, foreground: shown }

export { engine }

/** Measure the screen, then show the page that the address names, or the first. */
export function begin(project) {
  defineBuiltins()
  useRoutes(project)
  document.documentElement.classList.toggle('framed', window.innerWidth > NARROW)
  measure()
  window.addEventListener('resize', measure)
  addCapsule()
  if (document.documentElement.classList.contains('framed')) void buildPanel(launch)
  wx.setStorageSync('server', window.location.origin) // only a develop version looks there
  app.onLaunch?.({ path: project.pages[0], query: {} })
  app.onShow?.({})
  launch(window.location.hash.slice(1) || `/${project.pages[0]}`)
}

/** As if the mini-program had been opened there: by a scan, by a message, by a colleague's card. */
function launch(url) {
  reLaunch({ url })
}

function hidden() {
  background()
  app.onHide?.()
}

function shown() {
  app.onShow?.({})
  foreground()
}

function measure() {
  const width = document.getElementById('phone').clientWidth
  document.documentElement.style.setProperty('--rpx', `${width / 750}px`)
}

function addCapsule() {
  const capsule = document.createElement('div')
  capsule.className = 'wx-capsule'
  capsule.setAttribute('aria-hidden', 'true')
  capsule.textContent = '··· ◎'
  document.getElementById('over').append(capsule)
}
