// What the person outside the phone decides: who he is, what the camera sees, what he answers to WeChat's questions.
// Kept for the tab, so that a reload is the same phone; tests and the panel change it through `window.harness`.
const KEY = 'harness'

const DEFAULTS = {
  person: 'driver', // signs in as demo:<person>
  scan: null, // what wx.scanCode gives; null is "cancelled"
  location: null, // {latitude, longitude}; null is "refused"
  subscribe: 'accept',
  phoneCode: 'demo:13800000001',
  photo: null, // a data: URL that wx.chooseMedia gives; null is a small picture of its own
  fontSize: 16,
}

const kept = JSON.parse(sessionStorage.getItem(KEY) ?? '{}')
const asked = new URLSearchParams(window.location.search)
if (asked.get('person')) kept.person = asked.get('person')

export const control = { ...DEFAULTS, ...kept }

/** Every call to `wx` that a test may want to see: `[name, options]`. */
export const calls = []

export function note(name, options) {
  calls.push([name, options])
}

export function change(values) {
  Object.assign(control, values)
  sessionStorage.setItem(KEY, JSON.stringify(control))
}

/** One phone a person: what is stored belongs to whoever is signed in to WeChat. */
export const shelf = () => `mp:${control.person}:`
