// Where the phone is, only when asked by a tap and allowed; it is compared on the phone and forgotten.
import type { Point } from './geo'

export async function whereAmI(): Promise<Point | null> {
  try {
    const found = await wx.getLocation({ type: 'wgs84' })
    return { lat: found.latitude, lon: found.longitude }
  } catch {
    return null
  }
}
