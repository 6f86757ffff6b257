import type { Catalog, DefinitionEntry, SubjectEntry } from '../../catalog/catalog.js'
import { AppError } from '../../kernel/app-error.js'
import { type Instant, type Zone, zoneOf } from '../../kernel/zone.js'
import { correctedAttribute } from '../../language/assign/given/attribute.js'
import type { Assign, Definition, SegmentDefinition, TagDefinition } from '../../language/document.js'
import { assignWayOf } from '../../language/frame/which.js'
import { correctableCodes } from '../../language/type-of.js'
import type { Pass } from '../assemble.js'
import type { CompileContext } from '../context.js'
import { and, call, column, type Expr, FALSE, isTrue, missing, number, param, TRUE } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import { Scans } from '../scans.js'
import type { PlanAssign } from './assign-scope.js'
import { AttributeColumns } from './attribute-columns.js'
import { BucketPasses } from './bucket-passes.js'
import { ChainPasses } from './chain-passes.js'
import type { ColumnSource } from './column-source.js'
import type { Columns } from './columns.js'
import { corrected } from './corrected.js'
import { DefinitionScope } from './definition-scope.js'
import type { FitRegistry } from './fit-registry.js'
import { ASSIGN_PLANS } from './heads.js'
import { inside } from './inside.js'
import { keptCode } from './kept-code.js'
import { type Lowered, MISSING } from './lowered.js'
import { Moments } from './moments.js'
import { RelatedPasses } from './related-passes.js'
import { RowPasses } from './row-passes.js'
import { StoredValues } from './stored-values.js'
import { SubPass } from './sub-pass.js'
import { treeValue } from './tree-value.js'

export interface CompileWarning {
  readonly definitionId: string
  readonly path: string
  readonly message: string
}

/** What all passes of one compilation share. */
export interface Compilation {
  readonly numbers: ExprNumbers
  readonly columns: Columns
  readonly fits: FitRegistry
  readonly warnings: CompileWarning[]
  /** The definitions that are compiled, by id: they come before those of the catalogue. */
  readonly own: ReadonlyMap<string, Definition>
}

/** What the definitions of one pass read and compute, collected while they are turned into expressions. */
export class Planner implements Pass {
  readonly catalog: Catalog
  readonly subject: SubjectEntry
  readonly zone: Zone
  readonly scans: Scans
  readonly rows: RowPasses
  readonly buckets: BucketPasses
  readonly chains: ChainPasses
  readonly related: RelatedPasses
  readonly attributes: AttributeColumns
  readonly stored: StoredValues
  readonly moments = new Moments()
  readonly sources: readonly ColumnSource[]
  readonly fits: FitRegistry
  readonly warnings: CompileWarning[]
  readonly #values = new Map<string, Lowered>()
  readonly #members = new Map<string, Expr>()
  readonly #subjects = new Map<string, SubPass<Planner>>()
  readonly #open: string[] = []
  #own: SubPass<Planner> | null = null

  constructor(
    readonly context: CompileContext,
    readonly compilation: Compilation,
    subject: SubjectEntry,
    /** The moment of this pass, when it is another than that of the whole computation. */
    readonly moment: Instant | null = null,
  ) {
    const { columns, numbers } = compilation
    this.catalog = context.catalog
    this.subject = subject
    this.zone = zoneOf(context.catalog.timeZone)
    this.scans = new Scans(subject.number, context)
    const own = (): SubPass<Pass> | null => this.#own
    this.rows = new RowPasses(columns, numbers, own)
    this.buckets = new BucketPasses(columns, numbers, own)
    this.chains = new ChainPasses(columns, numbers, own)
    this.related = new RelatedPasses(columns, numbers)
    this.attributes = new AttributeColumns(context.attributes)
    this.stored = new StoredValues(context)
    this.sources = [this.rows, this.buckets, this.chains, this.related, this.moments, this.attributes, this.stored]
    this.fits = compilation.fits
    this.warnings = compilation.warnings
  }

  /** Values of the same subjects that their rows are compared with. */
  own(): SubPass<Planner> {
    this.#own ??= this.#sub(this.context, this.subject, this.moment)
    return this.#own
  }

  /** The same subjects at another moment. */
  at(moment: Instant): SubPass<Planner> {
    const { tags } = this.context
    const context: CompileContext = {
      ...this.context,
      asOf: moment,
      attributes: 'history',
      tags: {
        mode: 'recompute',
        ...(tags.unpublishedRuns === undefined ? {} : { unpublishedRuns: tags.unpublishedRuns }),
      },
    }
    return this.moments.at(moment, () => this.#sub(context, this.subject, moment))
  }

  /** Subjects of another kind at the same moment, all of them. */
  of(kind: string): SubPass<Planner> {
    let sub = this.#subjects.get(kind)
    if (sub === undefined) {
      const subject = this.catalog.subjects.get(kind)
      if (subject === undefined) throw new AppError('INTERNAL', { cause: { subject: kind } })
      const { restrict: _, ...context } = this.context
      sub = this.#sub(context, subject, this.moment)
      this.#subjects.set(kind, sub)
    }
    return sub
  }

  #sub(context: CompileContext, subject: SubjectEntry, moment: Instant | null): SubPass<Planner> {
    const { columns, numbers } = this.compilation
    return new SubPass(new Planner(context, this.compilation, subject, moment), columns, numbers)
  }

