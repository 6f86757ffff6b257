import type { Catalog } from '../catalog/catalog.js'
import { spanOf } from '../compile/window-bounds.js'
import type { SubjectFacts } from '../evaluate/facts.js'
import type { EvaluateScope, RowsOf } from '../evaluate/scope.js'
import { dateOfDayNumber, dayNumberOf, daysInMonth } from '../kernel/calendar.js'
import { parseDecimal } from '../kernel/decimal.js'
import {
  addSpan,
  type Instant,
  localDayNumber,
  parseInstant,
  startOfLocalDay,
  startOfUnit,
  type Zone,
} from '../kernel/zone.js'
import { correctedAttribute } from '../language/assign/given/attribute.js'
import type {
  AnchoredWindow,
  At,
  CalendarUnit,
  Condition,
  Definition,
  Id,
  InstantText,
  Span,
  Stream,
  Tail,
  Test,
  TreeNode,
  Value,
  Window,
} from '../language/document.js'
import { eventsOf } from '../language/frame/property.js'
import { streamScopeOf } from '../language/frame/stream-scope.js'
import { assignWayOf, groupHeadOf, operatorOf, valueHeadOf, windowNameOf } from '../language/frame/which.js'
import { branchCondition } from './branch-condition.js'
import type { MomentScope } from './head.js'
import { CONDITION_EXPLANATIONS, VALUE_EXPLANATIONS, WAY_EXPLANATIONS } from './heads.js'
import { momentsLater, windowMoments } from './window-moments.js'

/** Moments at which a definition's value for a subject may change. */
export interface Moments {
  /** Ascending, all in (from, to]. The value at one of them may differ from that a millisecond before. */
  readonly moments: readonly Instant[]
  /** Whether it can change at no other moment. */
  readonly complete: boolean
}

export interface MomentsOptions {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly definition: (id: Id) => Definition | undefined
  /** Asks a place of a definition now. */
  readonly read?: <T>(own: Definition, find: (now: EvaluateScope) => T) => T
  /** A number that a value of the definition always is; null = it may change. */
  readonly numberOf?: (own: Definition, value: Value) => bigint | null
  readonly from: Instant
  readonly to: Instant
  /** Also when the local clock shows other things, for rows that are yet to come. */
  readonly ticks?: 'day' | 'hour'
}

const DAY = 86_400_000
/** Most days looked at one by one at each end of a stretch; between, only what is known to matter. */
const MOST_DAYS = 400
/** More moments than this are not gathered. */
const MOST_MOMENTS = 50_000

/** Finds those moments from the document: windows, lengths of time, and what the subject's facts say. */
export function momentsOf(definition: Definition, facts: SubjectFacts, options: MomentsOptions): Moments {
  const found = new Set<Instant>()
  const collector = new Collector(facts, options, found, [])
  collector.sighted()
  collector.body(definition, null)
  if (options.ticks !== undefined) collector.grid(options.ticks)
  return { moments: [...found].sort((a, b) => a - b), complete: !collector.isUncertain }
}

