import type { EvaluateContext } from '../evaluate/evaluate.js'
import { Evaluator } from '../evaluate/evaluator.js'
import type { SubjectFacts } from '../evaluate/facts.js'
import type { EvaluateScope } from '../evaluate/scope.js'
import type { Instant, Zone } from '../kernel/zone.js'
import type { Definition, Id, Value } from '../language/document.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { referencesOf } from '../language/references.js'

/** What finding a fit costs, in rows. */
const WORK_OF_FIT = 100

/**
 * Evaluates one definition again and again on changed facts and at other moments, with the fits as they are now, and
 * counts the work. Work is about the number of rows looked at.
 */
export class Trial {
  readonly zone: Zone
  /** Only what had happened by the moment. */
  readonly facts: SubjectFacts
  readonly asOf: Instant
  readonly #evaluator: Evaluator
  readonly #values = new Map<Instant, EventScopeValue>()
  readonly #leaves: number
  readonly #fits: number
  #moment: Instant
  #work = 0

  constructor(
    readonly definition: Definition,
    facts: SubjectFacts,
    readonly context: EvaluateContext,
  ) {
    const { fits } = context
    this.asOf = context.asOf
    this.facts = happened(facts, context.asOf)
    this.#moment = context.asOf
    const definitions = [...(context.definitions ?? []), definition]
    this.#evaluator = new Evaluator(
      { ...context, definitions },
      {
        numbers: ({ key, group }, evaluator) => {
          // At the moment that is tried the fits of now count; those of moments before it are as they were stored.
          const plain = evaluator.asOf === this.#moment ? key.replace(/@-?\d+$/, '') : key
          const fit = fits.get(plain) ?? storedThen(fits, key)
          const found = fit?.groups.find((one) => one.key === group)
          return found === undefined || found.values.length === 0 ? null : found.values.map((value) => BigInt(value))
        },
      },
    )
    this.zone = this.#evaluator.zone
    const parts = this.closure()
    this.#leaves = parts.reduce((sum, one) => sum + countOf(one, (part) => 'did' in part), 1)
    this.#fits = parts.reduce((sum, one) => sum + countOf(one, isFit), 0)
  }

  /** Work done since it was made. */
  get work(): number {
    return this.#work
  }

  /** The value with the facts as they are. */
  at(moment: Instant): EventScopeValue {
    let value = this.#values.get(moment)
    if (value === undefined) {
      value = this.of(this.facts, moment)
      this.#values.set(moment, value)
    }
    return value
  }

  /** The value with other facts. */
  of(facts: SubjectFacts, moment: Instant): EventScopeValue {
    this.#work += (facts.events.length + 20) * this.#leaves + this.#fits * WORK_OF_FIT
    return this.#evaluatorAt(moment).evaluate(this.definition, facts)
  }

  /** A place in a definition now. */
  place(definition: Definition): EvaluateScope {
    const inherits = definition.kind === 'tag' && definition.only !== undefined
    return this.#evaluatorAt(this.asOf).part(definition, this.facts, inherits)
  }

  isAbout(definition: Definition): boolean {
    return this.#evaluatorAt(this.asOf).isAbout(definition, this.facts)
  }

  /** A number that is the same for everybody and at every moment that is tried; null = it is not such a one. */
  readonly numberOf = (own: Definition, value: Value): bigint | null => {
    if (!('among' in value) || value.among.length > 0 || value.default !== undefined) return null
    const found = this.place(own).value(value).value
    return typeof found === 'bigint' ? found : null
  }

  /** Asks a place in a definition now, for what is the same at every moment that is tried. */
  readonly read = <T>(own: Definition, find: (place: EvaluateScope) => T): T => find(this.place(own))

  readonly definitionOf = (id: Id): Definition | undefined => {
    if (id === this.definition.id) return this.definition
    return this.context.definitions?.find((one) => one.id === id) ?? this.context.catalog.definitions.get(id)?.body
  }

  /** The definition and all it rests on. */
  closure(): Definition[] {
    const found = new Map<Id, Definition>([[this.definition.id, this.definition]])
    for (const one of found.values()) {
      for (const id of referencesOf(one)) {
        const next = this.definitionOf(id)
        if (next !== undefined && !found.has(id)) found.set(id, next)
      }
    }
    return [...found.values()]
  }

  #evaluatorAt(moment: Instant): Evaluator {
    this.#moment = moment
    return this.#evaluator.at(moment)
  }
}

/** A fit of another moment than any that is stored: the one that is nearest to hand. */
function storedThen(fits: EvaluateContext['fits'], key: string) {
  const plain = key.replace(/@-?\d+$/, '')
  for (const [name, fit] of fits) if (name.startsWith(`${plain}@`)) return fit
  return fits.get(plain)
}

/** What is dated later has not happened: silence means that nothing comes. */
function happened(facts: SubjectFacts, asOf: Instant): SubjectFacts {
  const isPast = ({ ts }: { readonly ts: number }): boolean => ts < asOf
  const attributes = [...facts.attributes].map(([key, changes]) => [key, changes.filter(isPast)] as const)
  return { ...facts, events: facts.events.filter(isPast), attributes: new Map(attributes) }
}

function isFit(part: object): boolean {
  return 'among' in part || ('cut' in part && 'at' in part && !Array.isArray(part.at))
}

function countOf(part: unknown, isOne: (part: object) => boolean): number {
  if (typeof part !== 'object' || part === null) return 0
  return Object.values(part).reduce<number>((sum, one) => sum + countOf(one, isOne), isOne(part) ? 1 : 0)
}
