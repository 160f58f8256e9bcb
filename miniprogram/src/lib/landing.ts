// Three kinds of scan lead to the same check-in: a plain-link code (`q`, encoded once), a mini-program code
// (`scene`, encoded once), and a code scanned inside the app (`code`, which our own page has encoded).

export type Query = Record<string, string | undefined>

/** Whatever the scan gave, decoded; null when the page was opened without one. */
export function scanned(query: Query): string | null {
  for (const name of ['q', 'scene', 'code']) {
    const given = query[name]
    if (given) return decode(given).trim() || null
  }
  return null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a per cent sign that means itself
  }
}

/** The way to the landing for a code that was scanned or typed inside the app. */
export function landing(code: string): string {
  return `/pages/scan/index?code=${encodeURIComponent(code)}`
}
