import type { Catalog } from '../catalog/catalog.js'

/** The key under which rows of a relation are stored: one that reads the other way round has none of its own. */
export function relationKeyOf(key: string, catalog: Catalog): string {
  return catalog.relations.get(key)?.inverseOf ?? key
}
