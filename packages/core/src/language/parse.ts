import type { Issue } from '../kernel/app-error.js'
import { canonicalJson } from './canonical.js'
import { KINDS, kindProblem } from './definition-schema.js'
import type { Definition, ParsedDefinition } from './document.js'
import { REFUSED, type Report } from './frame/checked.js'
import { guard } from './frame/guard.js'
import { issueAdder } from './frame/issues.js'
import { pointerTo, say } from './frame/message.js'
import type { ObjectSchema } from './frame/parts.js'
import { readObject } from './frame/read-object.js'
import { expandRecipe } from './recipe-body.js'

export type ParseResult =
  | { readonly ok: true; readonly definition: ParsedDefinition }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * First pass over an unknown document: its form. Nothing is looked up, so a document that passes may still name things
 * that do not exist; `resolveDefinition` is the second pass. Never throws. A recipe beside a body that was edited by hand
 * is dropped.
 */
export function parseDefinition(input: unknown): ParseResult {
  const guarded = guard(input)
  if (!guarded.ok) return guarded
  const { copy } = guarded
  const issues: Issue[] = []
  const add = issueAdder(issues)
  const report: Report = (message, ...path) => add(pointerTo('', ...path), message)
  if (typeof copy !== 'object' || copy === null || Array.isArray(copy)) {
    report(say('a definition is an object with kind, id and name', '定义应为含 kind、id、name 的对象'))
    return { ok: false, issues }
  }
  const document: Record<string, unknown> = { version: 1, ...copy }
  const problem = kindProblem(document.kind)
  if (problem) {
    report(problem, 'kind')
    return { ok: false, issues }
  }
  const kind = document.kind as ParsedDefinition['kind']
  const schema = KINDS[kind] as unknown as ObjectSchema<ParsedDefinition>
  const read = readObject(schema, kind, document, report)
  return read === REFUSED ? { ok: false, issues } : { ok: true, definition: withoutStaleRecipe(read) }
}

function withoutStaleRecipe(definition: ParsedDefinition): ParsedDefinition {
  if (definition.recipe === undefined || !hasBody(definition)) return definition
  const { recipe, ...rest } = definition
  const body = expandRecipe(recipe)
  const fresh = body !== null && canonicalJson(bodyOf(rest)) === canonicalJson(bodyOf(body))
  return fresh ? definition : (rest as Definition)
}

function hasBody(definition: ParsedDefinition): definition is Definition {
  return 'assign' in definition || 'where' in definition || 'value' in definition || 'root' in definition
}

/** What the recipe makes; names of values may be edited without leaving it. */
function bodyOf(body: object): unknown {
  if ('assign' in body) return body.assign
  if ('where' in body) return body.where
  return 'value' in body ? body.value : 'root' in body ? body.root : undefined
}
