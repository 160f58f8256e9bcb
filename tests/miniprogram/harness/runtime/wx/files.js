// The phone's own files: photos chosen, files saved and downloaded. What is saved is kept as data: URLs, so that a reload finds it again.
import { control, shelf } from '../control.js'
import { call, refuse } from './answer.js'
import { viewer } from './ui.js'

const SAVED = 'wxfile://usr/'
const PASSING = 'wxfile://tmp_'
const SMALL = 640
const MARKS = { pdf: '%PDF-' }

/** What was downloaded: gone when the app is. */
const passing = new Map()

function place(path) {
  return `${shelf()}file:${path}`
}

/** Where a downloaded file lies until the app ends. */
export function keepPassing(blob) {
  const path = `${PASSING}${passing.size + 1}`
  passing.set(path, blob)
  return path
}

/** The content of a path as a Blob. */
export async function fileAt(path) {
  if (passing.has(path)) return passing.get(path)
  if (path.startsWith(PASSING)) throw new Error(`no such file ${path}`)
  const url = path.startsWith(SAVED) ? localStorage.getItem(place(path)) : path
  if (!url) throw new Error(`no such file ${path}`)
  return (await fetch(url)).blob()
}

/** A picture that is certainly nobody's. */
function drawn() {
  const canvas = Object.assign(document.createElement('canvas'), { width: SMALL, height: SMALL })
  const paint = canvas.getContext('2d')
  paint.fillStyle = '#0a5040'
  paint.fillRect(0, 0, SMALL, SMALL)
  paint.fillStyle = '#fff'
  paint.font = '120px sans-serif'
  paint.fillText('示例', 200, 360)
  return canvas.toDataURL('image/jpeg', 0.7)
}

const manager = {
  saveFileSync(tempFilePath) {
    const path = `${SAVED}${Date.now()}-${Math.random().toString(36).slice(2)}.jpg`
    localStorage.setItem(place(path), tempFilePath)
    return path
  },
  accessSync(path) {
    if (localStorage.getItem(place(path)) === null) throw new Error(`no such file ${path}`)
  },
  unlinkSync(path) {
    localStorage.removeItem(place(path))
  },
  writeFileSync(path, text) {
    localStorage.setItem(place(path), `data:application/json;base64,${btoa(unescape(encodeURIComponent(text)))}`)
  },
}

/** Opens what really is such a document, by its first bytes: a page that says no in words is none. */
async function openDocument({ filePath, fileType }) {
  const mark = MARKS[fileType]
  if (!mark) throw new Error(`wx.openDocument of ${fileType ?? 'a file without fileType'} is not in the harness`)
  const blob = await fileAt(filePath)
  const head = await blob.slice(0, mark.length).text()
  if (head !== mark) return refuse('openDocument', `not a ${fileType}: ${head}`)
  viewer(fileType, blob)
  return {}
}

export const files = {
  env: { USER_DATA_PATH: 'wxfile://usr' },
  getFileSystemManager: () => manager,
  chooseMedia: call('chooseMedia', () => {
    const path = control.photo ?? drawn()
    return { type: 'image', tempFiles: [{ tempFilePath: path, size: path.length, fileType: 'image' }] }
  }),
  previewImage: call('previewImage', () => ({})),
  openDocument: call('openDocument', openDocument),
  shareFileMessage: call('shareFileMessage', async options => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await fileAt(options.filePath))
    link.download = options.fileName ?? 'file'
    link.click()
    return {}
  }),
}

/** Where an <image> finds a saved file: the phone reads wxfile: itself. */
export function shown(path) {
  return path.startsWith(SAVED) ? (localStorage.getItem(place(path)) ?? '') : path
}
