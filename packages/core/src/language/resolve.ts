import type { Catalog, DefinitionEntry } from '../catalog/catalog.js'
import type { Issue } from '../kernel/app-error.js'
import { nearest } from '../kernel/nearest.js'
import { cutAssignResolve } from './assign/cut/resolve.js'
import { givenResolve } from './assign/given/resolve.js'
import { rulesResolve } from './assign/rules/resolve.js'
import { topResolve } from './assign/top/resolve.js'
import { valueAssignResolve } from './assign/value/resolve.js'
import type {
  Assign,
  Definition,
  MetricDefinition,
  ParsedDefinition,
  SegmentDefinition,
  TagDefinition,
} from './document.js'
import { guard } from './frame/guard.js'
import { issueAdder } from './frame/issues.js'
import { EN_KIND, ZH_KIND } from './frame/kind-words.js'
import { notYet, say, sayNearest } from './frame/message.js'
import type { AssignWayName } from './frame/names.js'
import { resolveGroupKey } from './frame/resolve-cut.js'
import type { ResolveWay } from './frame/resolve-way.js'
import type { Resolving } from './frame/resolving.js'
import type { Scope, ValueType } from './frame/scope.js'
import type { Uses } from './frame/uses.js'
import { assignWayOf } from './frame/which.js'
import { resolveRealtime } from './realtime.js'
import { withBody } from './recipe-body.js'
import { isRecipe, recipeOf } from './recipes/recipes.js'
import { depthOf, MOST_DEFINITIONS_DEEP } from './references.js'
import { resolveTree } from './resolve-tree.js'
import { makeResolver } from './resolver.js'
import { codesOfTag, correctableCodes, typeOfTag } from './type-of.js'

export type ResolveResult =
  | {
      readonly ok: true
      /** With the body its recipe makes, and still the recipe. */
      readonly definition: Definition
      readonly uses: Uses
      readonly warnings: readonly Issue[]
    }
  | { readonly ok: false; readonly issues: readonly Issue[]; readonly warnings: readonly Issue[] }

/**
 * Second pass over a document that has its form: names, types, subjects, cycles, and what this version cannot compute
 * yet. The definition counts as part of the catalogue, in place of a stored one of its id.
 */
export function resolveDefinition(definition: ParsedDefinition, catalog: Catalog): ResolveResult {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const body = withBody(definition)
  const grown = body === null ? catalog : withDefinition(catalog, body)
  const resolving = makeResolver({
    catalog: grown,
    definition: definition.id,
    report: issueAdder(issues),
    warn: issueAdder(warnings),
    firstIssueOf: (id) => firstIssueOf(id, catalog),
  })
  const subject = definition.subject ?? 'person'
  const scope: Scope = { catalog: grown, subject, stream: null }
  if (depthOf(definition.id, grown) > MOST_DEFINITIONS_DEEP) {
    resolving.report(
      '',
      say(
        `more than ${MOST_DEFINITIONS_DEEP} definitions rest on each other here: shorten the chain`,
        `此处相互引用的定义超过 ${MOST_DEFINITIONS_DEEP} 层：请缩短引用链`,
      ),
    )
    return { ok: false, issues, warnings }
  }
  resolveHeader(definition, catalog, resolving)
  resolveRecipe(definition, scope, resolving)
  if (definition.kind === 'journey') {
    resolving.report('/kind', notYet('a journey', '旅程'))
  } else if (body !== null) {
    // What a recipe made has no place in the document: its problems are the recipe's, and only the first is told.
    const made =
      definition.recipe !== undefined &&
      !('assign' in definition || 'where' in definition || 'value' in definition || 'root' in definition)
    if (made && issues.length > 0) return { ok: false, issues, warnings }
    const found = issues.length
    resolveBody(body, scope, resolving)
    if (made && issues.length > found) {
      const first = issues[found]!
      issues.splice(found, issues.length, { ...first, pointer: '/recipe' })
    }
    const large = made ? guard(body) : null
    if (large !== null && !large.ok)
      resolving.report('/recipe', say('the recipe makes too large a body', '该配方展开后过大'))
  }
  if (issues.length > 0 || body === null) return { ok: false, issues, warnings }
  return { ok: true, definition: body, uses: resolving.uses.uses, warnings }
}

const broken = new WeakMap<Catalog, Map<string, Issue | null>>()

/** What is wrong first with a stored definition; found once per snapshot. */
function firstIssueOf(id: string, catalog: Catalog): Issue | null {
  let known = broken.get(catalog)
  if (known === undefined) {
    known = new Map()
    broken.set(catalog, known)
  }
  const seen = known.get(id)
  if (seen !== undefined) return seen
  // A definition that leads back to itself is told as a cycle, not here.
  known.set(id, null)
  const body = catalog.definitions.get(id)?.body
  const result = body === undefined ? null : resolveDefinition(body, catalog)
  const issue = result === null || result.ok ? null : result.issues[0]!
  known.set(id, issue)
  return issue
}

