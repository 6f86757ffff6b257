import type { Definition, Text } from '../language/document.js'
import { arrangeCategories, arrangeDefinitions } from './arrange.js'
import type { Plan } from './plan.js'
import { stableText } from './same-document.js'

/** What a plan would do to one category or definition. */
export interface PlanChange {
  readonly kind: 'category' | Definition['kind']
  readonly id: string
  readonly name: Text
  readonly action: 'added' | 'changed' | 'removed' | 'kept'
  /** The category above it, when it changes; null = none. */
  readonly moved: { readonly from: string | null; readonly to: string | null } | null
  /** Fields that differ; of a definition those of its document. */
  readonly fields: readonly string[]
}

/** What a plan would do, all together. Nothing in any part = the workspace is as the plan says. */
export interface PlanDiff {
  readonly changes: readonly PlanChange[]
  /** Categories (null = first level, or none) inside of which things change their order. */
  readonly reordered: readonly (string | null)[]
}

export interface DiffOptions {
  /** Also take away what the plan does not list. */
  readonly prune: boolean
}

/** Compares what is live with what is wanted. */
export function diffPlan(live: Plan, wanted: Plan, { prune }: DiffOptions): PlanDiff {
  const changes = [...diffCategories(live, wanted, prune), ...diffDefinitions(live, wanted, prune)]
  const removed = removedIds(changes)
  const arranged = [
    ...arrangeCategories(live, wanted, removed.categories),
    ...arrangeDefinitions(live, wanted, removed.definitions),
  ]
  const reordered = arranged.flatMap(({ place, isReordered }) => (isReordered ? [place] : []))
  return { changes, reordered: [...new Set(reordered)] }
}

/** What the changes take away. A category and a definition may have one id. */
export function removedIds(changes: readonly PlanChange[]): {
  readonly categories: ReadonlySet<string>
  readonly definitions: ReadonlySet<string>
} {
  const removed = changes.filter(({ action }) => action === 'removed')
  return {
    categories: new Set(removed.flatMap(({ kind, id }) => (kind === 'category' ? [id] : []))),
    definitions: new Set(removed.flatMap(({ kind, id }) => (kind === 'category' ? [] : [id]))),
  }
}

/** Whether there is nothing to do. */
export function isSame({ changes, reordered }: PlanDiff): boolean {
  return changes.length === 0 && reordered.length === 0
}

function diffCategories(live: Plan, wanted: Plan, prune: boolean): PlanChange[] {
  const now = new Map(live.categories.map((category) => [category.id, category]))
  const changes: PlanChange[] = []
  for (const category of wanted.categories) {
    const { id, name } = category
    const before = now.get(id)
    if (before === undefined) changes.push({ kind: 'category', id, name, action: 'added', moved: null, fields: [] })
    else {
      const fields = differing(before, category, ['name', 'theme', 'note'])
      const moved = before.parentId === category.parentId ? null : { from: before.parentId, to: category.parentId }
      const action = fields.length > 0 ? 'changed' : 'kept'
      if (moved !== null || fields.length > 0) changes.push({ kind: 'category', id, name, action, moved, fields })
    }
  }
  const listed = new Set(wanted.categories.map(({ id }) => id))
  const gone = prune ? live.categories.filter(({ id }) => !listed.has(id)) : []
  for (const { id, name } of gone) {
    changes.push({ kind: 'category', id, name, action: 'removed', moved: null, fields: [] })
  }
  return changes
}

function diffDefinitions(live: Plan, wanted: Plan, prune: boolean): PlanChange[] {
  const now = new Map(live.definitions.map((planned) => [planned.document.id, planned]))
  const changes: PlanChange[] = []
  for (const { document, category } of wanted.definitions) {
    const { kind, id, name } = document
    const before = now.get(id)
    if (before === undefined) {
      changes.push({ kind, id, name, action: 'added', moved: null, fields: [] })
      continue
    }
    const keys = new Set([...Object.keys(before.document), ...Object.keys(document)])
    const fields = differing(before.document, document, [...keys])
    const from = before.category ?? null
    const moved = category === undefined || category === from ? null : { from, to: category }
    const action = fields.length > 0 ? 'changed' : 'kept'
    if (moved !== null || fields.length > 0) changes.push({ kind, id, name, action, moved, fields })
  }
  const listed = new Set(wanted.definitions.map(({ document }) => document.id))
  const gone = prune ? live.definitions.filter(({ document }) => !listed.has(document.id)) : []
  for (const { document } of gone) {
    const { kind, id, name } = document
    changes.push({ kind, id, name, action: 'removed', moved: null, fields: [] })
  }
  return changes
}

function differing(before: object, after: object, fields: readonly string[]): string[] {
  const partOf = (from: object, field: string): unknown => (from as Readonly<Record<string, unknown>>)[field]
  return fields.filter((field) => stableText(partOf(before, field)) !== stableText(partOf(after, field)))
}
