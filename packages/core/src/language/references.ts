import type { Catalog } from '../catalog/catalog.js'
import type { Definition } from './document.js'

/** Fields that name another definition, wherever they stand. */
const NAMING_FIELDS = new Set(['tag', 'metric', 'segment'])
const known = new WeakMap<Definition, readonly string[]>()

/** Ids of the definitions a body names directly, each once. */
export function referencesOf(body: Definition): readonly string[] {
  const seen = known.get(body)
  if (seen) return seen
  const names = new Set<string>()
  const { recipe: _recipe, ...own } = body
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const entry of part) visit(entry)
    else if (typeof part === 'object' && part !== null) {
      for (const [key, value] of Object.entries(part)) {
        if (typeof value !== 'string') visit(value)
        else if (NAMING_FIELDS.has(key)) names.add(value)
        else if (key === 'node') names.add(value.slice(0, value.indexOf('/')))
      }
    }
  }
  visit(own)
  const references = [...names]
  known.set(body, references)
  return references
}

/**
 * The way from one definition through the catalogue back to `target`, both ends included; null when there is none.
 */
export function pathTo(target: string, from: string, catalog: Catalog): readonly string[] | null {
  if (from === target) return [target, target]
  const cameFrom = new Map<string, string>([[from, target]])
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const body = catalog.definitions.get(id)?.body
    for (const next of body ? referencesOf(body) : []) {
      if (next === target) return wayBack(id, target, cameFrom)
      if (cameFrom.has(next)) continue
      cameFrom.set(next, id)
      open.push(next)
    }
  }
  return null
}

/** Definitions that rest on each other go this deep. */
export const MOST_DEFINITIONS_DEEP = 100

/** How many definitions rest on each other below one, itself included; counting ends a little above the limit. */
export function depthOf(id: string, catalog: Catalog, known = new Map<string, number>(), above = 0): number {
  const seen = known.get(id)
  if (seen !== undefined) return seen
  const body = catalog.definitions.get(id)?.body
  if (body === undefined || above > 2 * MOST_DEFINITIONS_DEEP) return 1
  known.set(id, 1)
  const depth = 1 + Math.max(0, ...referencesOf(body).map((next) => depthOf(next, catalog, known, above + 1)))
  known.set(id, depth)
  return depth
}

function wayBack(last: string, target: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const path = [last, target]
  for (let id = last; id !== target; ) {
    id = cameFrom.get(id) as string
    path.unshift(id)
  }
  return path
}
