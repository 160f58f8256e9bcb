// A key that no other attempt has; it need not be secret, only its own.
export function uuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, letter => {
    const n = Math.floor(Math.random() * 16)
    return (letter === 'x' ? n : (n & 3) | 8).toString(16)
  })
}
