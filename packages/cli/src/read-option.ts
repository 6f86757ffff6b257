import { AppError } from '@tagtree/core/kernel/app-error'

/**
 * The moment given to --as-of as the API takes it, nothing when it was not given. A day alone is its midnight in UTC.
 * @throws AppError COMMAND_INVALID
 */
export function readAsOf(text: string | undefined): { readonly asOf?: string } {
  return text === undefined ? {} : { asOf: readInstant('--as-of', text) }
}

/** A moment given to an option or argument, as the API takes it. @throws AppError COMMAND_INVALID */
export function readInstant(option: string, text: string): string {
  const moment = Date.parse(text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(moment)) return new Date(moment).toISOString()
  throw new AppError('COMMAND_INVALID', { words: { reason: `${option} ${text}: 2026-01-31T00:00:00+08:00` } })
}

/** The moment given to --known-at, nothing when it was not given. @throws AppError COMMAND_INVALID */
export function readKnownAt(text: string | undefined): { readonly knownAt?: string } {
  return text === undefined ? {} : { knownAt: readInstant('--known-at', text) }
}

/** A whole number from 0, null when it was not given. @throws AppError COMMAND_INVALID */
export function readPosition(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new AppError('COMMAND_INVALID', { words: { reason: `--position ${text}: 0, 1, 2 …` } })
}
