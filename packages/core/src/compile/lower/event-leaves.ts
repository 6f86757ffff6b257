import type { Instant } from '../../kernel/zone.js'
import { column, type Expr } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named } from '../plan/plan.js'

/** One pass over the events: everything that is aggregated from the same rows. */
export interface EventPass {
  /** Lines of the events that are the rows (`items`), null when events are. */
  readonly each: string | null
  readonly events: ReadonlySet<string>
  /** Nothing before this instant is needed; null when some leaf reads from the beginning. */
  readonly from: Instant | null
  readonly leaves: readonly Named[]
}

interface Growing {
  readonly each: string | null
  readonly events: Set<string>
  from: Instant | null
  readonly leaves: Map<number, Named>
}

/**
 * Collects what a pass of many definitions aggregates from events. Equal leaves get one name, so thirty tags that count
 * the same orders count them once.
 */
export class EventLeaves {
  readonly #passes = new Map<string, Growing>()
  readonly #numbers: ExprNumbers
  #names = 0

  constructor(numbers: ExprNumbers) {
    this.#numbers = numbers
  }

  /** The column that will hold `expr` for each profile. */
  add(expr: Expr, of: { each: string | null; events: readonly string[]; from: Instant | null }): Expr {
    let pass = this.#passes.get(of.each ?? '')
    if (pass === undefined) {
      pass = { each: of.each, events: new Set(), from: of.from, leaves: new Map() }
      this.#passes.set(of.each ?? '', pass)
    }
    for (const event of of.events) pass.events.add(event)
    if (pass.from !== null) pass.from = of.from === null ? null : Math.min(pass.from, of.from)
    const number = this.#numbers.of(expr)
    let leaf = pass.leaves.get(number)
    if (leaf === undefined) {
      leaf = { name: `e_${this.#names++}`, expr }
      pass.leaves.set(number, leaf)
    }
    return column(leaf.name)
  }

  passes(): EventPass[] {
    return [...this.#passes.values()].map((pass) => ({ ...pass, leaves: [...pass.leaves.values()] }))
  }
}
