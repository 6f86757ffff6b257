import type { Catalog } from '../catalog/catalog.js'
import type { Issue } from '../kernel/app-error.js'
import { nearest } from '../kernel/nearest.js'
import type { Condition, EventValue, OperatorName, Prop, Stream, Tail, Test, Value, Window } from './document.js'
import { resolveDefinitionReference } from './frame/definition-reference.js'
import { type Message, say, sayNearest } from './frame/message.js'
import type { ConditionHeadName, EventValueHeadName, TestHeadName, ValueHeadName } from './frame/names.js'
import { findProperty } from './frame/property.js'
import type { Left, ResolveHead, Resolving, WindowPurpose } from './frame/resolving.js'
import type { Scope, StreamScope, ValueType } from './frame/scope.js'
import { streamScopeOf } from './frame/stream-scope.js'
import { UsesCollector } from './frame/uses.js'
import { groupHeadOf, operatorOf, valueHeadOf, windowNameOf } from './frame/which.js'
import { allResolve, allTestResolve } from './heads/all/resolve.js'
import { amongResolve } from './heads/among/resolve.js'
import { anyResolve, anyTestResolve } from './heads/any/resolve.js'
import { attrResolve, isIdentity } from './heads/attr/resolve.js'
import { calcResolve, eventCalcResolve } from './heads/calc/resolve.js'
import { caseResolve } from './heads/case/resolve.js'
import { clockResolve, eventClockResolve } from './heads/clock/resolve.js'
import { cutResolve } from './heads/cut/resolve.js'
import { didResolve } from './heads/did/resolve.js'
import { memberResolve, resolveList } from './heads/member/resolve.js'
import { metricResolve } from './heads/metric/resolve.js'
import { notResolve, notTestResolve } from './heads/not/resolve.js'
import { perResolve } from './heads/per/resolve.js'
import { propResolve, resolveProperty } from './heads/prop/resolve.js'
import { sequenceResolve } from './heads/sequence/resolve.js'
import { sinceResolve } from './heads/since/resolve.js'
import { tagResolve } from './heads/tag/resolve.js'
import { triggerResolve } from './heads/trigger/resolve.js'
import { resolveRelation, viaResolve } from './heads/via/resolve.js'
import { OPERATOR_MODULES, wrongOperator } from './operators/operators.js'
import { resolveLiteral } from './operators/right-side.js'
import { pathTo } from './references.js'
import { findPropType, findType } from './type-of.js'
import { WINDOWS } from './windows/windows.js'

type Table<Names extends string, Of> = { readonly [Name in Names]: ResolveHead<Extract<Of, Record<Name, unknown>>> }

const VALUES: Table<ValueHeadName, Value> = {
  attr: attrResolve,
  tag: tagResolve,
  metric: metricResolve,
  did: didResolve,
  per: perResolve,
  via: viaResolve,
  since: sinceResolve,
  clock: clockResolve,
  calc: calcResolve,
  cut: cutResolve,
  among: amongResolve,
  trigger: triggerResolve,
}
const GROUPS: Table<ConditionHeadName, Condition> = {
  all: allResolve,
  any: anyResolve,
  not: notResolve,
  sequence: sequenceResolve,
  member: memberResolve,
}
const EVENT_VALUES: Table<EventValueHeadName, EventValue> = {
  prop: propResolve,
  clock: eventClockResolve,
  case: caseResolve,
  calc: eventCalcResolve,
}
const TEST_GROUPS: Table<TestHeadName, Test> = { all: allTestResolve, any: anyTestResolve, not: notTestResolve }

const IDENTITY_OPERATORS: readonly OperatorName[] = ['is', 'in', 'known']

/** Where problems go; `definition` is the id being resolved, against cycles. */
export interface ResolverOptions {
  readonly catalog: Catalog
  readonly definition: string
  report(at: string, message: Message): void
  warn(at: string, message: Message): void
  /** What is wrong first with a stored definition. */
  firstIssueOf?(id: string): Issue | null
}

