import type { Compiled, FitStep, FitValue, FitValues } from '@tagtree/core/compile/compile'
import type { StatementCost, WorkspaceClickHouse } from '../../store/clickhouse.js'

/** Where kept cuts come from and go to; absent for previews, which fit everything for their own moment. */
export interface FitKeeper {
  /** The kept value when it still holds. */
  find(step: FitStep): Promise<FitValue | null>
  keep(step: FitStep, value: FitValue): Promise<void>
}

/** Solves the fits of a compiled pass, those over the same people with one statement; later ones may use earlier ones. */
export async function solveFits(
  clickhouse: WorkspaceClickHouse,
  compiled: Compiled,
  keeper?: FitKeeper,
  signal?: AbortSignal,
): Promise<{ fits: FitValues; cost: Omit<StatementCost, 'ms'> }> {
  const fits: FitValues = new Map()
  let rows = 0
  let bytes = 0
  for (const step of compiled.fits) {
    // What is fitted as of another moment is asked for by this computation alone.
    const kept = step.moment === null ? await keeper?.find(step) : null
    if (kept) fits.set(step.key, kept)
  }
  for (const shared of compiled.sharedFits((step) => !fits.has(step.key))) {
    const statement = shared.statement(fits)
    const found = await clickhouse.queryWithCost<Record<string, unknown>>(statement.sql, {
      params: statement.params,
      signal,
    })
    rows += found.cost.rows
    bytes += found.cost.bytes
    const solved = shared.solve(found.rows)
    for (const step of shared.steps) {
      const value = solved.get(step.key)!
      fits.set(step.key, value)
      if (step.moment === null) await keeper?.keep(step, value)
    }
  }
  return { fits, cost: { rows, bytes } }
}
