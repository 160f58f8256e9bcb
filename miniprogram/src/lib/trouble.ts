// Everything that can go wrong with a call, as one sentence that a driver can use.
import type { Problem } from 'contract'

export class Trouble extends Error {
  constructor(
    readonly sentence: string,
    /** 0 where no answer came. */
    readonly status: number = 0,
    /** The service's own stable code, such as `duty.full`. */
    readonly code: string = '',
    /** Seconds to wait before it makes sense to try again. */
    readonly wait: number = 0,
    /** The whole answer, for refusals that carry more (a revoked code still says where one is). */
    readonly body: Record<string, unknown> = {},
  ) {
    super(sentence)
  }

  /** Nothing was decided: the same thing may be sent again, with the same key. */
  get later(): boolean {
    return [0, 401, 429].includes(this.status) || this.status >= 500 || this.code === 'api.in_progress'
  }

  get offline(): boolean {
    return this.status === 0
  }
}

/** No answer: WeChat says why in its own words, a driver only needs to know what now. */
export function unanswered(errMsg: string): Trouble {
  if (/timeout/.test(errMsg)) return new Trouble('网太慢，没等到回话。您写的都还在，过会儿再试。')
  if (/interrupted/.test(errMsg)) return new Trouble('刚才切到后台，断开了。再试一次就好。')
  return new Trouble('没有信号，连不上。')
}

/** An answer that is no success, as problem+json or as whatever stood in the way. */
export function refused(status: number, data: unknown, retryAfter: string): Trouble {
  const problem = isProblem(data) ? data : null
  const wait = Number(retryAfter) || 0
  if (!problem) return new Trouble(status >= 500 ? '服务那头出了点毛病，过会儿再试。' : '没办成，请再试一次。', status, '', wait)
  return new Trouble(sentence(problem, wait), status, problem.code, wait, { ...problem })
}

function sentence(problem: Problem, wait: number): string {
  if (problem.status === 429 && wait > 0) return `点得太快了，过 ${wait} 秒再试。`
  const fields = (problem.errors ?? []).map(one => one.message).filter(Boolean)
  return fields.length > 0 ? `${problem.detail}（${[...new Set(fields)].join('；')}）` : problem.detail
}

function isProblem(data: unknown): data is Problem {
  return typeof data === 'object' && data !== null && 'code' in data && 'detail' in data
}

/** The sentence for anything that was thrown. */
export function told(problem: unknown): string {
  return problem instanceof Trouble ? problem.sentence : '出了点意外，请再试一次。'
}
