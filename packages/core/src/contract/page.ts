import { z } from 'zod'

/** Query of every list: how many, and where the page before ended. Extend it with the list's own filters. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  cursor: z.string().max(2000).optional(),
})

/** One page of a list; `nextCursor` is null on the last one. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Instant in ISO 8601 UTC, as answers write it. */
export const Instant = z.iso.datetime().register(z.globalRegistry, { id: 'Instant' })

/** A number in the path that names a stored thing. */
export const NumberId = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)
