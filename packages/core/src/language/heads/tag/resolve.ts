import type { TagValue } from '../../document.js'
import { resolveDefinitionReference } from '../../frame/definition-reference.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { resolveThen } from '../../frame/then.js'

/** The tag exists, is about the same subject and leads to no cycle. */
export const tagResolve: ResolveHead<TagValue> = (value, at, scope, resolving) => {
  resolveDefinitionReference('tag', value.tag, `${at}/tag`, scope, resolving)
  resolveThen(value, at, resolving)
}
