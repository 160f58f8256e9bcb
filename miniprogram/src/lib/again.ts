// What 再试一次 does to a page: what was wrong is taken away, so that it says that it is opening; then it asks anew.
interface Troubled {
  setData(values: { trouble: string; old: string }): void
}

/** The page's answer to the frame's `again`; `work` is how it loads. */
export function tryAgain<P extends object>(work: (page: P) => unknown) {
  return {
    again(this: P): void {
      ;(this as unknown as Troubled).setData({ trouble: '', old: '' })
      void work(this)
    },
  }
}
