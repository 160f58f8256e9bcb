// wx.request, wx.uploadFile and wx.downloadFile on fetch; network changes as the browser tells them.
import { note } from '../control.js'
import { fileAt, keepPassing } from './files.js'

let pending = 0

/** How many answers are still to come; a test waits until there are none. */
export const awaited = () => pending

function settle(name, options, fetching) {
  pending += 1
  fetching.finally(() => { pending -= 1 }).then(
    result => { options.success?.(result); options.complete?.(result) },
    problem => {
      const told = { errMsg: `${name}:fail ${problem.name === 'TimeoutError' ? 'timeout' : problem.message}` }
      options.fail?.(told)
      options.complete?.(told)
    },
  )
}

function withTimeout(task, options) {
  return AbortSignal.any([task.signal, AbortSignal.timeout(options.timeout ?? 60_000)])
}

function request(options) {
  note('request', { method: options.method ?? 'GET', url: options.url })
  const task = new AbortController()
  settle('request', options, send(options, withTimeout(task, options)))
  return { abort: () => task.abort() }
}

/** Any HTTP status is a success here, as it is there. */
async function send(options, signal) {
  const method = (options.method ?? 'GET').toUpperCase()
  if (method === 'PATCH') throw new Error('wx.request has no PATCH')
  if (method === 'GET' && options.data) throw new Error('data of a GET is not in the harness: put it into the address')
  const body = options.data === undefined ? undefined : JSON.stringify(options.data)
  const header = { 'content-type': 'application/json', ...options.header }
  const answer = await fetch(options.url, { method, body, headers: header, signal, cache: 'no-store', redirect: 'follow' })
  const text = await answer.text()
  return { statusCode: answer.status, header: Object.fromEntries(answer.headers), data: read(text), errMsg: 'request:ok' }
}

function read(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function uploadFile(options) {
  note('uploadFile', { url: options.url })
  const task = new AbortController()
  settle('uploadFile', options, upload(options, withTimeout(task, options)))
  return { abort: () => task.abort(), onProgressUpdate() {} }
}

async function upload(options, signal) {
  const form = new FormData()
  for (const [name, value] of Object.entries(options.formData ?? {})) form.append(name, value)
  const file = await fileAt(options.filePath)
  form.append(options.name, file, 'photo.jpg')
  const answer = await fetch(options.url, { method: 'POST', body: form, headers: options.header, signal })
  return { statusCode: answer.status, data: await answer.text(), errMsg: 'uploadFile:ok' }
}

function downloadFile(options) {
  note('downloadFile', { url: options.url })
  const task = new AbortController()
  settle('downloadFile', options, download(options, withTimeout(task, options)))
  return { abort: () => task.abort(), onProgressUpdate() {} }
}

/** Whatever the status, the body is a file, as it is there. */
async function download(options, signal) {
  if (options.filePath) throw new Error('filePath of downloadFile is not in the harness')
  const answer = await fetch(options.url, { headers: options.header, signal, cache: 'no-store' })
  return { statusCode: answer.status, tempFilePath: keepPassing(await answer.blob()), errMsg: 'downloadFile:ok' }
}

export const network = {
  request,
  uploadFile,
  downloadFile,
  onNetworkStatusChange(tell) {
    const say = () => tell({ isConnected: navigator.onLine, networkType: navigator.onLine ? '4g' : 'none' })
    window.addEventListener('online', say)
    window.addEventListener('offline', say)
  },
}
