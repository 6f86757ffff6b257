import type { Catalog } from '../catalog/catalog.js'
import { fitKey, groupText } from '../compile/fits/fit-key.js'
import { AppError } from '../kernel/app-error.js'
import { parseDecimal } from '../kernel/decimal.js'
import { parseInstant, type Zone, zoneOf } from '../kernel/zone.js'
import type {
  Assign,
  Condition,
  Definition,
  Literal,
  SegmentDefinition,
  TagDefinition,
  Tail,
  Value,
} from '../language/document.js'
import { type EventScope, type EventScopeValue, notOf } from '../language/event-scope/event-scope.js'
import { assignWayOf, groupHeadOf, valueHeadOf } from '../language/frame/which.js'
import { findType, typeOfTag } from '../language/type-of.js'
import type { EventFact, SubjectFacts } from './facts.js'
import { ASSIGN_EVALUATIONS, CONDITION_EVALUATIONS, VALUE_EVALUATIONS } from './heads.js'
import { dateScope, rowScope } from './row-scope.js'
import type { EvaluateAssign, EvaluateCondition, EvaluateScope, EvaluateValue, FitAsk, SubjectValue } from './scope.js'
import { evaluateTail } from './tail.js'

/** Where an evaluator finds fits: in memory for a whole world, or as they were stored. */
export interface FitSource {
  /** Numbers of a subject's group; null = none. `inherits`: the tag's own `only` narrows the fit too. */
  numbers(key: string, ask: FitAsk, definition: Definition, inherits: boolean, group: string): readonly bigint[] | null
}

export interface EvaluatorOptions {
  readonly catalog: Catalog
  /** ms */
  readonly asOf: number
  /** Definitions that are not (or otherwise) in the catalogue. */
  readonly definitions?: readonly Definition[]
}

/**
 * Evaluates definitions on the facts of one subject, slowly and plainly: the oracle of the SQL, and what explains, dry
 * runs and journeys ask. It knows nothing of plans. Definitions must be resolved.
 */
export class Evaluator {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly asOf: number
  readonly #own: ReadonlyMap<string, Definition>

  constructor(
    options: EvaluatorOptions,
    private readonly fits: FitSource,
  ) {
    this.catalog = options.catalog
    this.zone = zoneOf(options.catalog.timeZone)
    this.asOf = options.asOf
    this.#own = new Map((options.definitions ?? []).map((definition) => [definition.id, definition]))
  }

  /** The value of a tag or metric, or whether the subject is in a segment. */
  evaluate(definition: Definition, facts: SubjectFacts): EventScopeValue {
    if (definition.kind === 'segment') return this.member(definition, facts)
    return this.valueOf(definition, facts).value
  }

  member(definition: SegmentDefinition, facts: SubjectFacts): boolean | null {
    if (!this.isAbout(definition, facts)) return false
    return this.#place(definition, facts, false).condition(definition.where)
  }

  valueOf(definition: Definition, facts: SubjectFacts): SubjectValue {
    if (definition.kind === 'metric') {
      if (!this.isAbout(definition, facts)) return { value: null }
      return this.#place(definition, facts, false).value(definition.value)
    }
    if (definition.kind !== 'tag') return { value: null }
    const value = this.#tagValue(definition, facts)
    const codes = this.#codesOf(definition)
    return codes === null ? { value } : { value, codes }
  }

  /** A tag without any of its values is blank. */
  #tagValue(tag: TagDefinition, facts: SubjectFacts): EventScopeValue {
    if (!this.isAbout(tag, facts) || !this.speaksFor(tag, facts)) return null
    const evaluate = ASSIGN_EVALUATIONS[assignWayOf(tag.assign)] as EvaluateAssign<Assign> | null
    if (evaluate === null) return null
    const value = evaluate(tag.assign, tag, this.#place(tag, facts, tag.only !== undefined))
    return Array.isArray(value) && value.length === 0 ? null : value
  }

  /** Whether the subject is alive and of the population the definition is about. */
  isAbout(definition: Definition, facts: SubjectFacts): boolean {
    if (facts.firstTs >= this.asOf) return false
    if ((definition.subject ?? 'person') !== 'person') return true
    const who = definition.who ?? 'customers'
    return who === 'everyone' || facts.strong === (who === 'customers')
  }

