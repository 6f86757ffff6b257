import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { resolveDefinition } from '@tagtree/core/language/resolve'

/** Whom conditions and values without a name of their own are about. */
export interface About {
  readonly subject: string
  readonly who: 'customers' | 'visitors' | 'everyone'
}

/** A condition or a value as it was sent, and where it stood. */
export interface Unnamed {
  readonly part: { readonly where: unknown } | { readonly value: unknown }
  readonly pointer: string
}

/**
 * Parts of a request as definitions: a condition as a segment, a value as a tag. Their ids have spaces, so they are nobody
 * else's. Definition i answers part i.
 * @throws AppError DEFINITION_INVALID with every issue, addressed where the part stood
 */
export function unnamedDefinitions(parts: readonly Unnamed[], about: About, catalog: Catalog): Definition[] {
  const issues: Issue[] = []
  const definitions = parts.flatMap(({ part, pointer }, index) => {
    const read = readPart(part, about, catalog)
    if (!Array.isArray(read)) return { ...read, id: `unnamed ${index}`, name: `unnamed ${index}` } as Definition
    issues.push(...read.map((issue) => ({ ...issue, pointer: issue.pointer.replace(bodyOf(part), pointer) })))
    return []
  })
  if (issues.length > 0) throw new AppError('DEFINITION_INVALID', { words: { count: issues.length }, issues })
  return definitions
}

function bodyOf(part: Unnamed['part']): string {
  return 'where' in part ? '/where' : '/assign/value'
}

function readPart(part: Unnamed['part'], { subject, who }: About, catalog: Catalog): Definition | readonly Issue[] {
  const head = { version: 1, id: 'unnamed', name: 'unnamed', ...(subject === 'person' ? { who } : { subject }) }
  if ('where' in part) return readDocument({ ...head, kind: 'segment', where: part.where }, catalog)
  const single = readDocument({ ...head, kind: 'tag', assign: { value: part.value } }, catalog)
  if (!Array.isArray(single) || single.some((issue) => issue.pointer !== '/family')) return single
  return readDocument({ ...head, kind: 'tag', family: 'multi', assign: { value: part.value } }, catalog)
}

function readDocument(document: object, catalog: Catalog): Definition | readonly Issue[] {
  const parsed = parseDefinition(document)
  if (!parsed.ok) return parsed.issues
  const resolved = resolveDefinition(parsed.definition, catalog)
  return resolved.ok ? resolved.definition : resolved.issues
}
