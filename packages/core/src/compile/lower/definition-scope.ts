import type { Catalog, SubjectEntry } from '../../catalog/catalog.js'
import { AppError } from '../../kernel/app-error.js'
import { addSpan, type Instant, parseInstant, startOfUnit, type Zone } from '../../kernel/zone.js'
import type {
  AnchoredWindow,
  Condition,
  Definition,
  EventValue,
  Field,
  Literal,
  Operand,
  Prop,
  SequenceCondition,
  Span,
  TagDefinition,
  Tail,
  Test,
  Value,
  Window,
} from '../../language/document.js'
import type { StreamScope } from '../../language/frame/scope.js'
import { streamScopeOf } from '../../language/frame/stream-scope.js'
import { groupHeadOf, valueHeadOf } from '../../language/frame/which.js'
import {
  aggregate,
  and,
  call,
  choose,
  column,
  type Expr,
  FALSE,
  isTrue,
  missing,
  number,
  param,
  TRUE,
} from '../plan/expr.js'
import { spanOf } from '../window-bounds.js'
import { addSpanTo } from './add-span.js'
import { anniversaryIn } from './anniversary.js'
import type { AssignScope } from './assign-scope.js'
import { BUCKET, type Buckets, PREVIOUS } from './bucket-passes.js'
import { bucketNumber } from './calendar-buckets.js'
import { CHAIN_BEFORE, CHAIN_TIME, type Chain, type ChainRows } from './chain-passes.js'
import { changesOf } from './changes.js'
import { clockField } from './clock.js'
import { UNKNOWN } from './compare.js'
import { withDefault } from './default-value.js'
import { elementTextOf, listTexts } from './element-text.js'
import { eventIsOneOf } from './event-is-one-of.js'
import { CONDITION_PLANS, VALUE_PLANS } from './heads.js'
import { inside } from './inside.js'
import {
  FIRST_INSTANT,
  LAST_INSTANT,
  type Lowered,
  type LoweredDate,
  type LoweredNumber,
  literalDate,
  MISSING,
  millisOf,
  TS,
  textOfCode,
} from './lowered.js'
import { lowerTail } from './operators.js'
import type { Planner } from './planner.js'
import { eventNames, LINE, ROW_ORDER, rowConditions, type StreamRead, StreamRow, StreamRows } from './rows-plan.js'
import type {
  BucketsOf,
  BucketsPlan,
  GroupNumberOf,
  MomentOf,
  PlanCondition,
  PlanScope,
  PlanValue,
  RelatedPlan,
  RowScope,
  RowsOf,
  RowsPlan,
  TierOf,
} from './scope.js'
import type { SubPass } from './sub-pass.js'
import { groupNumberOf, tierOf } from './tiers.js'
import { dateEdges, eventEdges, existsAt, type OwnEdges, ownEdges } from './window-edges.js'

/** The place of a head inside one definition: its subject, and inside a `where:` the row that is tested. */
export class DefinitionScope implements AssignScope {
  readonly catalog: Catalog
  readonly subject: SubjectEntry
  readonly asOf: Instant
  readonly zone: Zone

  constructor(
    readonly planner: Planner,
    readonly definition: Definition,
    /** Whom the definition is about. */
    readonly population: Expr,
    /** For whom a tag speaks; fits inside it inherit this. */
    readonly only: Expr | null,
    readonly row: RowScope | null = null,
  ) {
    this.catalog = planner.catalog
    this.subject = planner.subject
    this.asOf = planner.context.asOf
    this.zone = planner.zone
  }

  value(value: Value | EventValue, path: string): Lowered {
    const head = valueHeadOf(value)
    // Inside a `where:` only a few heads speak of the row, all others of the subject it belongs to.
    if (this.row !== null && head !== null && !speaksOfRow(head, value)) {
      return this.#own((scope) => scope.value(value, path))
    }
    const plan = head === null ? null : (VALUE_PLANS[head] as PlanValue<Value | EventValue> | null)
    if (plan === null) return this.refuse(`"${head ?? 'this value'}"`, path)
    const lowered = plan(value, this, path)
    const fallback = (value as { default?: Literal }).default
    return fallback === undefined ? lowered : withDefault(lowered, fallback, this)
  }

