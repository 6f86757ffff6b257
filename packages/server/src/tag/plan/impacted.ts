import { canonicalHash } from '@tagtree/core/language/canonical'
import type { Definition } from '@tagtree/core/language/document'
import { referencesOf } from '@tagtree/core/language/references'
import type { CheckedPlan } from './check-plan.js'

/** A definition whose values a plan may change: as it is and as it would be. */
export interface Impacted {
  readonly id: string
  /** null = there is none yet. */
  readonly before: Definition | null
  /** null = it goes. */
  readonly after: Definition | null
  /** Changed definitions it rests on, when it is not changed itself. */
  readonly because: readonly string[]
}

/**
 * Definitions that mean something else after the plan: those it adds, changes or takes away, and those that rest on them.
 * New names and notes alone change nobody's value.
 */
export function impactedBy({ diff, live, wanted, catalog }: CheckedPlan): Impacted[] {
  const now = new Map(live.plan.definitions.map(({ document }) => [document.id, document]))
  const then = new Map(wanted.definitions.map(({ document }) => [document.id, document]))
  const impacted = new Map<string, Impacted>()
  for (const { kind, id, action } of diff.changes) {
    if (kind === 'category') continue
    const before = now.get(id) ?? null
    const after = action === 'removed' ? null : (then.get(id) ?? null)
    const isSame = before !== null && after !== null && canonicalHash(before) === canonicalHash(after)
    if (!isSame) impacted.set(id, { id, before, after, because: [] })
  }
  const direct = new Set(impacted.keys())
  for (const document of [...now.values()]) {
    const { id } = document
    if (direct.has(id)) continue
    const because = [...direct].filter((changed) => now.has(changed) && restsOn(document, changed, catalog.definitions))
    if (because.length > 0) impacted.set(id, { id, before: document, after: then.get(id) ?? document, because })
  }
  return [...impacted.values()]
}

function restsOn(document: Definition, wanted: string, definitions: CheckedPlan['catalog']['definitions']): boolean {
  const seen = new Set<string>()
  const open = [...referencesOf(document)]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === wanted) return true
    if (seen.has(id)) continue
    seen.add(id)
    const body = definitions.get(id)?.body
    if (body) open.push(...referencesOf(body))
  }
  return false
}
