// The station of one's own desk: as it was kept, else asked for, because WeChat may have cleared what was kept.
import { call } from '../../../lib/http'
import { keep, kept } from '../../../lib/store'

/** The name of a station as far as this phone knows it, else its code. */
export function stationName(code: string): string {
  const user = kept('user')
  const known = [user?.home_station as Home | null | undefined, ...(user?.desk?.stations ?? []), ...(kept('stations')?.data ?? [])]
  return known.find(one => one?.code === code)?.name ?? code
}

export interface Home {
  code: string
  name: string
}

/** Null for who has none; throws where nothing is kept and nobody answers. */
export async function home(): Promise<Home | null> {
  const known = kept('user')
  const user = known ?? (await call('GET /me', {}))
  if (!known) keep('user', user)
  return (user.home_station as Home | null | undefined) ?? null
}
