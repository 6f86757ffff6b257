/** Shows enough of an identity to recognise it and too little to use it. */
export function maskIdentity(kind: string, value: string): string {
  const family = kind.split('.')[0]
  if (family === 'phone') return value.length < 8 ? '****' : `${value.slice(0, 3)}****${value.slice(-4)}`
  if (family === 'email') {
    const at = value.lastIndexOf('@')
    return at <= 0 ? '****' : `${value.slice(0, Math.min(2, at - 1))}***${value.slice(at)}`
  }
  return value.length <= 4 ? '****' : `${value.slice(0, 2)}****${value.slice(-2)}`
}
