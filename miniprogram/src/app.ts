// Begins the mini-program: whatever waited for signal goes out as soon as there is some.
import { sendWaiting } from './lib/sending'

const RETRY_MS = 20_000

function tryNow(): void {
  void sendWaiting().catch(() => undefined)
}

App({
  onLaunch() {
    wx.onNetworkStatusChange(state => {
      if (state.isConnected) tryNow()
    })
    setInterval(tryNow, RETRY_MS)
  },
  onShow: tryNow,
})
