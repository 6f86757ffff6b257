import { createHash, randomBytes } from 'node:crypto'

/** Only the hash of a token is stored: who reads the database cannot sign in. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** A session token of a person: 256 random bits. */
export function newSessionToken(): string {
  return `tts_${randomBytes(32).toString('base64url')}`
}

/** An API key; its prefix (9 characters after `ttk_`) may be shown in lists. */
export function newApiKey(): { readonly key: string; readonly prefix: string } {
  const prefix = `ttk_${randomBytes(6).toString('hex').slice(0, 9)}`
  return { key: `${prefix}_${randomBytes(32).toString('base64url')}`, prefix }
}

/** What a presented token claims to be. */
export function kindOfToken(token: string): 'session' | 'key' | null {
  if (/^tts_[\w-]{43}$/.test(token)) return 'session'
  if (/^ttk_[0-9a-f]{9}_[\w-]{43}$/.test(token)) return 'key'
  return null
}
