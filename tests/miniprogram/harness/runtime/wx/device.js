// The phone itself: who is signed in to WeChat, its storage, screen, camera, place, telephone and bell.
import { control, note, shelf } from '../control.js'
import { call, refuse } from './answer.js'

const phone = () => document.getElementById('phone')
const CAPSULE = { width: 87, height: 32, top: 28, right: 7 }

function windowInfo() {
  const { clientWidth: width, clientHeight: height } = phone()
  return {
    windowWidth: width, windowHeight: height, screenWidth: width, screenHeight: height, statusBarHeight: 24,
    pixelRatio: window.devicePixelRatio, safeArea: { top: 24, bottom: height, left: 0, right: width, width, height: height - 24 },
  }
}

function menuButton() {
  const right = phone().clientWidth - CAPSULE.right
  return { ...CAPSULE, right, left: right - CAPSULE.width, bottom: CAPSULE.top + CAPSULE.height }
}

const storage = {
  setStorageSync: (key, value) => localStorage.setItem(shelf() + key, JSON.stringify(value)),
  getStorageSync: key => {
    const kept = localStorage.getItem(shelf() + key)
    return kept === null ? '' : JSON.parse(kept)
  },
  removeStorageSync: key => localStorage.removeItem(shelf() + key),
  clearStorageSync: () => {
    for (const key of Object.keys(localStorage)) if (key.startsWith(shelf())) localStorage.removeItem(key)
  },
}

function sound() {
  const heard = { src: '', loop: false, play: () => note('sound', 'play'), stop: () => note('sound', 'stop'), destroy() {}, onError() {} }
  note('createInnerAudioContext')
  return heard
}

export const device = {
  ...storage,
  getWindowInfo: windowInfo,
  getMenuButtonBoundingClientRect: menuButton,
  getAppBaseInfo: () => ({ fontSizeSetting: control.fontSize, theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', SDKVersion: '3.8.0', language: 'zh_CN' }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'touristappid', envVersion: 'develop', version: '' } }),
  login: call('login', () => ({ code: `demo:${control.person}` })),
  scanCode: call('scanCode', () => control.scan ? { result: control.scan, scanType: 'QR_CODE' } : refuse('scanCode', 'cancel')),
  getLocation: call('getLocation', () => control.location ? { ...control.location, accuracy: 30 } : refuse('getLocation', 'auth deny')),
  makePhoneCall: call('makePhoneCall', () => ({})),
  vibrateLong: call('vibrateLong', () => ({})),
  vibrateShort: call('vibrateShort', () => ({})),
  setClipboardData: call('setClipboardData', () => ({})),
  setKeepScreenOn: call('setKeepScreenOn', () => ({})),
  createInnerAudioContext: sound,
  setInnerAudioOption: call('setInnerAudioOption', () => ({})),
  requestSubscribeMessage: call('requestSubscribeMessage', options => {
    if (options.tmplIds.length > 3) return refuse('requestSubscribeMessage', 'too many templates')
    return Object.fromEntries(options.tmplIds.map(id => [id, control.subscribe]))
  }),
}
