// What a page does again and again while it is seen; it rests when the page is hidden or gone.
const timers = new WeakMap<object, number>()

function rest(page: object): void {
  clearInterval(timers.get(page) ?? 0)
}

/** The three lifetimes of a page that does `first` when it comes into sight, then `work` every so many milliseconds. */
export function whileSeen<P extends object>(everyMs: number, work: (page: P) => unknown, first: (page: P) => unknown = work) {
  return {
    onShow(this: P): void {
      rest(this)
      void first(this)
      timers.set(this, setInterval(() => void work(this), everyMs))
    },
    onHide(this: P): void {
      rest(this)
    },
    onUnload(this: P): void {
      rest(this)
    },
  }
}
