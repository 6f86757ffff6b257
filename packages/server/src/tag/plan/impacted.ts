import type { Catalog } from '@tagtree/core/catalog/catalog'
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
 * Definitions that mean something else after the plan: those it adds, changes or takes away, and those that rest on them or
 * on a category whose tags become others.
 * New names and notes alone change nobody's value.
 */
export function impactedBy({ diff, live, wanted, catalog }: CheckedPlan, liveCatalog: Catalog): Impacted[] {
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
  const names = { now: liveCatalog, then: catalog }
  for (const document of now.values()) {
    const { id } = document
    if (direct.has(id)) continue
    const because = reasonsOf(document, direct, names)
    if (because.length > 0) impacted.set(id, { id, before: document, after: then.get(id) ?? document, because })
  }
  return [...impacted.values()]
}

/** Changed definitions, and categories with other tags, that a definition rests on, also through others. */
function reasonsOf(
  document: Definition,
  changed: ReadonlySet<string>,
  { now, then }: { readonly now: Catalog; readonly then: Catalog },
): string[] {
  const reasons = new Set<string>()
  const seen = new Set<string>()
  const open = [document]
  for (let body = open.pop(); body !== undefined; body = open.pop()) {
    const categories = categoriesOf(body)
    for (const id of categories) if (tagsIn(now, id).join() !== tagsIn(then, id).join()) reasons.add(id)
    for (const id of [...referencesOf(body), ...categories.flatMap((category) => tagsIn(then, category))]) {
      if (changed.has(id)) reasons.add(id)
      if (seen.has(id)) continue
      seen.add(id)
      const next = then.definitions.get(id)?.body
      if (next) open.push(next)
    }
  }
  return [...reasons].sort()
}

function tagsIn({ categories }: Catalog, id: string): string[] {
  return [...(categories?.get(id)?.tags ?? [])].sort()
}

/** Categories whose tags a definition asks for. */
function categoriesOf(document: Definition): string[] {
  const found = new Set<string>()
  const open: unknown[] = [{ ...document, recipe: undefined }]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (typeof part !== 'object' || part === null) continue
    const { member } = part as { readonly member?: { readonly category?: unknown } }
    if (typeof member?.category === 'string') found.add(member.category)
    open.push(...Object.values(part).filter((one) => typeof one === 'object' && one !== null))
  }
  return [...found]
}
