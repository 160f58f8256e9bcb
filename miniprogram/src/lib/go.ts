// Going somewhere: tabs are switched to, everything else is laid on top.
const TABS = ['/pages/home/index', '/pages/stations/index', '/pages/matters/index', '/pages/me/index']

export function go(url: string): void {
  if (TABS.includes(url)) void wx.switchTab({ url })
  else void wx.navigateTo({ url }).catch(() => wx.redirectTo({ url })) // ten pages deep is the most
}

/** Back, or home where there is no way back (the page was opened by a scan). */
export function back(): void {
  if (getCurrentPages().length > 1) void wx.navigateBack()
  else void wx.switchTab({ url: TABS[0] })
}

/** The way of a tappable row: it carries the address in `data-to`. */
export function goTo(event: WechatMiniprogram.TouchEvent): void {
  go(event.currentTarget.dataset.to as string)
}
