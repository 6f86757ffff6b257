import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { Issue } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type { CatalogueScope } from './scope.js'
import { readUses } from './usage.js'

/**
 * Live definitions that use `definition` and no longer fit beside this version of it, as warnings: their former values
 * stay published, their next run fails. Those that did not fit before are not its fault and left out.
 */
export async function brokenUses(scope: CatalogueScope, definition: Definition, catalog: Catalog): Promise<Issue[]> {
  const stored = catalog.definitions.get(definition.id)
  if (!stored) return []
  const definitions = new Map(catalog.definitions).set(definition.id, { ...stored, body: definition })
  const uses = await readUses(scope, definition.id)
  return uses.flatMap(({ id }) => {
    const body = catalog.definitions.get(id)?.body
    if (!body || !resolveDefinition(body, catalog).ok) return []
    const resolved = resolveDefinition(body, { ...catalog, definitions })
    if (resolved.ok) return []
    const first = resolved.issues[0]!
    return {
      pointer: '',
      message: `"${id}" uses it and no longer fits: ${first.pointer} ${first.message}`,
      messageZh: `“${id}”引用了它，已不再匹配：${first.pointer} ${first.messageZh ?? first.message}`,
    }
  })
}