  /** 1 for everybody who is there, as a column that is 0 where there is nobody. */
  alive(): Expr {
    return call('gte', column('strong'), number(0))
  }

  /** The place in which the parts of a definition stand. `inherits`: where a tag's own `only` narrows fits. */
  scopeOf(definition: Definition, inherits: boolean): DefinitionScope {
    const population = this.#population(definition)
    const outer = new DefinitionScope(this, definition, population, null)
    if (!inherits || definition.kind !== 'tag' || definition.only === undefined) return outer
    // Fits inside `only` itself range over the whole population: the tag does not speak for anybody yet.
    const only = isTrue(outer.condition(definition.only, '/only'))
    return new DefinitionScope(this, definition, population, only)
  }

  /** All passes below this one, itself first: for what a computation reads. */
  passes(): Planner[] {
    const below = [this.#own, ...this.#subjects.values(), ...this.moments.all()].flatMap((sub) => sub?.planner ?? [])
    return [this, ...below.flatMap((planner) => planner.passes())]
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
    const where = this.#guarded(definition, () => this.scopeOf(definition, false).condition(definition.where, '/where'))
    const member = and([this.#population(definition), where])
    this.#members.set(definition.id, member)
    return member
  }

  tag(id: string): Lowered {
    const { body, entry } = this.#definition(id)
    if (body.kind !== 'tag') return MISSING
    const head = entry && !this.compilation.own.has(id) ? this.stored.head(entry.number) : undefined
    return head && entry ? this.stored.published(entry, head, body.family === 'multi') : this.valueOf(body)
  }

  metric(id: string): Lowered {
    const { body } = this.#definition(id)
    return body.kind === 'metric' ? this.valueOf(body) : MISSING
  }

  segment(id: string): Expr {
    const { body, entry } = this.#definition(id)
    if (body.kind !== 'segment') return missing('UInt8')
    // Whom a snapshot took is what was published of it last; it is never taken again inside another definition.
    if (body.take !== undefined) return entry === undefined ? FALSE : this.stored.snapshot(entry.number)
    const isStored = entry && !this.compilation.own.has(id) && this.stored.head(entry.number) !== undefined
    return isStored ? this.stored.segment(entry.number) : this.memberOf(body)
  }

  /** Whether the subject lies in a node of a tree, or below it; false outside its population. */
  node(tree: string, node: string): Expr {
    const { body } = this.#definition(tree)
    if (body.kind !== 'tree') return missing('UInt8')
    const value = this.valueOf(body)
    if (value.type !== 'code') return FALSE
    const places = value.codes.flatMap((path, index) => (path.split('/').includes(node) ? [index + 1] : []))
    return places.length === 0 ? FALSE : call('in', value.index, param('Array(UInt16)', places))
  }

  #definition(id: string): { body: Definition; entry: DefinitionEntry | undefined } {
    const entry = this.catalog.definitions.get(id)
    const body = this.compilation.own.get(id) ?? entry?.body
    if (body === undefined) throw new AppError('INTERNAL', { cause: { unresolved: id } })
    return { body, entry }
  }

  #plan(definition: Definition): Lowered {
    const population = this.#population(definition)
    if (definition.kind === 'metric')
      return inside(population, this.scopeOf(definition, false).value(definition.value, '/value'))
    if (definition.kind === 'tree') return inside(population, treeValue(definition, this.scopeOf(definition, false)))
    if (definition.kind !== 'tag') return MISSING
    const scope = this.scopeOf(definition, true)
    const way = assignWayOf(definition.assign)
    const plan = ASSIGN_PLANS[way] as PlanAssign<Assign> | null
    if (plan === null) return scope.refuse(`assign: ${way}`, `/assign/${way}`)
    const value = plan(definition.assign, definition, scope, '/assign')
    const computed = blankWhenEmpty(this.#kept(definition, value))
    if (definition.corrections === undefined) return inside(and([population, scope.only ?? TRUE]), computed)
    // What a person said holds also where the tag itself does not speak.
    const said = scope.attributeGiven(correctedAttribute(definition.id), definition.corrections.keep)
    const codes = correctableCodes(definition, { catalog: this.catalog, subject: this.subject.key, stream: null })
    return inside(population, corrected(inside(scope.only ?? TRUE, computed), said, codes))
  }

  /** With `empty: keep` whoever would be blank keeps the value that was published last. */
  #kept(tag: TagDefinition, value: Lowered): Lowered {
    const entry = this.catalog.definitions.get(tag.id)
    if (tag.empty !== 'keep' || entry === undefined) return value
    return keptCode(value, this.stored.lastPublished(entry, tag))
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
