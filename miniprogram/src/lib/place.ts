// Where the phone is, only when asked by a tap and allowed; it is compared on the phone and forgotten.
import type { Point } from './geo'

let last: Point | null = null

/** Where it was when somebody last asked, as long as the app runs; never written down. */
export const lastPlace = () => last

export async function whereAmI(): Promise<Point | null> {
  try {
    const found = await wx.getLocation({ type: 'wgs84' })
    last = { lat: found.latitude, lon: found.longitude }
    return last
  } catch {
    return null
  }
}
