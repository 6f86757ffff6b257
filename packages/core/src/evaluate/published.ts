import { inLogOrder } from './change-rows.js'
import type { PublishedFact, SubjectFacts } from './facts.js'

/** The last row of a published history up to a moment (included); undefined = nothing was published. */
export function lastPublished(key: string, facts: SubjectFacts, asOf: number): PublishedFact | undefined {
  const rows = (facts.published?.get(key) ?? []).filter((row) => row.ts <= asOf)
  return rows.toSorted(inLogOrder).at(-1)
}
