// Where the service is. A released version speaks to one host only, which must stand in WeChat's list of domains.

/** The service of a released or trial version, such as `https://…`, without a slash at the end. */
export const RELEASED = ''

const LOCAL = 'http://127.0.0.1:8000'

/** In a develop version the storage key `server` may name another address (a phone on the same network). */
export function server(): string {
  const develop = wx.getAccountInfoSync().miniProgram.envVersion === 'develop'
  if (!develop) return RELEASED
  return (wx.getStorageSync('server') as string) || LOCAL
}