  condition(condition: Condition | Test, path: string): Expr {
    const head = groupHeadOf(condition)
    if (head === null) {
      const comparison = condition as Value & Tail
      return lowerTail(this.value(comparison, path), comparison, this, path)
    }
    const plan = CONDITION_PLANS[head] as PlanCondition<Condition | Test> | null
    return plan === null ? this.refuse(`"${head}"`, path) : plan(condition, this, path)
  }

  rows(of: RowsOf, path: string): RowsPlan | null {
    const stream = this.stream(of, path)
    if (stream === null) return null
    return new StreamRows(this.catalog, stream, { add: (expr) => this.planner.rows.add(expr, stream.read) })
  }

  buckets(of: RowsOf, by: BucketsOf, path: string): BucketsPlan | null {
    const stream = this.stream(of, path)
    if (stream === null) return null
    const { value, buckets } = this.#bucketsOf(by, stream)
    const pass = this.planner.buckets.pass(stream.read, buckets)
    // Rows of visits were chosen before the visits were told apart.
    const chosen: StreamRead = 'isNew' in buckets ? { ...stream, when: [] } : stream
    const rows = new StreamRows(this.catalog, chosen, pass.inner)
    const last = by.kind === 'calendar' ? this.#lastBucket(stream, by.unit) : null
    const any = call('gt', pass.inner.add(aggregate('count', [], rows.when)), number(0))
    return { rows, bucket: BUCKET, value, any, last, leaf: (expr) => pass.outer.add(expr) }
  }

  attribute(key: string, path: string): Lowered {
    const entry = this.catalog.attributes.get(this.subject.key)?.get(key)
    if (entry !== undefined) return this.planner.attributes.add(entry)
    if (key.startsWith('id.')) {
      const kind = key.slice(3)
      const { blind } = this.planner.context
      return this.planner.attributes.identity(kind, (value) => {
        return blind === undefined
          ? this.refuse('identities without the key of the workspace', path)
          : blind(kind, value)
      })
    }
    this.warn(`there is no attribute "${key}"`, path)
    return MISSING
  }

  tag(id: string): Lowered {
    return this.planner.tag(id)
  }

  metric(id: string): Lowered {
    return this.planner.metric(id)
  }

  segment(id: string): Expr {
    return this.planner.segment(id)
  }

  list(id: string, path: string): Expr {
    const list = this.catalog.lists.get(id)
    if (list === undefined) return this.refuse(`the unknown list "${id}"`, path)
    return this.planner.stored.list(list.number)
  }

  node(tree: string, node: string): Expr {
    return this.planner.node(tree, node)
  }

  then(moment: MomentOf, value: (scope: PlanScope) => Lowered, path: string): Lowered {
    const there = this.#there(moment, path)
    if (there === 'now') return value(this)
    if (there === null) return MISSING
    const lowered = value(there.planner.scopeOf(this.definition, false))
    return inside(aliveIn(there), there.exported(lowered))
  }

  thenHolds(moment: MomentOf, holds: (scope: PlanScope) => Expr, path: string): Expr {
    const there = this.#there(moment, path)
    if (there === 'now') return holds(this)
    if (there === null) return UNKNOWN
    const then = there.export(holds(there.planner.scopeOf(this.definition, false)))
    return choose([{ when: aliveIn(there), then }], FALSE)
  }

