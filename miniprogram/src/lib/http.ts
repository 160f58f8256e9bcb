// One way to the service: the token, one silent sign-in when it has run out, time-outs, refusals as sentences.
import type { Calls, SignedIn, UploadOut } from 'contract'
import { learn } from './clock'
import { person, server } from './config'
import { drop, keep, kept } from './store'
import { refused, Trouble, unanswered } from './trouble'

const PATIENCE_MS = 12_000
const UPLOAD_PATIENCE_MS = 60_000
const BASE = '/api/v1'

export type Name = keyof Calls

type Part<K extends string, V> = V extends undefined ? unknown : Record<string, never> extends V ? { [P in K]?: V } : { [P in K]: V }
export type Given<C extends Name> = Part<'path', Calls[C]['path']> &
  Part<'query', Calls[C]['query']> &
  Part<'body', Calls[C]['body']> & { key?: string; etag?: string; patience?: number; anonymous?: boolean }

export interface Answer<T> {
  data: T
  status: number
  etag: string
}

interface Raw {
  path?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
  key?: string
  etag?: string
  patience?: number
  anonymous?: boolean
}

/** Call the service; a refusal or a silence is thrown as Trouble. */
export async function call<C extends Name>(name: C, given: Given<C>): Promise<Calls[C]['answer']> {
  return (await ask(name, given)).data
}

/** The same with status and tag; 304 is an answer too. */
export async function ask<C extends Name>(name: C, given: Given<C>): Promise<Answer<Calls[C]['answer']>> {
  const raw = given as Raw
  if (raw.anonymous) return checked(await send(name, raw)) as Answer<Calls[C]['answer']>
  return checked(await signedIn(() => send(name, raw))) as Answer<Calls[C]['answer']>
}

/** Do it with a sign-in; when that has died, renew it once and do it again. */
async function signedIn<A extends { statusCode: number }>(work: () => Promise<A>): Promise<A> {
  if (!kept('token')) await signIn()
  const used = kept('token')
  const first = await work()
  if (first.statusCode !== 401) return first
  if (signing || kept('token') === used) await signIn() // else another call has renewed it meanwhile
  return work()
}

function send(name: string, raw: Raw): Promise<WechatMiniprogram.RequestSuccessCallbackResult> {
  const [method, path] = name.split(' ')
  return new Promise((resolve, reject) => {
    wx.request({
      url: server() + BASE + address(path, raw),
      method: method as 'GET' | 'POST' | 'PUT' | 'DELETE',
      data: raw.body as WechatMiniprogram.IAnyObject | undefined,
      header: headers(raw),
      timeout: raw.patience ?? PATIENCE_MS,
      success: resolve,
      fail: problem => reject(unanswered(problem.errMsg)),
    })
  })
}

function address(path: string, raw: Raw): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(raw.path?.[part] ?? ''))
  const query = Object.entries(raw.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
  return query.length > 0 ? `${filled}?${query.join('&')}` : filled
}

function headers(raw: Raw): Record<string, string> {
  const token = raw.anonymous ? null : kept('token')
  return {
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(raw.key ? { 'Idempotency-Key': raw.key } : {}),
    ...(raw.etag ? { 'If-None-Match': raw.etag } : {}),
  }
}

/** Names of headers come in capitals on some phones and small on others. */
function header(all: Record<string, string>, name: string): string {
  const found = Object.keys(all ?? {}).find(key => key.toLowerCase() === name)
  return found ? String(all[found]) : ''
}

function checked(answer: WechatMiniprogram.RequestSuccessCallbackResult): Answer<unknown> {
  const all = answer.header as Record<string, string>
  learn(header(all, 'date'))
  const good = (answer.statusCode >= 200 && answer.statusCode < 300) || answer.statusCode === 304
  if (!good) throw refused(answer.statusCode, answer.data, header(all, 'retry-after'))
  return { data: answer.data, status: answer.statusCode, etag: header(all, 'etag') }
}

let signing: Promise<void> | null = null

/** Sign in without asking anything of anybody; calls that need it at the same moment share one sign-in. */
export function signIn(): Promise<void> {
  signing ??= fresh().finally(() => {
    signing = null
  })
  return signing
}

function loginCode(): Promise<string> {
  return new Promise((resolve, reject) => {
    if (person()) resolve(`demo:${person()}`)
    else wx.login({ success: given => resolve(given.code), fail: problem => reject(unanswered(problem.errMsg)) })
  })
}

async function fresh(): Promise<void> {
  drop('token')
  const code = await loginCode()
  const answer = checked(await send('POST /auth/wechat', { body: { code }, anonymous: true }))
  const signed = answer.data as SignedIn
  keep('token', signed.token)
  drop('left')
  keep('user', signed.user)
}

/** Send a file up; `key` makes a repeated attempt the same upload. */
export async function upload(path: string, key: string, purpose: 'request' | 'avatar' | 'document' | 'medical'): Promise<UploadOut> {
  return uploaded(await signedIn(() => uploadOnce(path, key, purpose)))
}

function uploadOnce(path: string, key: string, purpose: string): Promise<WechatMiniprogram.UploadFileSuccessCallbackResult> {
  return new Promise((resolve, reject) => {
    wx.uploadFile({
      url: `${server()}${BASE}/uploads`,
      filePath: path,
      name: 'file',
      formData: { purpose },
      header: headers({ key }),
      timeout: UPLOAD_PATIENCE_MS,
      success: resolve,
      fail: problem => reject(unanswered(problem.errMsg)),
    })
  })
}

function uploaded(answer: WechatMiniprogram.UploadFileSuccessCallbackResult): UploadOut {
  let data: unknown = null
  try {
    data = JSON.parse(answer.data)
  } catch {
    data = null // a proxy's page, not ours
  }
  if (answer.statusCode >= 300 || !data) throw refused(answer.statusCode, data, '')
  return data as UploadOut
}

export { Trouble }