class Collector implements MomentScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly from: Instant
  readonly to: Instant
  isUncertain = false
  #own: Definition | null = null

  constructor(
    readonly facts: SubjectFacts,
    private readonly options: MomentsOptions,
    private readonly found: Set<Instant>,
    private readonly inside: readonly Id[],
  ) {
    this.catalog = options.catalog
    this.zone = options.zone
    this.from = options.from
    this.to = options.to
  }

  add(moment: Instant): void {
    if (!(moment > this.from && moment <= this.to)) return
    if (this.found.size < MOST_MOMENTS) this.found.add(moment)
    else this.isUncertain = true
  }

  /** When the subject was first seen, and became a customer. */
  sighted(): void {
    this.add(this.facts.firstTs + 1)
    if (this.facts.strongFrom !== undefined) this.add(this.facts.strongFrom + 1)
  }

  constant<T>(find: (now: EvaluateScope) => T): T | null {
    return this.#own === null ? null : (this.options.read?.(this.#own, find) ?? null)
  }

  uncertain(): void {
    this.isUncertain = true
  }

  value(value: Value, compared: readonly bigint[] | null): void {
    const head = valueHeadOf(value)
    if (head === null || !(head in VALUE_EXPLANATIONS)) return
    VALUE_EXPLANATIONS[head as 'did'].moments(value as never, this, compared)
  }

  condition(condition: Condition): void {
    const head = groupHeadOf(condition)
    if (head !== null) CONDITION_EXPLANATIONS[head as 'all'].moments(condition as never, this)
    else this.#compared(condition as Value, condition as Tail)
  }

  #compared(left: Value, tail: Tail): void {
    const operator = operatorOf(tail)!
    const right = (tail as Record<string, unknown>)[operator]
    const sides = Array.isArray(right) ? right : [right]
    const numbers = sides.map((side) => this.#numberOf(side))
    const literals = numbers.filter((one) => one !== null)
    const isLiteral = operator === 'known' || literals.length === sides.length
    this.value(left, isLiteral ? literals : null)
    if (operator === 'during' || operator === 'anniversary') this.#dated(left, right as Window, operator)
    for (const side of sides) {
      if (typeof side === 'object' && side !== null && valueHeadOf(side) !== null) this.value(side as Value, null)
    }
  }

  #numberOf(side: unknown): bigint | null {
    if (typeof side === 'number') return parseDecimal(side)
    if (this.#own === null || typeof side !== 'object' || side === null || valueHeadOf(side) === null) return null
    return this.options.numberOf?.(this.#own, side as Value) ?? null
  }

  #dated(left: Value, window: Window, operator: 'during' | 'anniversary'): void {
    this.#datedBy(this.dates(left), window, operator)
  }

  #datedBy(dates: readonly Instant[], window: Window, operator: 'during' | 'anniversary'): void {
    this.#anchors(window)
    if (operator === 'during') {
      for (const date of dates) this.date(date, window)
      return
    }
    // Returns are compared by local days, so the window's ends matter where they pass over midnight.
    const first = dateOfDayNumber(localDayNumber(this.zone, this.from)).year - 2
    const last = dateOfDayNumber(localDayNumber(this.zone, this.to)).year + 2
    for (const date of dates) {
      const { month, day } = dateOfDayNumber(localDayNumber(this.zone, date))
      for (let year = first; year <= last; year++) {
        const number = dayNumberOf({ year, month, day: Math.min(day, daysInMonth(year, month)) })
        for (const shift of [0, 1]) {
          const edge = startOfLocalDay(this.zone, number + shift)
          for (const point of [edge - 1, edge, edge + 1]) this.date(point, window)
        }
      }
    }
  }

  definition(id: Id, compared: readonly bigint[] | null): void {
    const definition = this.options.definition(id)
    if (definition === undefined || this.inside.includes(id)) return
    const inner = new Collector(this.facts, this.options, this.found, [...this.inside, id])
    inner.body(definition, compared)
    this.isUncertain ||= inner.isUncertain
  }

  body(definition: Definition, compared: readonly bigint[] | null): void {
    this.#own = definition
    switch (definition.kind) {
      case 'segment':
        if (definition.take !== undefined) this.uncertain()
        this.condition(definition.where)
        break
      case 'metric':
        this.value(definition.value, compared)
        break
      case 'tree':
        this.#node(definition.root)
        break
      case 'tag': {
        if (definition.only !== undefined) this.condition(definition.only)
        if (definition.corrections !== undefined) {
          for (const { ts } of this.facts.attributes.get(correctedAttribute(definition.id)) ?? []) {
            this.add(ts + 1)
            this.later(ts, [definition.corrections.keep])
            this.later(ts - 1, [definition.corrections.keep])
          }
        }
        WAY_EXPLANATIONS[assignWayOf(definition.assign) as 'rules'].moments(
          definition.assign as never,
          definition,
          this,
        )
      }
    }
  }

  #node(node: TreeNode): void {
    if (node.by !== undefined) this.value(node.by, null)
    for (const child of node.split ?? []) {
      const condition = branchCondition(child, node)
      if (condition !== null) this.condition(condition)
      this.#node(child)
    }
  }

  dates(value: Value): readonly Instant[] {
    const head = valueHeadOf(value)
    const find = head === null ? undefined : VALUE_EXPLANATIONS[head as 'did']?.dates
    const own = typeof value.default === 'string' ? parseInstant(this.zone, value.default) : null
    return [...new Set([...(find?.(value as never, this) ?? []), ...(own === null ? [] : [own])])]
  }

  rows(stream: Stream): readonly Instant[] {
    const scope = streamScopeOf(stream, undefined)
    const { facts } = this
    if (scope.kind === 'events') {
      const names = new Set(
        scope.names === 'any' ? eventsOf(this.catalog, 'any').map((event) => event.name) : scope.names,
      )
      return facts.events.filter((event) => names.has(event.event)).map((event) => event.ts)
    }
    if (scope.of === 'attr') return (facts.attributes.get(scope.id) ?? []).map((change) => change.ts)
    if (scope.of !== 'relation') return (facts.published?.get(`${scope.of}:${scope.id}`) ?? []).map((row) => row.ts)
    const key = this.catalog.relations.get(scope.id)?.inverseOf ?? scope.id
    return (facts.related?.get(key) ?? []).flatMap(({ from, to }) => (to === null ? [from] : [from, to]))
  }

  stream({ did, where, within = 'ever' }: RowsOf): void {
    this.#anchors(within)
    for (const ts of this.rows(did)) this.date(ts, within)
    if (where !== undefined) this.#test(where)
  }

  /** Tests of rows look at the moment where they compare dates with windows or with values of the subject. */
  #test(test: Test): void {
    const group = groupHeadOf(test)
    if (group !== null) {
      const parts = (test as Record<string, Test | Test[]>)[group]!
      for (const part of Array.isArray(parts) ? parts : [parts]) this.#test(part)
      return
    }
    if ('case' in test) for (const branch of test.case) this.#test(branch.when)
    const operator = operatorOf(test as Tail)!
    const right = (test as unknown as Record<string, unknown>)[operator]
    if (operator === 'during' || operator === 'anniversary') {
      const dates = 'prop' in test ? this.#propertyDates(test.prop) : []
      this.#datedBy(dates, right as Window, operator)
      return
    }
    for (const side of Array.isArray(right) ? right : [right]) {
      if (typeof side !== 'object' || side === null) continue
      const head = valueHeadOf(side)
      if (head !== null && head in VALUE_EXPLANATIONS) this.value(side as Value, null)
    }
  }

  #propertyDates(name: string): readonly Instant[] {
    const field = name.slice(name.indexOf('.') + 1)
    return this.facts.events.flatMap(({ properties, items }) =>
      [properties[name], ...items.map((item) => item[field])].filter((value) => typeof value === 'number'),
    )
  }

  date(moment: Instant, window: Window): void {
    for (const one of windowMoments(this.zone, window, moment)) this.add(one)
  }

  /** A window that hangs on moments changes with them, and when its start or end is reached. */
  #anchors(window: Window): void {
    const name = windowNameOf(window)
    // A running unit has begun a millisecond after its start.
    if (typeof window === 'object' && 'this' in window && window.ago === undefined) this.grid(window.this)
    if (name === 'period') {
      const period = this.catalog.periods.get((window as { period: Id }).period)
      if (period) for (const edge of [period.from, period.to]) this.#around(edge)
    }
    if (name !== 'anchored') return
    const { from, after, to, skip, for: length } = window as AnchoredWindow
    for (const edge of [from, after, to]) {
      if (edge === undefined) continue
      if (typeof edge === 'object') this.value(edge, null)
      for (const anchor of this.#edgeDates(edge)) {
        this.#around(anchor)
        for (const start of skip === undefined ? [anchor] : momentsLater(this.zone, anchor, [skip])) {
          this.#around(start)
          if (length !== undefined) for (const end of momentsLater(this.zone, start, [length])) this.#around(end)
        }
        if (length !== undefined && from === undefined && after === undefined) {
          for (const start of momentsLater(this.zone, anchor, [length], -1)) this.#around(start)
        }
      }
    }
  }

  #edgeDates(edge: InstantText | Value): readonly Instant[] {
    if (typeof edge === 'object') return this.dates(edge)
    const instant = parseInstant(this.zone, edge)
    return instant === null ? [] : [instant]
  }

  #around(moment: Instant): void {
    this.add(moment)
    this.add(moment + 1)
  }

  grid(unit: CalendarUnit | 'hour'): void {
    if (unit === 'hour') {
      // Local hours begin on half hours in some zones. Of a long stretch only its two ends are looked at so closely.
      const step = 1_800_000
      const first = Math.ceil(this.from / step) * step
      const isLong = (this.to - first) / step > 2 * MOST_DAYS
      if (isLong) this.uncertain()
      for (let edge = first; edge <= this.to; edge += step) {
        this.#around(edge)
        if (isLong && edge === first + MOST_DAYS * step) edge = this.to - ((this.to - first) % step) - MOST_DAYS * step
      }
      return
    }
    let edge = startOfUnit(this.zone, unit, this.from)
    for (let count = 0; edge <= this.to; count++) {
      if (count === MOST_DAYS && edge < this.to - MOST_DAYS * DAY) {
        this.uncertain()
        edge = startOfUnit(this.zone, unit, this.to - MOST_DAYS * DAY)
      }
      this.#around(edge)
      edge = startOfUnit(this.zone, unit, edge, 1)
    }
  }

  later(moment: Instant, spans: readonly (Span | undefined)[]): void {
    for (const one of momentsLater(
      this.zone,
      moment,
      spans.filter((span) => span !== undefined),
    ))
      this.add(one)
  }

  then({ ago, at }: { readonly ago?: Span; readonly at?: At }, inside: (scope: MomentScope) => void): void {
    if (ago === undefined && at === undefined) {
      inside(this)
      return
    }
    if (typeof at === 'string') {
      const moment = parseInstant(this.zone, at)
      if (moment !== null) this.#around(moment)
      return
    }
    if (at !== undefined) {
      this.grid(at.start)
      return
    }
    // What changes there changes here so much later.
    const shifted = new Set<Instant>()
    const from = addSpan(this.zone, this.from, spanOf(ago!), -1) - 5 * 86_400_000
    const there = new Collector(this.facts, { ...this.options, from }, shifted, this.inside)
    inside(there)
    for (const moment of shifted) this.later(moment, [ago])
    for (const moment of shifted) this.later(moment - 1, [ago])
    this.isUncertain ||= there.isUncertain
  }

  of(facts: SubjectFacts, inside: (scope: MomentScope) => void): void {
    const other = new Collector(facts, this.options, this.found, this.inside)
    other.sighted()
    inside(other)
    this.isUncertain ||= other.isUncertain
  }
}