  /** Whether the tag's `only` holds. */
  speaksFor(definition: TagDefinition, facts: SubjectFacts): boolean {
    if (definition.only === undefined) return true
    return this.#place(definition, facts, false).condition(definition.only) === true
  }

  /** A value inside a definition, for one who asks about a fit of it. */
  part(definition: Definition, facts: SubjectFacts, inherits: boolean): EvaluateScope {
    return this.#place(definition, facts, inherits)
  }

  #codesOf(definition: TagDefinition): readonly string[] | null {
    const type = typeOfTag(definition, { catalog: this.catalog, subject: definition.subject ?? 'person', stream: null })
    return type?.kind === 'ordered' ? type.codes : null
  }

  #definition(id: string): Definition {
    const definition = this.#own.get(id) ?? this.catalog.definitions.get(id)?.body
    if (definition === undefined) throw new AppError('INTERNAL', { cause: { unresolved: id } })
    return definition
  }

  /** `inherits`: the place stands where a tag's own `only` narrows fits. */
  #place(definition: Definition, facts: SubjectFacts, inherits: boolean): EvaluateScope {
    const { catalog, zone, asOf } = this
    const operators: EventScope = {
      ...dateScope(zone, asOf),
      prop: () => null,
      operand: (operand) => ('list' in operand ? null : scope.value(operand).value),
    }
    const scope: EvaluateScope = {
      catalog,
      zone,
      asOf,
      facts,
      definition,
      value: (value) => this.#withDefault(value, this.#value(value, scope), definition),
      condition: (condition) => {
        const head = groupHeadOf(condition)
        if (head === null) {
          const comparison = condition as Value & Tail
          return scope.tail(scope.value(comparison), comparison)
        }
        const evaluate = CONDITION_EVALUATIONS[head] as EvaluateCondition<Condition> | null
        return evaluate === null ? null : evaluate(condition, scope)
      },
      tail: (left, tail) => {
        const isIdentity = 'attr' in tail && String(tail.attr).startsWith('id.')
        return evaluateTail(left, tail, operators, (operand) => scope.value(operand as Value), isIdentity)
      },
      row: (event: EventFact, line, names) => rowScope(event, line, { catalog, names, zone, asOf }),
      tag: (id) => this.valueOf(this.#definition(id), facts),
      metric: (id) => this.valueOf(this.#definition(id), facts),
      segment: (id) => {
        const segment = this.#definition(id)
        return segment.kind === 'segment' ? this.member(segment, facts) : notOf(null)
      },
      fit: (ask) => {
        const group = groupOf(ask.by.map((part) => scope.value(part).value))
        if (group === null) return null
        return this.fits.numbers(fitKey(definition.id, ask.identity, inherits), ask, definition, inherits, group)
      },
    }
    return scope
  }

  #value(value: Value, scope: EvaluateScope): SubjectValue {
    const head = valueHeadOf(value)
    const evaluate = head === null || !(head in VALUE_EVALUATIONS) ? null : VALUE_EVALUATIONS[head as never]
    return evaluate === null ? { value: null } : (evaluate as EvaluateValue<Value>)(value, scope)
  }

  /** A missing value becomes the literal, when that has its type; a value with a default is no bare quotient. */
  #withDefault(value: Value, found: SubjectValue, definition: Definition): SubjectValue {
    const literal = value.default
    if (literal === undefined) return found
    const { ratio: _, ...plain } = found
    if (found.value !== null) return plain
    const type = findType(value, { catalog: this.catalog, subject: definition.subject ?? 'person', stream: null })
    return { ...plain, value: this.#literal(literal, type?.kind ?? 'number') }
  }

  #literal(literal: Literal, kind: string): EventScopeValue {
    if (kind === 'bool') return typeof literal === 'boolean' ? literal : null
    if (kind === 'number') return typeof literal === 'number' ? parseDecimal(literal) : null
    if (kind === 'date') return typeof literal === 'string' ? parseInstant(this.zone, literal) : null
    if (typeof literal === 'boolean') return null
    return kind === 'list' ? [String(literal)] : String(literal)
  }
}

/** Text of a group's values as the engine writes it; null when one is missing. '' = everybody. */
export function groupOf(values: readonly EventScopeValue[]): string | null {
  const texts: string[] = []
  for (const value of values) {
    if (value === null || typeof value === 'object') return null
    texts.push(typeof value === 'boolean' ? String(Number(value)) : String(value))
  }
  return groupText(texts)
}
