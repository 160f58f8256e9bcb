// Where the service is. A released version speaks to one host only, which must stand in WeChat's list of domains.

/** The service of a released or trial version, such as `https://…`, without a slash at the end. */
export const RELEASED = ''

const LOCAL = 'http://127.0.0.1:8000'

function develop(): boolean {
  return wx.getAccountInfoSync().miniProgram.envVersion === 'develop'
}

/** In a develop version the storage key `server` may name another address (a phone on the same network). */
export function server(): string {
  return develop() ? (wx.getStorageSync('server') as string) || LOCAL : RELEASED
}

/** In a develop version the storage key `person` may say whom to be: the stand-in WeChat knows `demo:staff`, and no code that DevTools makes up. */
export function person(): string {
  return develop() ? (wx.getStorageSync('person') as string) : ''
}
