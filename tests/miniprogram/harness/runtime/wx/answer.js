// How every `wx` call answers: by `success`/`fail`/`complete`, or by a promise where none of them is given.
import { note } from '../control.js'

/** A call that settles later; `work` returns the result or throws `{errMsg}`. */
export function call(name, work) {
  return (options = {}) => {
    note(name, options)
    const settled = Promise.resolve().then(() => work(options)).then(
      result => ({ errMsg: `${name}:ok`, ...result }),
      problem => Promise.reject(problem?.errMsg ? problem : { errMsg: `${name}:fail ${problem?.message ?? problem}` }),
    )
    if (!options.success && !options.fail && !options.complete) return settled
    settled.then(
      result => { options.success?.(result); options.complete?.(result) },
      problem => { options.fail?.(problem); options.complete?.(problem) },
    )
    return undefined
  }
}

export function refuse(name, why) {
  return Promise.reject({ errMsg: `${name}:fail ${why}` })
}