/** The catalogue in which the definition stands, in place of a stored one of its id. */
function withDefinition(catalog: Catalog, body: Definition): Catalog {
  const stored = catalog.definitions.get(body.id)
  const entry: DefinitionEntry = {
    id: body.id,
    kind: body.kind,
    number: stored?.number ?? 0,
    version: (stored?.version ?? 0) + 1,
    body,
    archived: false,
    codes: stored?.codes ?? new Map(),
  }
  return { ...catalog, definitions: new Map(catalog.definitions).set(body.id, entry) }
}

/** The subject exists, and the id is not that of another kind. */
export function resolveHeader(
  { id, kind, subject = 'person' }: ParsedDefinition,
  catalog: Catalog,
  resolving: Resolving,
): void {
  if (!catalog.subjects.has(subject)) {
    const near = nearest(subject, catalog.subjects.keys())
    resolving.report('/subject', sayNearest(`no subject "${subject}"`, `没有主体“${subject}”`, near))
  }
  const stored = catalog.definitions.get(id)
  if (stored && stored.body.kind !== kind) {
    resolving.report(
      '/id',
      say(
        `"${id}" is the id of a ${stored.body.kind}: choose another`,
        `“${id}”已是 ${stored.body.kind} 的标识：请换一个`,
      ),
    )
  }
}

function resolveRecipe({ recipe }: ParsedDefinition, scope: Scope, resolving: Resolving): void {
  if (recipe === undefined || !isRecipe(recipe.use)) return
  const module = recipeOf(recipe.use)
  module.resolve(recipe.with ?? {}, '/recipe/with', scope, resolving)
}

function resolveBody(body: Definition, scope: Scope, resolving: Resolving): void {
  if (body.kind === 'tag') resolveTag(body, scope, resolving)
  else if (body.kind === 'segment') resolveSegment(body, scope, resolving)
  else if (body.kind === 'metric') resolveMetric(body, scope, resolving)
  else resolveTree(body, scope, resolving)
}

const WAYS: { readonly [Way in AssignWayName]: ResolveWay<Extract<Assign, Record<Way, unknown>>> } = {
  rules: rulesResolve,
  cut: cutAssignResolve,
  top: topResolve,
  value: valueAssignResolve,
  given: givenResolve,
}

function resolveTag(tag: TagDefinition, scope: Scope, resolving: Resolving): void {
  if (tag.only !== undefined) resolving.condition(tag.only, '/only', scope)
  const resolve = WAYS[assignWayOf(tag.assign)] as ResolveWay<Assign>
  resolve(tag.assign, tag, '/assign', scope, resolving)
  if (tag.refresh === 'realtime') resolveRealtime(tag, resolving)
  // Kept values would make a tag more than a function of its facts: counts by plan and by bitmaps would differ.
  const way = assignWayOf(tag.assign)
  if (tag.empty === 'keep' && (tag.family === 'multi' || (way !== 'rules' && way !== 'cut'))) {
    resolving.report(
      '/empty',
      say(
        'empty: keep is for a tag of one value with rules or tiers',
        'empty: keep 只用于单值且以规则或分层赋值的标签',
      ),
    )
  }
  if (tag.corrections !== undefined && correctableCodes(tag, scope).length === 0) {
    resolving.report(
      '/corrections',
      say(
        'only a value out of a list can be corrected: give rules or tiers, or list the texts under values:',
        '只有取自列表的值可以人工纠正：请使用规则或分层，或在 values: 中列出各取值',
      ),
    )
  }
  warnOfValues(tag, scope, resolving)
}

function warnOfValues(tag: TagDefinition, scope: Scope, resolving: Resolving): void {
  const codes = codesOfTag(tag, scope)
  for (const [index, { code }] of (tag.values ?? []).entries()) {
    if (codes === null || codes.includes(code) || !('rules' in tag.assign || 'cut' in tag.assign)) continue
    resolving.warn(`/values/${index}`, say(`no rule gives "${code}"`, `没有规则给出“${code}”`))
  }
  const type = typeOfTag(tag, scope)
  if (type?.kind === 'ordered' && type.codes === null) {
    resolving.warn(
      '/ordered',
      say(
        'the order of the values is not known: list them under values: from lowest to highest',
        '取值的高低未知：请在 values: 中由低到高列出',
      ),
    )
  }
}

function resolveSegment(segment: SegmentDefinition, scope: Scope, resolving: Resolving): void {
  resolving.condition(segment.where, '/where', scope)
  if (segment.refresh === 'realtime') resolveRealtime(segment, resolving)
  if (segment.take === undefined) return
  if ('by' in segment.take) needNumber(resolving.value(segment.take.by, '/take/by', scope), '/take/by', resolving)
  for (const [index, key] of (segment.take.per ?? []).entries()) {
    resolveGroupKey(key, `/take/per/${index}`, scope, resolving)
  }
}

function resolveMetric(metric: MetricDefinition, scope: Scope, resolving: Resolving): void {
  needNumber(resolving.value(metric.value, '/value', scope), '/value', resolving)
}

function needNumber(type: ValueType | null, at: string, resolving: Resolving): void {
  if (type === null || type.kind === 'number') return
  resolving.report(
    at,
    say(`a number is needed here, this is ${EN_KIND[type.kind]}`, `此处需要数字，而这是${ZH_KIND[type.kind]}`),
  )
}
