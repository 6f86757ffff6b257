import type { IdentityKindEntry } from '../catalog/catalog.js'

/** Why a value is no identity. */
export type IdentityFault = 'empty' | 'too_long' | 'not_a_phone' | 'not_an_email' | 'blocked'

export type NormalisedIdentity =
  | { readonly kind: 'ok'; readonly value: string }
  | { readonly kind: 'fault'; readonly fault: IdentityFault }

/** Identities longer than this are refused. */
export const MAX_IDENTITY_LENGTH = 255

const fault = (what: IdentityFault): NormalisedIdentity => ({ kind: 'fault', fault: what })

/**
 * Makes an identity value canonical, so that equal people compare equal, and refuses what identifies nobody.
 * Text: NFKC, trimmed. Phone: digits; a mobile of mainland China without its country code, any other number with `+`
 * and country code. E-mail: lower case. `alsoBlocked` holds further values in lower case.
 */
export function normaliseIdentity(
  entry: Pick<IdentityKindEntry, 'normalise'>,
  raw: string,
  alsoBlocked: ReadonlySet<string>,
): NormalisedIdentity {
  if (raw.length > MAX_IDENTITY_LENGTH * 4) return fault('too_long')
  const text = (isPlainAscii(raw) ? raw : raw.normalize('NFKC')).trim()
  if (text === '') return fault('empty')
  if (text.length > MAX_IDENTITY_LENGTH) return fault('too_long')
  if (isBlocked(text, alsoBlocked)) return fault('blocked')
  switch (entry.normalise) {
    case 'text':
      return { kind: 'ok', value: text }
    case 'phone':
      return normalisePhone(text, alsoBlocked)
    case 'email':
      return normaliseEmail(text, alsoBlocked)
  }
}

function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 126 || code < 32) return false
  }
  return true
}

function normalisePhone(text: string, alsoBlocked: ReadonlySet<string>): NormalisedIdentity {
  const digits = text.replace(/\D/g, '')
  const local = digits.replace(/^(?:00)?86(?=1[3-9]\d{9}$)/, '')
  if (/^1[3-9]\d{9}$/.test(local)) {
    return BLOCKED_PHONES.has(local) || /^1(\d)\1{9}$/.test(local) || alsoBlocked.has(local)
      ? fault('blocked')
      : { kind: 'ok', value: local }
  }
  const international = /^\s*\+/.test(text) ? digits : /^00[1-9]/.test(digits) ? digits.slice(2) : ''
  if (!/^[1-9]\d{6,14}$/.test(international) || international.startsWith('86')) return fault('not_a_phone')
  const value = `+${international}`
  return alsoBlocked.has(value) || /(\d)\1{7}$/.test(value) ? fault('blocked') : { kind: 'ok', value }
}

function normaliseEmail(text: string, alsoBlocked: ReadonlySet<string>): NormalisedIdentity {
  const value = text.toLowerCase()
  if (!/^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]{2,}$/.test(value)) return fault('not_an_email')
  const mailbox = value.slice(0, value.indexOf('@'))
  return BLOCKED_MAILBOXES.has(mailbox) || alsoBlocked.has(value) ? fault('blocked') : { kind: 'ok', value }
}

/** Numbers that people type when they do not want to give theirs. */
const BLOCKED_PHONES = new Set(['13800138000', '13888888888', '13800000000'])
const BLOCKED_MAILBOXES = new Set(['noreply', 'no-reply', 'none', 'null', 'anonymous', 'unknown'])

/** Placeholders that programs and people send instead of an identity; compared in lower case. */
const BLOCKED_VALUES = new Set([
  'null',
  'nil',
  'none',
  'undefined',
  'nan',
  'n/a',
  'na',
  'not available',
  'not applicable',
  'anonymous',
  'anon',
  'guest',
  'unknown',
  'unidentified',
  'true',
  'false',
  'test',
  'user',
  'userid',
  'user_id',
  'id',
  'distinct_id',
  'device_id',
  'anonymous_id',
  'email',
  'phone',
  'default',
  'empty',
  'nobody',
  '-1',
  '[object object]',
  '{}',
  '[]',
  '()',
  '?',
  '.',
  '/',
  '*',
  '无',
  '没有',
  '未知',
  '匿名',
  '空',
  '游客',
  '暂无',
])

/** Whether a trimmed value names nobody: a placeholder, zeros and dashes, or a template that was never filled. */
export function isBlocked(value: string, alsoBlocked: ReadonlySet<string>): boolean {
  const lower = value.toLowerCase()
  return (
    BLOCKED_VALUES.has(lower) ||
    alsoBlocked.has(lower) ||
    /^[0.\-_\s]*$/.test(value) ||
    /^\$?\{.*\}$/.test(value) ||
    /^%.*%$/.test(value)
  )
}
