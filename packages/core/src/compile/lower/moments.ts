import type { Instant } from '../../kernel/zone.js'
import type { Plan } from '../plan/plan.js'
import type { ColumnSource } from './column-source.js'
import type { Planner } from './planner.js'
import type { SubPass } from './sub-pass.js'

/** Passes over the same subjects at other moments, one per moment. */
export class Moments implements ColumnSource {
  readonly #passes = new Map<Instant, SubPass<Planner>>()

  at(moment: Instant, make: () => SubPass<Planner>): SubPass<Planner> {
    let sub = this.#passes.get(moment)
    if (sub === undefined) {
      sub = make()
      this.#passes.set(moment, sub)
    }
    return sub
  }

  all(): SubPass<Planner>[] {
    return [...this.#passes.values()]
  }

  plans(wanted: ReadonlySet<string>): Plan[] {
    return this.all().flatMap((sub) => sub.project('profile_id', wanted) ?? [])
  }
}