/** The second pass as an object: heads dispatch to each other through it. */
export function makeResolver({ catalog, definition, report, warn, firstIssueOf }: ResolverOptions): Resolving {
  const uses = new UsesCollector()
  const resolving: Resolving = {
    catalog,
    uses,
    report,
    warn,
    cycleThrough: (id) => pathTo(definition, id, catalog),
    firstIssueOf: (id) => firstIssueOf?.(id) ?? null,
    condition(condition: Condition, at: string, scope: Scope): void {
      const group = groupHeadOf(condition)
      if (group !== null) {
        const resolve = GROUPS[group] as ResolveHead<Condition>
        resolve(condition, at, scope, resolving)
        return
      }
      const type = resolving.value(condition as Value, at, scope)
      resolving.tail(condition as Tail, { type, value: condition as Value, at }, scope)
    },
    value(value: Value, at: string, scope: Scope): ValueType | null {
      const resolve = VALUES[valueHeadOf(value) as ValueHeadName] as ResolveHead<Value>
      resolve(value, at, scope, resolving)
      const type = findType(value, scope)
      if (value.default !== undefined) resolveDefault(value, type, at, resolving)
      return type
    },
    test(test: Test, at: string, scope: Scope): void {
      const group = groupHeadOf(test)
      if (group !== null) {
        const resolve = TEST_GROUPS[group as TestHeadName] as ResolveHead<Test>
        resolve(test, at, scope, resolving)
        return
      }
      const type = resolving.eventValue(test as EventValue, at, scope)
      resolving.tail(test as Tail, { type, value: test as EventValue, at }, scope)
    },
    eventValue(value: EventValue | Value, at: string, scope: Scope): ValueType | null {
      const head = valueHeadOf(value)
      const isOfEvent = head !== null && Object.hasOwn(EVENT_VALUES, head) && !(head === 'clock' && 'of' in value)
      if (!isOfEvent) return resolving.value(value as Value, at, { ...scope, stream: null })
      const resolve = EVENT_VALUES[head as EventValueHeadName] as ResolveHead<EventValue>
      resolve(value as EventValue, at, scope, resolving)
      return findType(value, scope)
    },
    prop(prop: Prop, at: string, scope: Scope): ValueType | null {
      if (typeof prop === 'string') resolveProperty(prop, at, scope.stream, resolving)
      else resolving.eventValue(prop, at, scope)
      return findPropType(prop, scope)
    },
    tail(tail: Tail, left: Left, scope: Scope): void {
      const operator = operatorOf(tail) as OperatorName
      const at = `${left.at}/${operator}`
      const module = OPERATOR_MODULES[operator] as (typeof OPERATOR_MODULES)['is']
      const right = (tail as Record<string, unknown>)[operator] as never
      if (left.type === null || module.kinds.includes(left.type.kind)) {
        if (isIdentityOf(left, scope) && !IDENTITY_OPERATORS.includes(operator)) {
          report(
            at,
            say('an identity is stored unreadable: use is, in or known', '身份标识加密存储：只能用 is、in、known'),
          )
        }
        module.resolve(right, left, at, scope, resolving)
        return
      }
      const lines = linesNamedBy(left, scope)
      if (lines === null) report(at, wrongOperator(operator, left.type.kind))
      else {
        report(
          `${left.at}/prop`,
          say(
            `${lines} is a list of the order's lines: use hasAny, or each: items to test line by line`,
            `${lines} 是订单明细的列表：请用 hasAny，或用 each: items 逐行检验`,
          ),
        )
      }
      module.resolve(right, { ...left, type: null }, at, scope, resolving)
    },
    window(window: Window, at: string, scope: Scope, purpose: WindowPurpose): void {
      const module = WINDOWS[windowNameOf(window)] as (typeof WINDOWS)['ever']
      module.resolve(window as 'ever', at, scope, resolving, purpose)
    },
    stream(stream: Stream, each: string | undefined, at: string, scope: Scope): StreamScope {
      if (typeof stream === 'object' && !Array.isArray(stream)) resolveChanges(stream, at, scope, resolving)
      else resolveEvents(stream, at, resolving)
      return streamScopeOf(stream, each)
    },
  }
  return resolving
}

function resolveEvents(stream: string | readonly string[], at: string, resolving: Resolving): void {
  const { catalog, uses } = resolving
  uses.stream(stream as Stream)
  const isList = typeof stream !== 'string'
  const names = isList ? stream : [stream]
  for (const [index, name] of names.entries()) {
    const place = isList ? `${at}/${index}` : at
    if (name === 'any') {
      if (isList) resolving.report(place, say('any stands alone: did: any', 'any 须单独使用：did: any'))
    } else if (!catalog.events.has(name)) {
      const near = nearest(name, ['any', ...catalog.events.keys()])
      resolving.report(place, sayNearest(`no event "${name}"`, `没有事件“${name}”`, near))
    }
  }
}

function resolveChanges(
  { changes }: Extract<Stream, { changes: unknown }>,
  at: string,
  scope: Scope,
  resolving: Resolving,
): void {
  const place = `${at}/changes`
  const subject: Scope = { ...scope, stream: null }
  if ('attr' in changes) resolving.value({ attr: changes.attr }, place, subject)
  else if ('tag' in changes) resolving.value({ tag: changes.tag }, place, subject)
  else if ('segment' in changes) {
    resolveDefinitionReference('segment', changes.segment, `${place}/segment`, scope, resolving)
  } else if ('list' in changes) resolveList(changes.list, `${place}/list`, scope, resolving)
  else resolveRelation(changes.relation, `${place}/relation`, scope, resolving)
}

function resolveDefault(value: Value, type: ValueType | null, at: string, resolving: Resolving): void {
  const place = `${at}/default`
  if (type?.kind === 'list') resolving.report(place, say('a list has no default', '列表不能有默认值'))
  else resolveLiteral(value.default!, { type, value, at }, place, resolving)
}

function isIdentityOf({ value }: Left, scope: Scope): boolean {
  if (value === null || !('attr' in value) || scope.stream !== null) return false
  const hasOwn = scope.catalog.attributes.get(scope.subject)?.has(value.attr) ?? false
  return !hasOwn && isIdentity(value.attr, scope.subject, scope.catalog)
}

/** The name of the line field on the left, when lines are not the rows. */
function linesNamedBy({ value }: Left, { catalog, stream }: Scope): string | null {
  if (value === null || !('prop' in value) || stream?.kind !== 'events') return null
  const lookup = findProperty(catalog, stream, value.prop)
  return 'found' in lookup && lookup.found.item && stream.each === null ? value.prop : null
}
