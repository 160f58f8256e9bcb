// Our own icons, drawn on a grid of 28, as one style sheet: a mask over the colour of the text beside it.
//   node tools/icons.mjs     writes src/styles/icons.wxss
import fs from 'node:fs'
import path from 'node:path'

const FILE = path.join(import.meta.dirname, '../src/styles/icons.wxss')
const f = d => `<path fill='#000' stroke='none' d='${d}'/>`
const p = d => `<path d='${d}'/>`
const c = (x, y, r) => `<circle cx='${x}' cy='${y}' r='${r}'/>`

export const ICONS = {
  seal: `<rect x='2.2' y='2.2' width='23.6' height='23.6' rx='3.5'/>` + p('M6 13.500 14 7l8 6.500M8.5 22l3.4-9M19.5 22l-3.400-9M14 14v1.500M14 18.500v3'),
  cross: f('M11 4h6v7h7v6h-7v7h-6v-7H4v-6h7z'),
  phone: f('M8.4 3.6 11.6 9c.3.6.2 1.2-.3 1.7l-1.9 1.8c1.3 2.7 3.4 4.8 6.1 6.1l1.8-1.9c.5-.5 1.1-.6 1.7-.3l5.4 3.2c.6.4.8 1.1.5 1.7-1.1 2.3-2.9 3.5-5.2 3.300C11.3 24 4 16.7 3.4 8.3c-.2-2.3 1-4.1 3.3-5.2.6-.3 1.3-.1 1.7.5z'),
  scan: p('M4 9V6a2 2 0 0 1 2-2h3M19 4h3a2 2 0 0 1 2 2v3M24 19v3a2 2 0 0 1-2 2h-3M9 24H6a2 2 0 0 1-2-2v-3M4 14h20'),
  bowl: p('M3.5 13h21c0 5-3.5 9-8 10v1.500h-5V23c-4.500-1-8-5-8-10zM9.5 9c-1.300-1.500 1.300-2.500 0-4.500M14 9c-1.300-1.500 1.300-2.500 0-4.500M18.5 9c-1.300-1.500 1.300-2.500 0-4.500'),
  shower: p('M6 25V8a4 4 0 0 1 8 0M9 12a5 5 0 0 1 10 0zM11 16v2M14 16v5M17 16v2'),
  hot_water: p('M6 11h12v10a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3zM18 13h2.500a2.500 2.500 0 0 1 2.500 2.500v2a2.500 2.500 0 0 1-2.500 2.500H18M9.500 7.500C8.500 6 10.500 5 9.500 3.500M14.500 7.500c-1-1.500 1-2.500 0-4'),
  meal_heating: p('M4 20h20M6.500 20c0-5 3.300-8 7.500-8s7.500 3 7.500 8M14 12v-2M5 24h18M9 7.500C8 6 10 5.500 9 4M19 7.500c-1-1.500 1-2 0-3.500'),
  laundry: `<rect x='5' y='3.5' width='18' height='21' rx='2'/>` + c(14, 15.5, 5) + p('M9 7.500h3M10 16c1.300-1.200 2.700-1.200 4 0s2.700 1.200 4 0'),
  parking: `<rect x='4' y='4' width='20' height='20' rx='3'/>` + p('M11 20V8.500h4a3.700 3.700 0 0 1 0 7.500h-4'),
  bed: p('M3.500 22v-15M3.500 18.500h21V22M24.500 18.500V15c0-2-1.500-3.500-3.500-3.500h-9v7') + c(7.8, 14, 2.2),
  truck: p('M5.400 20H3V7h13v13h-4.400M16 11h5l4 5v4h-1.900M16.900 20H16') + c(8.5, 20.5, 2.7) + c(20, 20.5, 2.7),
  speech: p('M4 5h20v14H13l-5 4.500V19H4zM9 10.500h10M9 14h6'),
  door: p('M6 24.500v-20h13v20M3.500 24.500h18M15 14.500v1.500M23 10l2-1.500M23.500 14.500H26M23 19l2 1.500'),
  snow: p('M14 3.500v21M4.900 8.700l18.200 10.600M23.100 8.700 4.900 19.300M11 5.500l3 2.500 3-2.500M11 22.500l3-2.500 3 2.500'),
  camera: p('M4 8.500h5L11 5h6l2 3.500h5V23H4z') + c(14, 15.5, 4.2),
  waiting: p('M8 4h12M8 24h12M9.500 4c0 5.500 2 7 4.500 10-2.500 3-4.500 4.500-4.500 10M18.500 4c0 5.500-2 7-4.500 10 2.500 3 4.500 4.500 4.500 10'),
  nosignal: p('M5 23.500v-3.500M11.500 23.500v-8M18 23.500V11M24.500 23.500V5M4 5l7 7M11 5l-7 7'),
  board: p('M5 4h18v11H5zM14 15v9.500M9.500 24.500h9M9.500 9.500h9'),
  list: p('M5 4h18v20H5zM9.500 10h9M9.500 14.500h9M9.500 19h5'),
  person: c(14, 9.5, 5) + p('M4.500 24.500c.8-5 4.700-7.500 9.500-7.500s8.700 2.500 9.500 7.500'),
  home: p('M3.500 14 14 4.500 24.500 14M7 11.500V23.500h14V11.500M14 23.500v-3.500M14 17v-2'),
  sideA: p('M14 4v4M14 12v4M14 20v4') + f('M3 4h7v20H3z') + p('M18.500 5h5.500v18h-5.500z'),
  sideB: p('M14 4v4M14 12v4M14 20v4') + f('M18 4h7v20h-7z') + p('M4 5h5.500v18H4z'),
  go: p('m10.500 6 8 8-8 8'),
  back: p('M17.500 5 8.500 14l9 9'),
  tick: `<path stroke-width='4' d='m5 14.500 6.500 6.500L23.500 7.500'/>`,
  close: p('M6 6l16 16M22 6 6 22'),
  rest: p('M21.500 17.500A9.500 9.500 0 1 1 11 5.500a7.500 7.500 0 0 0 10.500 12zM17.500 5h6l-6 6.500h6'),
  road: p('M8.500 4 4 24M19.500 4 24 24M14 4v4M14 12v4M14 20v4'),
  bell: p('M14 4a7 7 0 0 1 7 7v5l2.500 4h-19L7 16v-5a7 7 0 0 1 7-7zM11.500 23.500a2.600 2.600 0 0 0 5 0'),
  place: p('M14 25c5-6 8-9.800 8-13.500a8 8 0 0 0-16 0C6 15.200 9 19 14 25z') + c(14, 11.5, 2.8),
  calendar: p('M4 6.500h20V24H4zM4 11.500h20M9.500 3.500v5M18.500 3.500v5'),
}

const sheet = (drawn, name) => {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28' fill='none' stroke='#000' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'>${drawn}</svg>`
  const url = svg.replace(/#/g, '%23').replace(/</g, '%3C').replace(/>/g, '%3E')
  return `.i-${name} { --drawn: url("data:image/svg+xml,${url}"); }`
}

export const text = [
  '/* Made by tools/icons.mjs; not to be edited by hand. */',
  '.i { flex: none; width: 56rpx; height: 56rpx; background: currentColor; -webkit-mask: var(--drawn) center / contain no-repeat; mask: var(--drawn) center / contain no-repeat; }',
  '.i.s { width: 44rpx; height: 44rpx; }',
  '.i.l { width: 72rpx; height: 72rpx; }',
  ...Object.entries(ICONS).map(([name, drawn]) => sheet(drawn, name)),
  '',
].join('\n')

if (process.argv[1] === import.meta.filename) fs.writeFileSync(FILE, text)
