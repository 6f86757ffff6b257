import type { Catalog, SubjectEntry } from '../../catalog/catalog.js'
import { AppError } from '../../kernel/app-error.js'
import { addSpan, type Instant, parseInstant, type Zone } from '../../kernel/zone.js'
import type {
  Condition,
  Definition,
  EventValue,
  Literal,
  Operand,
  Span,
  Tail,
  Test,
  Value,
  Window,
} from '../../language/document.js'
import { streamScopeOf } from '../../language/frame/stream-scope.js'
import { groupHeadOf, valueHeadOf, windowNameOf } from '../../language/frame/which.js'
import { and, type Expr, TRUE } from '../plan/expr.js'
import { dateBounds, eventBounds, type FixedWindow, spanOf } from '../window-bounds.js'
import { anniversaryIn } from './anniversary.js'
import type { AssignScope } from './assign-scope.js'
import { withDefault } from './default-value.js'
import { CONDITION_PLANS, VALUE_PLANS } from './heads.js'
import { FIRST_INSTANT, type Lowered, type LoweredDate, type LoweredNumber, MISSING } from './lowered.js'
import { lowerTail } from './operators.js'
import type { Planner } from './planner.js'
import { eventNames, rowConditions, StreamRow, StreamRows } from './rows-plan.js'
import type { GroupNumberOf, PlanCondition, PlanValue, RowScope, RowsOf, RowsPlan, TierOf } from './scope.js'
import { groupNumberOf, tierOf } from './tiers.js'

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
    const { did, each, where, within = 'ever' } = of
    const stream = streamScopeOf(did, each)
    if (stream.kind === 'changes') return this.refuse('changes of tags and attributes', `${path}/did`)
    const bounds = eventBounds(this.#fixed(within, `${path}/within`), this.asOf, this.zone)
    if (bounds === null) return null
    const row = new StreamRow(this.catalog, stream, (message, at) => this.warn(message, at))
    const inner = new DefinitionScope(this.planner, this.definition, this.population, this.only, row)
    const test = where === undefined ? null : inner.condition(where, `${path}/where`)
    const events = eventNames(this.catalog, stream)
    const earliest = this.planner.context.earliestEvent ?? FIRST_INSTANT
    const pass = { each: stream.each, events, bounds, asOf: this.asOf, zone: this.zone, earliest }
    const when = rowConditions(events, bounds, this.asOf, test)
    return new StreamRows(this.catalog, this.planner.events, pass, when, (value, at) => inner.value(value, at))
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

  attributeGiven(key: string, expires: Span | undefined): Lowered {
    const entry = this.catalog.attributes.get(this.subject.key)?.get(key)
    // Nothing was ever given: everybody is blank.
    if (entry === undefined) return MISSING
    if (expires === undefined) return this.planner.attributes.add(entry)
    return this.planner.attributes.addSince(entry, addSpan(this.zone, this.asOf, spanOf(expires), -1))
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
    return 'list' in operand ? this.refuse('lists of things', path) : this.value(operand, path)
  }

  instant(text: string): number | null {
    return parseInstant(this.zone, text)
  }

  dateWindow(window: Window, path: string): { from: number | null; to: number | null } | null {
    return dateBounds(this.#fixed(window, path), this.asOf, this.zone)
  }

  anniversary(date: LoweredDate, window: Window, path: string): Expr {
    return anniversaryIn(date, dateBounds(this.#fixed(window, path), this.asOf, this.zone), this.zone)
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

  #fixed(window: Window, path: string): FixedWindow {
    const name = windowNameOf(window)
    return name === 'period' || name === 'anchored'
      ? this.refuse(`the window "${name}"`, path)
      : (window as FixedWindow)
  }
}
