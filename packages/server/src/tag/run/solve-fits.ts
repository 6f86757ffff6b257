import type { FitStep, FitValues } from '@tagtree/core/compile/compile'
import type { StatementCost, WorkspaceClickHouse } from '../../store/clickhouse.js'

/** Where kept cuts come from and go to; absent for previews, which fit everything for their own moment. */
export interface FitKeeper {
  /** The kept value when it still holds. */
  find(step: FitStep): Promise<unknown | null>
  keep(step: FitStep, value: unknown): Promise<void>
}

/** Solves the fits of a compiled pass in order; later ones may use earlier ones. */
export async function solveFits(
  clickhouse: WorkspaceClickHouse,
  steps: readonly FitStep[],
  keeper?: FitKeeper,
  signal?: AbortSignal,
): Promise<{ fits: FitValues; cost: Omit<StatementCost, 'ms'> }> {
  const fits: FitValues = new Map()
  let rows = 0
  let bytes = 0
  for (const step of steps) {
    const kept = await keeper?.find(step)
    if (kept !== null && kept !== undefined) {
      fits.set(step.key, kept as never)
      continue
    }
    const statement = step.statement(fits)
    const found = await clickhouse.queryWithCost<Record<string, unknown>>(statement.sql, {
      params: statement.params,
      signal,
    })
    rows += found.cost.rows
    bytes += found.cost.bytes
    const value = step.solve(found.rows)
    fits.set(step.key, value)
    await keeper?.keep(step, value)
  }
  return { fits, cost: { rows, bytes } }
}
