import type { Catalog } from '../catalog/catalog.js'
import { parseInstant, type Zone } from '../kernel/zone.js'
import type { Field, Id, Value, Window } from '../language/document.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import { clockField } from '../language/heads/clock/fields.js'
import type { EvaluateScope } from './scope.js'
import { dateWindow, returnsBetween } from './windows.js'

/**
 * What operators ask of the place where they stand, for values of the subject and of its rows alike. Right sides that speak
 * of the subject are the same for every row, so they are found once.
 */
export class OperatorScope implements EventScope {
  readonly catalog: Catalog
  readonly zone: Zone
  readonly #operands = new Map<object, EventScopeValue>()

  constructor(
    private readonly subject: EvaluateScope,
    /** The values an uploaded list holds; null = it is not known. */
    private readonly listValues: (id: Id) => readonly string[] | null,
  ) {
    this.catalog = subject.catalog
    this.zone = subject.zone
  }

  prop(): EventScopeValue {
    return null
  }
  /** Outside of a row a part of the clock is of the moment itself. */
  clock(field: Field): EventScopeValue {
    return clockField(field, this.subject.asOf, this.catalog, this.zone)
  }
  operand(operand: Value | { list: Id }): EventScopeValue {
    const known = this.#operands.get(operand)
    if (known !== undefined) return known
    const isList = 'list' in operand && Object.keys(operand).length === 1
    const found = isList ? this.listValues(operand.list as Id) : this.subject.value(operand as Value).value
    this.#operands.set(operand, found)
    return found
  }
  instant(text: string): number | null {
    return parseInstant(this.zone, text)
  }
  window(window: Window): { from: number; to: number } | null {
    const bounds = dateWindow(window, this.subject)
    if (bounds === null) return null
    return { from: bounds.from ?? Number.NEGATIVE_INFINITY, to: bounds.to ?? Number.POSITIVE_INFINITY }
  }
  anniversary(instant: number, window: Window): boolean | null {
    const bounds = dateWindow(window, this.subject)
    if (bounds === null || bounds.from === null || bounds.to === null) return null
    return returnsBetween(instant, bounds.from, bounds.to, this.zone)
  }
}