  /** The same subjects at another moment; null when it lies ahead. */
  #there({ ago, at }: MomentOf, path: string): SubPass<Planner> | 'now' | null {
    if (ago === undefined && at === undefined) return 'now'
    const moment = this.#moment({ ...(ago === undefined ? {} : { ago }), ...(at === undefined ? {} : { at }) })
    if (moment !== null && moment <= this.asOf) return this.planner.at(moment)
    this.warn('this moment lies ahead: the value is missing', path)
    return null
  }

  chain({ sequence, total, within, notThen }: SequenceCondition, path: string): Expr {
    const rowsOf = (step: ChainStep, at: string): { rows: ChainRows; inside: Expr } | null => {
      const stream = this.stream(step, at)
      return (
        stream && {
          rows: { read: stream.read, when: stream.when, key: keyOf(step, stream, at) },
          inside: stream.inside,
        }
      )
    }
    const window = within === undefined ? {} : { within }
    const steps: Chain['steps'][number][] = []
    let exists: Expr = TRUE
    for (const [index, step] of sequence.entries()) {
      const at = `${path}/sequence/${index}`
      const found = rowsOf({ ...step, ...window }, at)
      const without = step.without && rowsOf({ ...step.without, ...window }, `${at}/without`)
      if (found === null || without === null) return UNKNOWN
      exists = found.inside
      const gap = step.gap === undefined ? null : call('lte', CHAIN_TIME, addSpanTo(CHAIN_BEFORE, step.gap, this.zone))
      steps.push({ rows: found.rows, gap, without: without?.rows ?? null })
    }
    const after = notThen && rowsOf(withoutSpan(notThen), `${path}/notThen`)
    const until = notThen?.within === undefined ? null : addSpanTo(CHAIN_TIME, notThen.within, this.zone)
    const found = this.planner.chains.add({
      steps,
      total: total === undefined ? null : call('lte', CHAIN_TIME, addSpanTo(CHAIN_BEFORE, total, this.zone)),
      notThen: after ? { rows: after.rows, until } : null,
      asOf: this.asOf,
    })
    const holds = call('gt', found, number(0))
    return exists === TRUE ? holds : choose([{ when: exists, then: holds }], UNKNOWN)
  }

  related(relation: string, role: string | undefined, path: string): RelatedPlan {
    const entry = this.catalog.relations.get(relation)
    if (entry === undefined) return this.refuse(`the unknown relation "${relation}"`, path)
    const sub = this.planner.of(entry.to)
    const read = { stored: entry.inverseOf ?? entry.key, isReversed: entry.inverseOf !== null, role: role ?? null }
    return {
      scope: new DefinitionScope(sub.planner, this.definition, TRUE, null),
      alive: sub.export(sub.planner.alive()),
      column: (expr) => sub.export(expr),
      value: (value) => sub.exported(value),
      leaf: (expr) => this.planner.related.add(expr, read, sub),
    }
  }

  clock(field: Field, of: LoweredDate | null): Lowered {
    if (of === null && this.row !== null) return this.row.clock(field)
    const { zone, catalog, asOf } = this
    const date = of ?? literalDate(asOf)
    const [from, to] = date.literal === null ? [FIRST_INSTANT, LAST_INSTANT] : [date.literal, date.literal + 1]
    return clockField(field, { millis: millisOf(date), from, to, zone, catalog })
  }

  attributeGiven(key: string, expires: Span | undefined): Lowered {
    const entry = this.catalog.attributes.get(this.subject.key)?.get(key)
    // Nothing was ever given: everybody is blank.
    if (entry === undefined) return MISSING
    if (expires === undefined) return this.planner.attributes.add(entry)
    return this.planner.attributes.addSince(entry, addSpan(this.zone, this.asOf, spanOf(expires), -1))
  }

  lastGiven(tag: TagDefinition): Lowered {
    const entry = this.catalog.definitions.get(tag.id)
    // Not saved yet: nothing was ever published.
    return entry === undefined ? MISSING : this.planner.stored.lastPublished(entry, tag)
  }

  tier(of: TierOf, path: string): LoweredNumber {
    return tierOf(of, this, path)
  }

  groupNumber(of: GroupNumberOf, path: string): LoweredNumber {
    return groupNumberOf(of, this, path)
  }

  /** Who takes part in a fit: the living of the population, the tag's `only`, the value's own `only`. */
  fitScope(own: Expr | null): Expr {
    return and([this.population, this.only ?? TRUE, own ?? TRUE])
  }

  operand(operand: Exclude<Operand, Literal>, path: string): Lowered {
    return 'list' in operand ? MISSING : this.value(operand, path)
  }

  instant(text: string): number | null {
    return parseInstant(this.zone, text)
  }

  dateWindow(window: Window, path: string): { from: LoweredDate | null; to: LoweredDate | null } | null {
    const edges = dateEdges(window, this)
    if (edges === null) return null
    if (edges.kind === 'fixed') {
      const { from, to } = edges.bounds
      return { from: from === null ? null : literalDate(from), to: to === null ? null : literalDate(to) }
    }
    const { from, to } = this.#edges(edges.window, path)
    const date = (expr: Expr | null): LoweredDate | null =>
      expr === null ? null : { type: 'date', form: 'millis', expr, literal: null }
    return { from: date(from), to: date(to) }
  }

  anniversary(date: LoweredDate, window: Window, path: string): Expr {
    const edges = dateEdges(window, this)
    if (edges?.kind !== 'fixed') return this.refuse('an anniversary in a window that hangs on a moment', path)
    return anniversaryIn(date, edges.bounds, this.zone)
  }

  warn(message: string, path: string): void {
    this.planner.warnings.push({ definitionId: this.definition.id, path, message })
  }

  refuse(what: string, path: string): never {
    throw new AppError('DEFINITION_INVALID', {
      words: { count: 1 },
      issues: [
        {
          pointer: path,
          message: `NOT_SUPPORTED_YET: ${what} of "${this.definition.id}" cannot be computed in this version`,
        },
      ],
    })
  }

  /** What a stream reads and which of its rows count; null when the window is missing for everybody. */
  stream({ did, each, where, within = 'ever' }: RowsOf, path: string): StreamRead | null {
    const edges = eventEdges(within, this)
    if (edges === null) return null
    const bounds = edges.kind === 'fixed' ? edges.bounds : { from: null, to: null }
    const earliest = this.planner.context.earliestEvent ?? FIRST_INSTANT
    const { zone, catalog, asOf } = this
    const moment = { millis: millisOf(TS), from: bounds.from ?? earliest, to: asOf, zone, catalog }
    const scope = streamScopeOf(did, each)
    const { row, read, conditions } = this.#rowsFrom(scope, bounds.from, moment, `${path}/did`)
    const when = [...conditions, ...rowConditions(bounds, asOf)]
    let [exists, end]: [Expr, Expr] = [TRUE, param('Int64', bounds.to ?? asOf)]
    if (edges.kind === 'own') {
      const own = this.#own((there) => there.#edgeValues(edges.window, `${path}/within`)) as OwnEdges
      if (own.from !== null) when.push(isTrue(call('gte', moment.millis, own.from)))
      if (own.to !== null) when.push(isTrue(call('lt', moment.millis, own.to)))
      const here = this.#edges(edges.window, `${path}/within`)
      exists = existsAt(here, asOf)
      if (here.to !== null) end = call('least', here.to, param('Int64', asOf))
    }
    const inner = new DefinitionScope(this.planner, this.definition, this.population, this.only, row)
    const test = where === undefined ? TRUE : inner.condition(where, `${path}/where`)
    if (test !== TRUE) when.push(isTrue(test))
    const order = scope.kind === 'events' && scope.each !== null ? [...ROW_ORDER, LINE] : ROW_ORDER
    return { read, when, inside: exists, order, moment, end, value: (value, at) => inner.value(value, at) }
  }

  #rowsFrom(scope: StreamScope, from: Instant | null, moment: StreamRead['moment'], path: string) {
    if (scope.kind === 'changes') {
      const changes = changesOf(scope, this, moment, path)
      return { row: changes.row, conditions: [], read: { origin: changes.origin, events: [], from: null } }
    }
    const events = eventNames(this.catalog, scope)
    const row = new StreamRow(this.planner.scans, scope, moment, (message, at) => this.warn(message, at))
    const origin = { kind: 'events', each: scope.each } as const
    return { row, conditions: [eventIsOneOf(events)], read: { origin, events, from } }
  }

  #bucketsOf(by: BucketsOf, stream: StreamRead): { value: Lowered | null; buckets: Buckets } {
    switch (by.kind) {
      case 'calendar':
        return { value: null, buckets: { by: bucketNumber(by.unit, stream.moment), isList: false } }
      case 'event':
        return { value: null, buckets: { by: column('seq'), isList: false } }
      case 'session': {
        const latest = addSpanTo(PREVIOUS, by.pause, this.zone)
        const isNew = call('gt', stream.moment.millis, latest)
        return { value: null, buckets: { isNew, when: stream.when, order: stream.order } }
      }
      case 'prop': {
        const value = stream.value(typeof by.prop === 'string' ? { prop: by.prop } : by.prop, by.path)
        return bucketOfValue(value)
      }
      case 'text': {
        const value = stream.value(typeof by.prop === 'string' ? { prop: by.prop } : by.prop, by.path)
        if (value.type === 'list') {
          return { value: TEXT_BUCKET, buckets: { by: call('nonEmptyTexts', listTexts(value)), isList: true } }
        }
        return { value: TEXT_BUCKET, buckets: { by: call('emptyAsMissing', elementTextOf(value)), isList: false } }
      }
    }
  }

  /** Running number of the calendar bucket that holds the last millisecond of the window. */
  #lastBucket(stream: StreamRead, unit: Extract<BucketsOf, { kind: 'calendar' }>['unit']): Expr {
    const millis = call('minus', stream.end, number(1))
    return bucketNumber(unit, { ...stream.moment, millis, from: FIRST_INSTANT })
  }

  /** A value of the subject for use inside one of its rows: computed in a pass of its own, beside the rows. */
  #own(value: (scope: DefinitionScope) => Lowered): Lowered
  #own(value: (scope: DefinitionScope) => OwnEdges): OwnEdges
  #own(value: (scope: DefinitionScope) => Lowered | OwnEdges): Lowered | OwnEdges {
    const sub = this.planner.own()
    const found = value(sub.planner.scopeOf(this.definition, this.only !== null))
    if ('type' in found) return sub.exported(found)
    const carried = (expr: Expr | null): Expr | null => (expr === null ? null : sub.export(expr))
    return { begins: carried(found.begins), from: carried(found.from), to: carried(found.to) }
  }

  /** Edges that hang on moments of the subject: in this pass, or, inside a row, beside it. */
  #edges(window: AnchoredWindow, path: string): OwnEdges {
    if (this.row !== null) return this.#own((scope) => scope.#edgeValues(window, path))
    return this.#edgeValues(window, path)
  }

  #edgeValues(window: AnchoredWindow, path: string): OwnEdges {
    return ownEdges(window, this.zone, (edge, name) => {
      if (typeof edge !== 'string') return this.value(edge, `${path}/${name}`)
      return literalDate(parseInstant(this.zone, edge) ?? this.asOf)
    })
  }

  #moment({ ago, at }: MomentOf): Instant | null {
    if (ago !== undefined) return addSpan(this.zone, this.asOf, spanOf(ago), -1)
    if (typeof at === 'object') return startOfUnit(this.zone, at.start, this.asOf)
    return at === undefined ? this.asOf : parseInstant(this.zone, at)
  }
}

