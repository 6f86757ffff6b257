import type { Catalog } from '../catalog/catalog.js'
import { fitKey } from '../compile/fits/fit-key.js'
import type { Bounds } from '../compile/window-bounds.js'
import { parseDecimal } from '../kernel/decimal.js'
import { parseInstant, type Zone } from '../kernel/zone.js'
import type { At, Condition, Definition, Id, Literal, Span, Tail, Value, Window } from '../language/document.js'
import { type EventScopeValue, notOf } from '../language/event-scope/event-scope.js'
import { groupHeadOf, valueHeadOf } from '../language/frame/which.js'
import { findType } from '../language/type-of.js'
import type { Evaluator } from './evaluator.js'
import type { SubjectFacts } from './facts.js'
import { groupOf } from './group-of.js'
import { CONDITION_EVALUATIONS, VALUE_EVALUATIONS } from './heads.js'
import { OperatorScope } from './operator-scope.js'
import type { EvaluateCondition, EvaluateScope, EvaluateValue, FitAsk, Row, RowsOf, SubjectValue } from './scope.js'
import { evaluateTail } from './tail.js'
import { eventWindow, momentThen } from './windows.js'

/** A place in a definition where one subject is spoken of, at one moment. */
export class Place implements EvaluateScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly asOf: number
  readonly #operators: OperatorScope

  constructor(
    private readonly evaluator: Evaluator,
    readonly definition: Definition,
    readonly facts: SubjectFacts,
    /** A tag's own `only` narrows the fits here. */
    private readonly inherits: boolean,
    readonly subject: string,
  ) {
    this.catalog = evaluator.catalog
    this.zone = evaluator.zone
    this.asOf = evaluator.asOf
    this.#operators = new OperatorScope(this, evaluator.listValues)
  }

  /** A missing value becomes its default, when that has its type; a value with a default is no bare quotient. */
  value(value: Value): SubjectValue {
    const head = valueHeadOf(value)
    const evaluate = head === null || !(head in VALUE_EVALUATIONS) ? null : VALUE_EVALUATIONS[head as never]
    const found = evaluate === null ? { value: null } : (evaluate as EvaluateValue<Value>)(value, this)
    if (value.default === undefined) return found
    const { ratio: _, ...plain } = found
    if (found.value !== null) return plain
    const type = findType(value, { catalog: this.catalog, subject: this.subject, stream: null })
    return { ...plain, value: this.#literal(value.default, type?.kind ?? 'number') }
  }

  condition(condition: Condition): boolean | null {
    const head = groupHeadOf(condition)
    if (head === null) {
      const comparison = condition as Value & Tail
      return this.tail(this.value(comparison), comparison)
    }
    return (CONDITION_EVALUATIONS[head] as EvaluateCondition<Condition>)(condition, this)
  }

  tail(left: SubjectValue, tail: Tail): boolean | null {
    const isIdentity = 'attr' in tail && String(tail.attr).startsWith('id.')
    return evaluateTail(left, tail, this.#operators, (operand) => this.value(operand as Value), isIdentity)
  }

  rows(of: RowsOf): readonly Row[] | null {
    return this.evaluator.rowReader.rows(of, this, this.#operators)
  }

  window(window: Window): Bounds | null {
    return eventWindow(window, this)
  }

  tag(id: Id): SubjectValue {
    return this.evaluator.valueOf(this.evaluator.definition(id), this.facts)
  }

  metric(id: Id): SubjectValue {
    return this.evaluator.valueOf(this.evaluator.definition(id), this.facts)
  }

  segment(id: Id): boolean | null {
    const segment = this.evaluator.definition(id)
    return segment.kind === 'segment' ? this.evaluator.memberOf(segment, this.facts) : notOf(null)
  }

  tagsOf(category: Id): readonly Id[] {
    return this.catalog.categories?.get(category)?.tags ?? []
  }

  node(tree: Id, node: Id): boolean | null {
    const definition = this.evaluator.definition(tree)
    return definition.kind === 'tree' ? this.evaluator.isInNode(definition, node, this.facts) : null
  }

  then(moment: { ago?: Span; at?: At }): EvaluateScope | null {
    const instant = momentThen(moment, this.asOf, this.zone)
    if (instant === null) return null
    return new Place(this.evaluator.at(instant), this.definition, this.facts, this.inherits, this.subject)
  }

  reached(facts: SubjectFacts, subject: string): EvaluateScope {
    return new Place(this.evaluator, this.definition, facts, this.inherits, subject)
  }

  fit(ask: FitAsk): readonly bigint[] | null {
    const group = groupOf(ask.by.map((part) => this.value(part).value))
    if (group === null) return null
    const { definition, inherits } = this
    const key = fitKey(definition.id, ask.identity, inherits, this.evaluator.moment)
    return this.evaluator.fits.numbers({ key, ask, definition, inherits, group }, this.evaluator)
  }

  trigger(name: string): EventScopeValue {
    return this.evaluator.trigger(name)
  }

  #literal(literal: Literal, kind: string): EventScopeValue {
    if (kind === 'bool') return typeof literal === 'boolean' ? literal : null
    if (kind === 'number') return typeof literal === 'number' ? parseDecimal(literal) : null
    if (kind === 'date') return typeof literal === 'string' ? parseInstant(this.zone, literal) : null
    if (typeof literal === 'boolean') return null
    return kind === 'list' ? [String(literal)] : String(literal)
  }
}
