import { AppError } from '@tagtree/core/kernel/app-error'

/** Clocks of a client and of the server may differ a little. */
const toleranceMs = 60_000

/**
 * The moment a computation is asked for (or, by another field, speaks of), in ms; null = now.
 * @throws AppError REQUEST_INVALID before 1970 or in the future, of which nothing is known
 */
export function asOfMoment(asOf: string | undefined, now: number, field = 'asOf'): number | null {
  if (asOf === undefined) return null
  const moment = Date.parse(asOf)
  if (moment >= 0 && moment <= now + toleranceMs) return Math.min(moment, now)
  throw new AppError('REQUEST_INVALID', {
    pointer: `/${field}`,
    issues: [
      {
        pointer: `/${field}`,
        message: 'a moment from 1970 until now is needed here',
        messageZh: '此处需要 1970 年至今的时刻',
      },
    ],
  })
}