/** Heads that, inside a `where:`, are asked of the row. */
function speaksOfRow(head: string, value: Value | EventValue): boolean {
  return head === 'prop' || head === 'case' || head === 'calc' || (head === 'clock' && !('of' in value))
}

interface ChainStep extends RowsOf {
  readonly key?: Prop
}

/** A step as rows are asked for: the span of `notThen` is no window. */
function withoutSpan({ within: _, ...step }: NonNullable<SequenceCondition['notThen']>): ChainStep {
  return step
}

/** What the rows of a chain have in common, as text. */
function keyOf({ key }: ChainStep, stream: StreamRead, path: string): ChainRows['key'] {
  if (key === undefined) return null
  const value = stream.value(typeof key === 'string' ? { prop: key } : key, `${path}/key`)
  if (value.type === 'list') return { expr: listTexts(value), isList: true }
  return { expr: elementTextOf(value), isList: false }
}

/** 1 for those who were there at the other moment; elsewhere there is no row. */
function aliveIn(there: SubPass<Planner>): Expr {
  return call('gt', there.export(there.planner.alive()), number(0))
}

/** A value of a row as the name of its bucket. */
function bucketOfValue(value: Lowered): { value: Lowered; buckets: Buckets } {
  switch (value.type) {
    case 'list':
      return { value: TEXT_BUCKET, buckets: { by: value.expr, isList: true } }
    case 'number':
    case 'date':
    case 'text':
    case 'bool':
      return { value: { ...value, expr: BUCKET } as Lowered, buckets: { by: value.expr, isList: false } }
    case 'code':
      return { value: TEXT_BUCKET, buckets: { by: textOfCode(value), isList: false } }
    default:
      return { value: MISSING, buckets: { by: missing('String'), isList: false } }
  }
}

const TEXT_BUCKET: Lowered = { type: 'text', expr: BUCKET }
