// A key that no other attempt has; it need not be secret, only its own.
export function uuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, letter => {
    const n = Math.floor(Math.random() * 16)
    return (letter === 'x' ? n : (n & 3) | 8).toString(16)
  })
}

/** The key of an item's n-th photo: another one for each, never the item's own, the same at every attempt. */
export function subKey(id: string, number: number): string {
  return `${id.slice(0, 14)}5${id.slice(15, -2)}${number.toString(16).padStart(2, '0')}` // `uuid` makes a 4 there
}
