import type { Catalog } from '../catalog/catalog.js'
import { AppError } from '../kernel/app-error.js'
import { type Zone, zoneOf } from '../kernel/zone.js'
import type { Assign, Definition, Id, SegmentDefinition, TagDefinition, TreeDefinition } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { assignWayOf } from '../language/frame/which.js'
import { correctableCodes, typeOfTag } from '../language/type-of.js'
import { correctionOf } from './correction.js'
import type { ItemReader } from './event-rows.js'
import type { SubjectFacts } from './facts.js'
import { ASSIGN_EVALUATIONS } from './heads.js'
import { Place } from './place.js'
import { lastPublished } from './published.js'
import { RowReader, type TagShape } from './rows.js'
import type { EvaluateAssign, EvaluateScope, FitAsk, SubjectValue } from './scope.js'
import { codeOfPath, pathOf } from './tree-path.js'

/** A fit somebody needs, with the subject's group. */
export interface FitNeed {
  readonly key: string
  readonly ask: FitAsk
  readonly definition: Definition
  /** The tag's own `only` narrows the fit too. */
  readonly inherits: boolean
  readonly group: string
}
/** Where an evaluator finds fits: in memory for a whole world, or as they were stored. */
export interface FitSource {
  /** Numbers of the group; null = none. `evaluator` stands at the moment the fit is of. */
  numbers(need: FitNeed, evaluator: Evaluator): readonly bigint[] | null
}

export interface EvaluatorOptions {
  readonly catalog: Catalog
  /** ms */
  readonly asOf: number
  /** Definitions that are not (or otherwise) in the catalogue. */
  readonly definitions?: readonly Definition[]
  /** Items of the item catalogues as they are known; without it none is. */
  readonly items?: ItemReader
  /** Values an uploaded list of values holds; without it what the catalogue says. */
  readonly listValues?: (id: Id) => readonly string[] | null
  /** Properties of the event that started a journey. */
  readonly trigger?: (name: string) => EventScopeValue
}

/**
 * Evaluates definitions on the facts of one subject, plainly: the oracle of the SQL, and what explains, dry runs and
 * journeys ask. It knows nothing of plans. Definitions must be resolved.
 */
export class Evaluator {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly asOf: number
  /** null = the moment of the whole computation. */
  readonly moment: number | null
  readonly rowReader: RowReader
  readonly #own: ReadonlyMap<string, Definition>
  readonly #codes: Map<Definition, readonly string[] | null>
  readonly #moments: Map<number, Evaluator>
  readonly #values = new WeakMap<SubjectFacts, Map<Definition, SubjectValue>>()

