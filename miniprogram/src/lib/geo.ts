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

const MOST_ROADS = 2 // no station stands on more

/** The roads of a station: `G22/G30` stands on both. */
export function roadsOf(road: string): string[] {
  return road.split('/').filter(Boolean).slice(0, MOST_ROADS)
}

/** Whether a station stands on this road; `G22/G30` stands on both. */
export function onRoad(station: string, road: string): boolean {
  const roads = station.split('/')
  return road.split('/').some(one => roads.includes(one))
}

interface Placed extends Point {
  code: string
  road: string
  km_post: string | null
}

export interface Ahead<S> {
  station: S
  km: number
  /** By K-posts; otherwise as the crow flies, which is less than the road. */
  byPost: boolean
}

export interface Direction<S> {
  title: string
  stations: Array<Ahead<S>>
}

/** The stations of one of its roads in that road's two directions, nearest first. A road has the directions of its longer axis. */
export function neighbours<S extends Placed>(here: S, all: S[], road: string): Direction<S>[] {
  const others = all.filter(one => one.code !== here.code && onRoad(one.road, road))
  const reach = (pick: (p: Point) => number) => Math.max(...others.map(one => Math.abs(pick(one) - pick(here))), 0)
  const eastWest = reach(p => p.lon) * Math.cos(rad(here.lat)) >= reach(p => p.lat)
  const ahead = (one: S) => (eastWest ? one.lon - here.lon : one.lat - here.lat)
  const sorted = (some: S[]) => some.map(one => away(here, one)).sort((a, b) => a.km - b.km)
  return [
    { title: eastWest ? '往东' : '往北', stations: sorted(others.filter(one => ahead(one) >= 0)) },
    { title: eastWest ? '往西' : '往南', stations: sorted(others.filter(one => ahead(one) < 0)) },
  ]
}

function away<S extends Placed>(here: S, station: S): Ahead<S> {
  const [from, to] = [km(here.km_post), km(station.km_post)]
  const sameRoad = here.road === station.road // K-posts count from the start of their own road
  if (from !== null && to !== null && sameRoad) return { station, km: Math.abs(to - from), byPost: true }
  return { station, km: metres(here, station) / 1000, byPost: false }
}
