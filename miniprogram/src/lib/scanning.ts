// Scanning inside the app: the camera gives the raw code, and leads nowhere by itself.
import { go } from './go'
import { landing } from './landing'

export async function scan(): Promise<void> {
  try {
    const { result } = await wx.scanCode({ scanType: ['qrCode', 'wxCode'] as never })
    go(landing(result))
  } catch {
    // the person turned back, or the camera is not allowed: the short code can be typed on the landing page
  }
}
