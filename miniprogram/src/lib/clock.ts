// The server's time on a phone whose clock may be wrong: both sides of a counter must look at one clock.

let ahead = 0

/** Learn from the `Date` header of any answer. */
export function learn(header: string | undefined): void {
  const said = header ? Date.parse(header) : NaN
  if (!Number.isNaN(said)) ahead = said - Date.now()
}

/** Now, by the server's clock. */
export function now(): Date {
  return new Date(Date.now() + (Math.abs(ahead) > 2000 ? ahead : 0))
}
