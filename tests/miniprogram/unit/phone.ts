// A phone for unit tests: its shelf, its answers, its pages. Imported before anything that asks for `wx` or `Page`.

export interface Asked {
  method: string
  url: string
  data?: Record<string, unknown>
  header: Record<string, string>
}

export interface Answer {
  statusCode: number
  data?: unknown
}

type Opened = { data: Record<string, unknown>; [name: string]: any }

const NOBODY: Answer = { statusCode: 0 }

export const phone = {
  shelf: {} as Record<string, unknown>,
  full: false, // nothing can be stored any more
  files: new Set<string>(),
  sent: [] as Asked[],
  said: [] as string[],
  dialled: [] as string[],
  went: [] as string[],
  scrolled: [] as number[],
  answer: (_: Asked): Answer => NOBODY,
}

/** As it comes out of the box, its owner signed in. */
export function fresh(): void {
  Object.assign(phone, { shelf: { token: 't' }, full: false, files: new Set<string>(), sent: [], said: [], dialled: [], went: [], scrolled: [], answer: () => NOBODY })
}

export function problem(status: number, code: string): Answer {
  return { statusCode: status, data: { status, code, detail: code } }
}

interface Settled extends Asked {
  title?: string
  filePath?: string
  success(answer: unknown): void
  fail(problem: { errMsg: string }): void
}

function settle(asked: Settled): void {
  phone.sent.push(asked)
  const answer = phone.answer(asked)
  if (answer === NOBODY || answer.statusCode === 0) asked.fail({ errMsg: 'request:fail' })
  else asked.success({ header: {}, data: {}, ...answer })
}

const there = (path: string) => {
  if (!phone.files.has(path)) throw new Error(`no such file ${path}`)
}

const pages: Opened[] = []

Object.assign(globalThis, {
  Page: (options: Opened) => pages.push(options),
  wx: {
    getStorageSync: (key: string) => structuredClone(phone.shelf[key]) ?? '',
    setStorageSync: (key: string, value: unknown) => {
      if (phone.full) throw new Error('storage is full')
      phone.shelf[key] = structuredClone(value)
    },
    removeStorageSync: (key: string) => delete phone.shelf[key],
    getAccountInfoSync: () => ({ miniProgram: { envVersion: 'develop' } }),
    getFileSystemManager: () => ({ accessSync: there, unlinkSync: (path: string) => phone.files.delete(path) }),
    login: ({ success }: { success(given: unknown): void }) => success({ code: 'c' }),
    request: settle,
    uploadFile: (asked: Settled) => {
      try {
        there(asked.filePath ?? '')
        settle({ ...asked, method: 'POST' })
      } catch (missing) {
        asked.fail({ errMsg: `uploadFile:fail ${(missing as Error).message}` })
      }
    },
    showToast: ({ title }: { title: string }) => phone.said.push(title),
    showModal: async () => ({ confirm: true, content: '在二楼' }),
    makePhoneCall: async ({ phoneNumber }: { phoneNumber: string }) => phone.dialled.push(phoneNumber),
    scanCode: async () => ({ result: 'scanned' }),
    vibrateLong: () => undefined,
    reLaunch: () => undefined,
    redirectTo: ({ url }: { url: string }) => phone.went.push(url),
    pageScrollTo: ({ scrollTop }: { scrollTop: number }) => phone.scrolled.push(scrollTop),
  },
})

/** The page whose module was imported last, opened. */
export function opened(query: Record<string, string> = {}): Opened {
  const page = pages[pages.length - 1]
  const shown: Opened = { ...page, data: structuredClone(page.data), setData: (values: object) => Object.assign(shown.data, values) }
  shown.onLoad?.(query)
  return shown
}
