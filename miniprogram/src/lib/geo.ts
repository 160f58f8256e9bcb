// Distances, worked out on the phone: where somebody is never leaves it.
export interface Point {
  lat: number
  lon: number
}

const EARTH_M = 6_371_000
const rad = (degrees: number) => (degrees * Math.PI) / 180

/** Metres along the great circle. */
export function metres(a: Point, b: Point): number {
  const [p, q] = [rad(a.lat), rad(b.lat)]
  const half = Math.sin((q - p) / 2) ** 2 + Math.cos(p) * Math.cos(q) * Math.sin(rad(b.lon - a.lon) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)))
}

/** As the crow flies: the road is longer, so no decimals that would promise more. */
export function far(m: number): string {
  if (m < 1000) return '不到 1 公里'
  return `约 ${Math.round(m / 1000)} 公里`
}

/** The kilometre of a K-post: `K1721+500`, `~1721`, `1700-1750` (its middle); null when there is none. */
export function km(post: string | null | undefined): number | null {
  const found = (post ?? '').match(/\d+(?:[.+]\d+)?/g)
  if (!found) return null
  const numbers = found.slice(0, 2).map(text => {
    const [whole, metresAfter] = text.split('+')
    return Number(whole) + (metresAfter ? Number(metresAfter) / 1000 : 0)
  })
  const ranged = /\d\s*[-–]\s*K?\d/.test(post ?? '')
  return ranged && numbers.length === 2 ? (numbers[0] + numbers[1]) / 2 : numbers[0]
}

/** Whether a station stands on this road; `G22/G30` stands on both. */
export function onRoad(station: string, road: string): boolean {
  const roads = station.split('/')
  return road.split('/').some(one => roads.includes(one))
}

export interface Ahead<S> {
  station: S
  away: number
}

/** The stations of the same road on either side of this one, nearest first, by their K-posts. */
export function neighbours<S extends { code: string; road: string; km_post: string | null }>(
  here: S,
  all: S[],
): { up: Array<Ahead<S>>; down: Array<Ahead<S>> } {
  const from = km(here.km_post)
  if (from === null) return { up: [], down: [] }
  const road = here.road.split('/')[0]
  const others = all
    .filter(one => one.code !== here.code && onRoad(one.road, road))
    .flatMap(station => {
      const at = km(station.km_post)
      return at === null ? [] : [{ station, away: at - from }]
    })
  const near = (a: Ahead<S>, b: Ahead<S>) => a.away - b.away
  return {
    up: others.filter(one => one.away > 0).sort(near),
    down: others.filter(one => one.away < 0).map(one => ({ ...one, away: -one.away })).sort(near),
  }
}
