import type { Catalog } from '../catalog/catalog.js'
import { AppError } from '../kernel/app-error.js'
import { cutCodes } from './assign/cut/codes.js'
import { givenCodes } from './assign/given/codes.js'
import { rulesCodes } from './assign/rules/codes.js'
import { topCodes } from './assign/top/codes.js'
import { valueCodes } from './assign/value/codes.js'
import type { Assign, EventValue, Prop, TagDefinition, Value } from './document.js'
import type { AssignWayName, EventValueHeadName, ValueHeadName } from './frame/names.js'
import type { Scope, ValueType } from './frame/scope.js'
import type { ProduceCodes, Produces } from './frame/tag-type.js'
import type { FindType, TypeFinder } from './frame/type-finder.js'
import { assignWayOf, valueHeadOf } from './frame/which.js'
import { amongType } from './heads/among/type.js'
import { attrType } from './heads/attr/type.js'
import { calcType } from './heads/calc/type.js'
import { caseType } from './heads/case/type.js'
import { clockType } from './heads/clock/type.js'
import { cutType } from './heads/cut/type.js'
import { didType } from './heads/did/type.js'
import { metricType } from './heads/metric/type.js'
import { perType } from './heads/per/type.js'
import { propType } from './heads/prop/type.js'
import { sinceType } from './heads/since/type.js'
import { tagType } from './heads/tag/type.js'
import { triggerType } from './heads/trigger/type.js'
import { viaType } from './heads/via/type.js'

/**
 * The type of a value of a subject, or of an event when `scope.stream` says which. Purely structural, so rewritten
 * nodes have types too.
 * @throws AppError INTERNAL when a name is unknown or parts do not fit: the definition was not resolved
 */
export function typeOf(value: Value | EventValue, scope: Scope): ValueType {
  const type = findType(value, scope)
  if (type === null) throw new AppError('INTERNAL', { cause: { unresolved: valueHeadOf(value) } })
  return type
}

/** As `typeOf`, but null when a name is unknown or parts do not fit. */
export function findType(value: Value | EventValue, scope: Scope): ValueType | null {
  const head = valueHeadOf(value)
  if (head === null) return null
  const find = HEAD_TYPES[head] as FindType<Value | EventValue>
  return find(value, scope, FINDER)
}

/** The type of a property, clock field or case of the rows of `scope.stream`; null when there is none. */
export function findPropType(prop: Prop, scope: Scope): ValueType | null {
  return findType(typeof prop === 'string' ? { prop } : prop, scope)
}

/** The type of the values a tag gives; null when it rests on unknown names. */
export function typeOfTag(tag: TagDefinition, scope: Scope): ValueType | null {
  const produces = producedBy(tag, scope)
  if ('type' in produces) return produces.type
  if (tag.family === 'multi') return { kind: 'list', codes: produces.codes }
  if (tag.ordered !== true) return { kind: 'text', codes: produces.codes }
  return { kind: 'ordered', codes: produces.ranked ? produces.codes : listedCodes(tag) }
}

/**
 * Every code a tag can give, lowest first when it is ordered; null when any text is possible (or the value is a number, a
 * date, or yes and no).
 */
export function codesOfTag(tag: TagDefinition, scope: Scope): readonly string[] | null {
  const produces = producedBy(tag, scope)
  if ('codes' in produces) return produces.codes
  return produces.type !== null && 'codes' in produces.type ? produces.type.codes : null
}

/**
 * The codes a person may name instead of a computed value: those the tag lists, then others it can give. Empty for numbers,
 * dates, yes and no, and free texts.
 */
export function correctableCodes(tag: TagDefinition, scope: Scope): readonly string[] {
  const produces = producedBy(tag, scope)
  // A tag of tiers has those alone.
  if ('codes' in produces && produces.ranked && produces.codes !== null) return produces.codes
  const kind = 'type' in produces ? produces.type?.kind : 'text'
  if (kind !== 'text' && kind !== 'ordered' && kind !== 'list') return []
  return [...new Set([...(listedCodes(tag) ?? []), ...(codesOfTag(tag, scope) ?? [])])]
}

const HEAD_TYPES: { readonly [Head in ValueHeadName | EventValueHeadName]: FindType<ValueOf<Head>> } = {
  attr: attrType,
  tag: tagType,
  metric: metricType,
  did: didType,
  per: perType,
  via: viaType,
  since: sinceType,
  clock: clockType,
  calc: calcType,
  cut: cutType,
  among: amongType,
  trigger: triggerType,
  prop: propType,
  case: caseType,
}
type ValueOf<Head extends string> = Extract<Value | EventValue, Record<Head, unknown>>

const WAY_CODES: { readonly [Way in AssignWayName]: ProduceCodes<Extract<Assign, Record<Way, unknown>>> } = {
  rules: rulesCodes,
  cut: cutCodes,
  top: topCodes,
  value: valueCodes,
  given: givenCodes,
}

const FINDER: TypeFinder = { value: findType, prop: findPropType, definition: findDefinitionType }

function producedBy(tag: TagDefinition, scope: Scope): Produces {
  const produce = WAY_CODES[assignWayOf(tag.assign)] as ProduceCodes<Assign>
  return produce(tag.assign, tag, { ...scope, subject: tag.subject ?? 'person', stream: null }, FINDER)
}

/** Types of stored definitions, found once per snapshot: definitions share parts, and descending anew would explode. */
const definitionTypes = new WeakMap<Catalog, Map<string, ValueType | null>>()

function findDefinitionType(id: string, kind: 'tag' | 'metric', scope: Scope): ValueType | null {
  const body = scope.catalog.definitions.get(id)?.body
  if (!body || body.kind !== kind || scope.inside?.includes(id)) return null
  let known = definitionTypes.get(scope.catalog)
  if (!known) {
    known = new Map()
    definitionTypes.set(scope.catalog, known)
  }
  const seen = known.get(id)
  if (seen !== undefined) return seen
  const inner: Scope = {
    catalog: scope.catalog,
    subject: body.subject ?? 'person',
    stream: null,
    inside: [...(scope.inside ?? []), id],
  }
  const type = body.kind === 'tag' ? typeOfTag(body, inner) : body.kind === 'metric' ? typeOfMetric(body, inner) : null
  known.set(id, type)
  return type
}

function typeOfMetric(metric: { value: Value; unit?: (ValueType & { kind: 'number' })['unit'] }, scope: Scope) {
  const type = findType(metric.value, scope)
  return type?.kind === 'number' && metric.unit ? { ...type, unit: metric.unit } : type
}

function listedCodes(tag: TagDefinition): readonly string[] | null {
  return tag.values && tag.values.length > 0 ? tag.values.map((value) => value.code) : null
}
