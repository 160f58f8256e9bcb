// The frame of every page: title bar, what waits for signal, the emergency dock at the same place, the tabs.
import { back, go } from '../../lib/go'
import { sosAt } from '../../lib/here'
import { look } from '../../lib/look'
import { dial } from '../../lib/phone'
import { listen, waiting } from '../../lib/sending'

const TABS = [
  { name: 'home', icon: 'home', title: '首页', to: '/pages/home/index' },
  { name: 'stations', icon: 'board', title: '站点', to: '/pages/stations/index' },
  { name: 'matters', icon: 'list', title: '我的事', to: '/pages/matters/index' },
  { name: 'me', icon: 'person', title: '我的', to: '/pages/me/index' },
]

let stop: (() => void) | null = null

Component({
  options: { multipleSlots: true },
  properties: {
    title: { type: String, value: '' },
    sub: { type: String, value: '' },
    /** The tab that is shown, on the four first pages. */
    tab: { type: String, value: '' },
    /** The seal before the title; never on an emergency's page. */
    seal: { type: Boolean, value: false },
    /** The page of an emergency: its own dock, its own colour on top. */
    alarm: { type: Boolean, value: false },
    /** Whether what waits is told on top; not on the page that shows the queue itself. */
    quiet: { type: Boolean, value: false },
    /** The answer is on its way, and there is nothing yet to look at. */
    loading: { type: Boolean, value: false },
    /** Why there is nothing to look at; with a way to ask again: the event `again`. */
    trouble: { type: String, value: '' },
    /** What is looked at was seen before, and why there is nothing newer; with the same way. */
    old: { type: String, value: '' },
    /** Where one is known to be by what this page has just learnt; without it the emergency page knows the last check-in. */
    at: { type: String, value: '' },
    atName: { type: String, value: '' },
    atSide: { type: String, value: '' },
  },
  data: { look: '', top: 24, bar: 44, side: 104, tabs: TABS, waiting: 0 },
  lifetimes: {
    attached() {
      const { statusBarHeight, windowWidth } = wx.getWindowInfo()
      const capsule = wx.getMenuButtonBoundingClientRect()
      this.setData({
        top: statusBarHeight,
        bar: capsule.height + 2 * (capsule.top - statusBarHeight),
        side: windowWidth - capsule.left + 8,
      })
      this.refresh()
    },
  },
  pageLifetimes: {
    show() {
      this.refresh()
      stop?.()
      stop = listen(count => this.setData({ waiting: count }))
    },
  },
  methods: {
    refresh() {
      this.setData({ look: look(), waiting: waiting().length })
    },
    back,
    again() {
      this.triggerEvent('again')
    },
    sos() {
      go(sosAt(this.data.at, this.data.atName, this.data.atSide))
    },
    call120: () => dial('120'),
    seeWaiting: () => go('/pages/waiting/index'),
    toTab(event: WechatMiniprogram.TouchEvent) {
      go(event.currentTarget.dataset.to as string)
    },
  },
})
