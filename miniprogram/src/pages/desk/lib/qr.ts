// A QR code of one size (version 2, 25 × 25, level M, mask 0) for short codes of capitals, digits and dashes: the code
// on the desk's screen that members scan. ISO/IEC 18004.

const SIZE = 25
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const DATA_WORDS = 28
const CHECK_WORDS = 16
const MOST = 38
const FORMAT = 0b101010000010010 // level M, mask 0, with its check bits

export function fits(text: string): boolean {
  return text.length > 0 && text.length <= MOST && [...text].every(letter => LETTERS.includes(letter))
}

/** Rows of modules, true is dark. */
export function modules(text: string): boolean[][] {
  if (!fits(text)) throw new Error('not a code that fits')
  const grid = new Grid()
  grid.fixed()
  grid.fill(bits([...dataWords(text), ...checkWords(dataWords(text))]))
  return grid.rows()
}

/** As an image that needs no file and no network. */
export function picture(text: string): string {
  const rows = modules(text)
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join('')
  const side = SIZE + 8
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}h-${side}z"/><path d="${path}"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** Alphanumeric mode: two letters in eleven bits, then the end, then padding. */
function dataWords(text: string): number[] {
  let stream = '0010' + binary(text.length, 9)
  for (let at = 0; at < text.length; at += 2) {
    const first = LETTERS.indexOf(text[at])
    stream += at + 1 < text.length ? binary(first * 45 + LETTERS.indexOf(text[at + 1]), 11) : binary(first, 6)
  }
  stream += '0'.repeat(Math.min(4, DATA_WORDS * 8 - stream.length))
  stream += '0'.repeat((8 - (stream.length % 8)) % 8)
  const words = (stream.match(/.{8}/g) ?? []).map(word => parseInt(word, 2))
  for (let pad = 0; words.length < DATA_WORDS; pad++) words.push(pad % 2 === 0 ? 0xec : 0x11)
  return words
}

const binary = (value: number, width: number) => value.toString(2).padStart(width, '0')

/** A product in GF(256) with the polynomial 0x11d. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ (product >> 7 ? 0x11d : 0)
    if ((b >> bit) & 1) product ^= a
  }
  return product
}

/** Reed and Solomon's remainder. */
function checkWords(data: number[]): number[] {
  let generator = [1]
  let root = 1
  for (let n = 0; n < CHECK_WORDS; n++) {
    generator = [...generator, 0].map((value, at) => value ^ times(generator[at - 1] ?? 0, root))
    root = times(root, 2)
  }
  const rest = [...data, ...Array<number>(CHECK_WORDS).fill(0)]
  for (let at = 0; at < data.length; at++) {
    const lead = rest[at]
    generator.forEach((value, n) => { rest[at + n] ^= times(value, lead) })
  }
  return rest.slice(data.length)
}

function bits(words: number[]): boolean[] {
  return words.flatMap(word => [...binary(word, 8)].map(bit => bit === '1'))
}

class Grid {
  private readonly dark = Array.from({ length: SIZE }, () => Array<boolean>(SIZE).fill(false))
  private readonly taken = Array.from({ length: SIZE }, () => Array<boolean>(SIZE).fill(false))

  rows(): boolean[][] {
    return this.dark
  }

  private put(x: number, y: number, dark: boolean): void {
    if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) return
    this.dark[y][x] = dark
    this.taken[y][x] = true
  }

  /** Everything that is the same in every code of this size. */
  fixed(): void {
    for (let n = 0; n < SIZE; n++) {
      this.put(n, 6, n % 2 === 0)
      this.put(6, n, n % 2 === 0)
    }
    for (const [x, y] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]]) this.square(x, y, 4, ring => ring !== 2 && ring !== 4)
    this.square(18, 18, 2, ring => ring !== 1)
    this.format()
  }

  private square(x: number, y: number, reach: number, dark: (ring: number) => boolean): void {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) this.put(x + dx, y + dy, dark(Math.max(Math.abs(dx), Math.abs(dy))))
    }
  }

  private format(): void {
    const bit = (n: number) => ((FORMAT >> n) & 1) === 1
    for (let n = 0; n < 15; n++) {
      const beside = n < 6 ? n : n < 8 ? n + 1 : SIZE - 15 + n
      const below = n < 8 ? SIZE - 1 - n : n === 8 ? 7 : 14 - n
      this.put(8, beside, bit(n))
      this.put(below, 8, bit(n))
    }
    this.put(8, SIZE - 8, true)
  }

  /** Up and down in columns of two from the right, each bit turned over where mask 0 says so. */
  fill(stream: boolean[]): void {
    let next = 0
    let up = true
    for (let right = SIZE - 1; right > 0; right -= 2) {
      if (right === 6) right = 5
      for (let n = 0; n < SIZE; n++) {
        const y = up ? SIZE - 1 - n : n
        for (const x of [right, right - 1]) {
          if (this.taken[y][x]) continue
          this.put(x, y, (stream[next++] ?? false) !== ((x + y) % 2 === 0))
        }
      }
      up = !up
    }
  }
}