  constructor(
    private readonly options: EvaluatorOptions,
    readonly fits: FitSource,
    /** The evaluator of the whole computation, when this one stands at another moment. */
    base: Evaluator | null = null,
  ) {
    this.catalog = options.catalog
    this.zone = zoneOf(options.catalog.timeZone)
    this.asOf = options.asOf
    this.moment = base === null ? null : options.asOf
    if (base !== null) {
      this.#own = base.#own
      this.#codes = base.#codes
      this.#moments = base.#moments
      this.rowReader = base.rowReader
      return
    }
    this.#own = new Map((options.definitions ?? []).map((definition) => [definition.id, definition]))
    this.#codes = new Map()
    this.#moments = new Map([[options.asOf, this]])
    this.rowReader = new RowReader(this.catalog, options.items ?? (() => null), (tag) => this.#shapeOf(tag))
  }

  /** The same at another moment. */
  at(asOf: number): Evaluator {
    const [base] = this.#moments.values()
    let there = this.#moments.get(asOf)
    if (there === undefined) {
      there = new Evaluator({ ...this.options, asOf }, this.fits, base)
      this.#moments.set(asOf, there)
    }
    return there
  }

  /** The value of a tag, metric or tree, or whether the subject is in a segment. */
  evaluate(definition: Definition, facts: SubjectFacts): EventScopeValue {
    if (definition.kind === 'segment') return this.member(definition, facts)
    return this.valueOf(definition, facts).value
  }

  /** Whether the subject is in the segment before anything is taken of it. */
  member(definition: SegmentDefinition, facts: SubjectFacts): boolean | null {
    if (!this.isAbout(definition, facts)) return false
    return this.part(definition, facts, false).condition(definition.where)
  }

  /** Whether another definition finds the subject in the segment: a snapshot is what was published of it last. */
  memberOf(definition: SegmentDefinition, facts: SubjectFacts): boolean | null {
    if (definition.take === undefined) {
      return this.#once(definition, facts, () => ({ value: this.member(definition, facts) })).value as boolean | null
    }
    return lastPublished(`segment:${definition.id}`, facts, this.asOf)?.op === 'added'
  }

  /** The value of a definition; found once per subject, since definitions share parts. */
  valueOf(definition: Definition, facts: SubjectFacts): SubjectValue {
    return this.#once(definition, facts, () => this.#valueOf(definition, facts))
  }

  #valueOf(definition: Definition, facts: SubjectFacts): SubjectValue {
    if (definition.kind === 'metric') {
      if (!this.isAbout(definition, facts)) return { value: null }
      return this.part(definition, facts, false).value(definition.value)
    }
    if (definition.kind === 'tree') return { value: this.#treeValue(definition, facts) }
    if (definition.kind !== 'tag') return { value: null }
    const value = this.#tagValue(definition, facts)
    const codes = this.#codesOf(definition)
    return codes === null ? { value } : { value, codes }
  }

  /** Whether the subject is in a node of a tree: its own branch, or one above it. */
  isInNode(tree: TreeDefinition, node: Id, facts: SubjectFacts): boolean {
    return this.isAbout(tree, facts) && pathOf(tree, this.part(tree, facts, false)).includes(node)
  }

  /** Whether the subject is alive and of the population the definition is about. */
  isAbout(definition: Definition, facts: SubjectFacts): boolean {
    if (facts.firstTs >= this.asOf) return false
    if ((definition.subject ?? 'person') !== 'person') return true
    const who = definition.who ?? 'customers'
    const isStrong = facts.strong && (facts.strongFrom ?? facts.firstTs) < this.asOf
    return who === 'everyone' || isStrong === (who === 'customers')
  }

  /** Whether the tag's `only` holds. */
  speaksFor(definition: TagDefinition, facts: SubjectFacts): boolean {
    if (definition.only === undefined) return true
    return this.part(definition, facts, false).condition(definition.only) === true
  }

  /** A place inside a definition. `inherits`: a tag's own `only` narrows fits there. */
  part(definition: Definition, facts: SubjectFacts, inherits: boolean): EvaluateScope {
    return new Place(this, definition, facts, inherits, definition.subject ?? 'person')
  }

  /** The definition of an id. */
  definition(id: Id): Definition {
    const definition = this.#own.get(id) ?? this.catalog.definitions.get(id)?.body
    if (definition === undefined) throw new AppError('INTERNAL', { cause: { unresolved: id } })
    return definition
  }

  readonly listValues = (id: Id): readonly string[] | null => {
    const list = this.catalog.lists.get(id)
    return this.options.listValues?.(id) ?? (list?.holds === 'values' ? list.values : null)
  }

  trigger(name: string): EventScopeValue {
    return this.options.trigger?.(name) ?? null
  }

  #once(definition: Definition, facts: SubjectFacts, find: () => SubjectValue): SubjectValue {
    let values = this.#values.get(facts)
    if (values === undefined) {
      values = new Map()
      this.#values.set(facts, values)
    }
    const known = values.get(definition)
    if (known !== undefined) return known
    const found = find()
    values.set(definition, found)
    return found
  }

  /** A tag without any of its values is blank; what a person said of it wins while it holds. */
  #tagValue(tag: TagDefinition, facts: SubjectFacts): EventScopeValue {
    if (!this.isAbout(tag, facts)) return null
    if (tag.corrections !== undefined) {
      const corrected = correctionOf(tag, this.#correctable(tag), facts, this.asOf, this.zone)
      if (corrected !== undefined) return corrected
    }
    if (!this.speaksFor(tag, facts)) return null
    const evaluate = ASSIGN_EVALUATIONS[assignWayOf(tag.assign)] as EvaluateAssign<Assign>
    const value = evaluate(tag.assign, tag, this.part(tag, facts, tag.only !== undefined))
    if (value !== null && !(Array.isArray(value) && value.length === 0)) return value
    return tag.empty === 'keep' ? (lastPublished(`tag:${tag.id}`, facts, this.asOf)?.value ?? null) : null
  }

  #treeValue(tree: TreeDefinition, facts: SubjectFacts): EventScopeValue {
    return this.isAbout(tree, facts) ? codeOfPath(pathOf(tree, this.part(tree, facts, false))) : null
  }

  #correctable(tag: TagDefinition): readonly string[] {
    return correctableCodes(tag, { catalog: this.catalog, subject: tag.subject ?? 'person', stream: null })
  }

  #codesOf(definition: TagDefinition): readonly string[] | null {
    const known = this.#codes.get(definition)
    if (known !== undefined) return known
    const type = typeOfTag(definition, { catalog: this.catalog, subject: definition.subject ?? 'person', stream: null })
    const codes = type?.kind === 'ordered' ? type.codes : null
    this.#codes.set(definition, codes)
    return codes
  }

  #shapeOf(id: Id): TagShape {
    const tag = this.definition(id)
    return tag.kind === 'tag'
      ? { isMulti: tag.family === 'multi', ranks: this.#codesOf(tag) }
      : { isMulti: false, ranks: null }
  }
}
