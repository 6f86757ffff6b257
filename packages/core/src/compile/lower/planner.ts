import type { Catalog, DefinitionEntry, SubjectEntry } from '../../catalog/catalog.js'
import { AppError } from '../../kernel/app-error.js'
import { type Zone, zoneOf } from '../../kernel/zone.js'
import type { Assign, Definition, SegmentDefinition } from '../../language/document.js'
import { assignWayOf } from '../../language/frame/which.js'
import type { CompileContext } from '../context.js'
import { and, call, choose, column, type Expr, FALSE, isTrue, missing, number, TRUE } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { PlanAssign } from './assign-scope.js'
import { AttributeColumns } from './attribute-columns.js'
import { DefinitionScope } from './definition-scope.js'
import { EventLeaves } from './event-leaves.js'
import { FitRegistry } from './fit-registry.js'
import { ASSIGN_PLANS } from './heads.js'
import { type Lowered, MISSING } from './lowered.js'
import { StoredValues } from './stored-values.js'

export interface CompileWarning {
  readonly definitionId: string
  readonly path: string
  readonly message: string
}

/** What the definitions of one pass read and compute, collected while they are turned into expressions. */
export class Planner {
  readonly catalog: Catalog
  readonly subject: SubjectEntry
  readonly zone: Zone
  readonly events: EventLeaves
  readonly attributes: AttributeColumns
  readonly stored: StoredValues
  readonly fits = new FitRegistry()
  readonly warnings: CompileWarning[] = []
  readonly #own: ReadonlyMap<string, Definition>
  readonly #values = new Map<string, Lowered>()
  readonly #members = new Map<string, Expr>()
  readonly #open: string[] = []

  constructor(
    readonly context: CompileContext,
    readonly numbers: ExprNumbers,
    definitions: readonly Definition[],
    subject: SubjectEntry,
  ) {
    this.catalog = context.catalog
    this.subject = subject
    this.zone = zoneOf(context.catalog.timeZone)
    this.events = new EventLeaves(numbers)
    this.attributes = new AttributeColumns(context.attributes)
    this.stored = new StoredValues(context)
    this.#own = new Map(definitions.map((definition) => [definition.id, definition]))
  }

  /** The value of a tag or metric for one subject, already blank for whom it does not speak. */
  valueOf(definition: Definition): Lowered {
    const known = this.#values.get(definition.id)
    if (known !== undefined) return known
    const value = this.#guarded(definition, () => this.#plan(definition))
    this.#values.set(definition.id, value)
    return value
  }

  /** Whether the subject is in a segment: unknown stays unknown, whoever is outside its population is not in it. */
  memberOf(definition: SegmentDefinition): Expr {
    const known = this.#members.get(definition.id)
    if (known !== undefined) return known
    const where = this.#guarded(definition, () => {
      const scope = new DefinitionScope(this, definition, this.#population(definition), null)
      return scope.condition(definition.where, '/where')
    })
    const member = and([this.#population(definition), where])
    this.#members.set(definition.id, member)
    return member
  }

  tag(id: string): Lowered {
    const { body, entry } = this.#definition(id)
    if (body.kind !== 'tag') return MISSING
    const head = entry && !this.#own.has(id) ? this.stored.head(entry.number) : undefined
    return head && entry ? this.stored.published(entry, head, body.family === 'multi') : this.valueOf(body)
  }

  metric(id: string): Lowered {
    const { body } = this.#definition(id)
    return body.kind === 'metric' ? this.valueOf(body) : MISSING
  }

  segment(id: string): Expr {
    const { body, entry } = this.#definition(id)
    if (body.kind !== 'segment') return missing('UInt8')
    const isStored = entry && !this.#own.has(id) && this.stored.head(entry.number) !== undefined
    return isStored ? this.stored.segment(entry.number) : this.memberOf(body)
  }

  #definition(id: string): { body: Definition; entry: DefinitionEntry | undefined } {
    const entry = this.catalog.definitions.get(id)
    const body = this.#own.get(id) ?? entry?.body
    if (body === undefined) throw new AppError('INTERNAL', { cause: { unresolved: id } })
    return { body, entry }
  }

  #plan(definition: Definition): Lowered {
    const population = this.#population(definition)
    if (definition.kind === 'metric') {
      const scope = new DefinitionScope(this, definition, population, null)
      return inside(population, scope.value(definition.value, '/value'))
    }
    if (definition.kind !== 'tag') return MISSING
    // Fits inside `only` itself range over the whole population: the tag does not speak for anybody yet.
    const outer = new DefinitionScope(this, definition, population, null)
    const only = definition.only === undefined ? null : isTrue(outer.condition(definition.only, '/only'))
    const scope = new DefinitionScope(this, definition, population, only)
    const way = assignWayOf(definition.assign)
    const plan = ASSIGN_PLANS[way] as PlanAssign<Assign> | null
    if (plan === null) return scope.refuse(`assign: ${way}`, `/assign/${way}`)
    const value = plan(definition.assign, definition, scope, '/assign')
    return inside(and([population, only ?? TRUE]), blankWhenEmpty(value))
  }

  /** Whom a definition is about, among those who are alive. */
  #population(definition: Definition): Expr {
    if ((definition.subject ?? 'person') !== 'person') return TRUE
    switch (definition.who ?? 'customers') {
      case 'customers':
        return call('gt', column('strong'), number(0))
      case 'visitors':
        return call('eq', column('strong'), number(0))
      case 'everyone':
        return TRUE
    }
  }

  /** Definitions form no cycle; resolve sees to it, this keeps a slip from hanging the process. */
  #guarded<T>(definition: Definition, plan: () => T): T {
    if (this.#open.includes(definition.id)) {
      throw new AppError('INTERNAL', { cause: { cycle: [...this.#open, definition.id] } })
    }
    this.#open.push(definition.id)
    try {
      return plan()
    } finally {
      this.#open.pop()
    }
  }
}

/** A tag without any of its values is blank, where an attribute may well be an empty list. */
function blankWhenEmpty(value: Lowered): Lowered {
  return value.type === 'list' ? { ...value, known: and([value.known, call('notEmpty', value.expr)]) } : value
}

/** The value for those inside, missing or blank for everybody else. */
function inside(scope: Expr, value: Lowered): Lowered {
  if (scope === TRUE) return value
  const only = (then: Expr, otherwise: Expr): Expr => choose([{ when: scope, then }], otherwise)
  switch (value.type) {
    case 'number': {
      const expr = only(value.expr, NOTHING)
      const ratio = value.ratio && { ...value.ratio, under: only(value.ratio.under, NOTHING) }
      return { ...value, expr, ratio, literal: null }
    }
    case 'date':
      return { ...value, expr: only(value.expr, NOTHING), literal: null }
    case 'text':
    case 'bool':
      return { ...value, expr: only(value.expr, NOTHING) }
    case 'list':
      return { ...value, known: only(value.known, FALSE) }
    case 'code':
      return { type: 'code', index: only(value.index, number(0)), codes: value.codes }
    case 'codes':
      return { ...value, indexes: only(value.indexes, call('noCodes')) }
    case 'identity':
    case 'missing':
      return value
  }
}

/** NULL of whatever type stands beside it. */
const NOTHING: Expr = missing('Nothing')
