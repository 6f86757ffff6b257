import type { Catalog, DefinitionEntry } from '../catalog/catalog.js'
import type { Definition } from '../language/document.js'
import { stableText } from './same-document.js'

/**
 * The catalogue as it would be with these definitions in place of the stored ones and without the `removed`: the names of
 * a plan are looked up here, all at once.
 */
export function withPlan(
  catalog: Catalog,
  planned: readonly Definition[],
  removed: ReadonlySet<string> = new Set(),
): Catalog {
  const definitions = new Map(catalog.definitions)
  for (const body of planned) definitions.set(body.id, plannedEntry(body, catalog))
  for (const id of removed) {
    const entry = definitions.get(id)
    if (entry) definitions.set(id, { ...entry, archived: true })
  }
  return { ...catalog, definitions }
}

function plannedEntry(body: Definition, catalog: Catalog): DefinitionEntry {
  const stored = catalog.definitions.get(body.id)
  // What is the same keeps its version, and with it its cuts.
  if (stored && !stored.archived && stableText(stored.body) === stableText(body)) return stored
  return {
    id: body.id,
    kind: body.kind,
    number: stored?.number ?? 0,
    version: (stored?.version ?? 0) + 1,
    body,
    archived: false,
    codes: stored?.codes ?? new Map(),
  }
}
