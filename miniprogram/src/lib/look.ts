// How large the letters are: as the person chose here, else as WeChat's own setting says.
import { kept } from './store'

const LARGE_FROM = 20 // WeChat's font size in px; 16 or 17 is ordinary

export function look(): string {
  const chosen = kept('letters')
  if (chosen) return chosen === 'big' ? 'big' : ''
  return (wx.getAppBaseInfo().fontSizeSetting ?? 16) >= LARGE_FROM ? 'big' : ''
}
