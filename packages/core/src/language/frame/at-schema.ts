import { z } from 'zod'
import type { At } from '../document.js'
import { checked, REFUSED } from './checked.js'
import { anyOf, described } from './described.js'
import { instantText, oneOf, span } from './primitives.js'
import { readObject } from './read-object.js'

export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const

const startOf = z.strictObject({ start: oneOf(CALENDAR_UNITS) })

/** A moment: an instant, or the start of the running day, week, month, quarter or year. */
const at: z.ZodType<At> = described(
  checked((input, report) => {
    if (typeof input === 'object' && input !== null) return readObject(startOf, 'at', input, report)
    const read = instantText.safeParse(input)
    if (read.success) return read.data
    for (const issue of read.error.issues) {
      report({ en: issue.message, zh: issue.code === 'custom' ? String(issue.params?.zh) : issue.message })
    }
    return REFUSED
  }),
  (json) => anyOf(json(instantText), json(startOf)),
)

/** The two fields that move a value to another moment. */
export const thenFields = { ago: span.exactOptional(), at: at.exactOptional() }
