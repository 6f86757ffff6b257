import { compile } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { type MomentScope, momentContext } from './moment-context.js'

/** What one run of a definition is expected to cost. */
export interface CostEstimate {
  readonly rows: number
  readonly bytes: number
  readonly ms: number
  /** Whether bytes and time follow what earlier runs of this workspace measured; else a usual machine is assumed. */
  readonly isMeasured: boolean
}

/** Of a machine nobody has measured yet. */
const usual = { bytesPerRow: 32, rowsPerMs: 10_000 }
/** A run has this much to do besides reading. */
const leastMs = 20
/** Runs whose measurements count. */
const measuredPasses = 20

/**
 * Estimates what a run of a definition costs before it is scheduled: the engine says how many rows its statements will
 * look at, earlier runs how long that takes here. Nothing is computed. null = it has no statements to be looked at (what
 * staff or a query gives, what cannot be computed yet).
 */
export async function estimateCost(
  pool: pg.Pool,
  workspaceId: number,
  scope: MomentScope,
  definition: Definition,
  now: number,
): Promise<CostEstimate | null> {
  const statements = statementsOf(scope, definition, now)
  if (statements === null) return null
  const [rows, measured] = await Promise.all([
    Promise.all(statements.map((statement) => rowsOf(scope, statement))).then((counts) =>
      counts.reduce((sum, count) => sum + count, 0),
    ),
    throughput(pool, workspaceId),
  ])
  const { bytesPerRow, rowsPerMs } = measured ?? usual
  return {
    rows,
    bytes: Math.round(rows * bytesPerRow),
    ms: Math.round(leastMs + rows / rowsPerMs),
    isMeasured: measured !== null,
  }
}

type Statement = { readonly sql: string; readonly params: Readonly<Record<string, unknown>> }

/** Its fits and itself; cuts that are not known yet change nothing of what is read. */
function statementsOf(scope: MomentScope, definition: Definition, now: number): Statement[] | null {
  const resolved = resolveDefinition(definition, scope.catalog)
  if (!resolved.ok || definition.kind === 'tree') return null
  try {
    const compiled = compile([resolved.definition], momentContext(scope, null, now))
    const unknown = new Map()
    return [...compiled.sharedFits().map((fits) => fits.statement(unknown)), compiled.statement(unknown)]
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEFINITION_INVALID') return null
    throw error
  }
}

async function rowsOf({ clickhouse }: MomentScope, { sql, params }: Statement): Promise<number> {
  const parts = await clickhouse.query<{ rows: string }>(`EXPLAIN ESTIMATE ${sql}`, { params })
  return parts.reduce((sum, part) => sum + Number(part.rows), 0)
}

/** What the last passes read and how fast; null while none has read anything. */
async function throughput(pool: pg.Pool, workspaceId: number): Promise<typeof usual | null> {
  const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
    tx.query<{ rows: string | null; bytes: string | null; ms: string | null }>(
      `select sum((cost->>'rows')::float8) as rows, sum((cost->>'bytes')::float8) as bytes, sum((cost->>'ms')::float8) as ms
       from (select distinct on (pass_id) pass_id, cost from tag_run
             where workspace_id = $1 and state = 'published' and (cost->>'rows')::float8 > 0
             order by pass_id desc limit $2) as pass`,
      [workspaceId, measuredPasses],
    ),
  )
  const [read, bytes, ms] = [rows[0]?.rows, rows[0]?.bytes, rows[0]?.ms].map(Number)
  return read! > 0 && ms! > 0 ? { bytesPerRow: bytes! / read!, rowsPerMs: read! / ms! } : null
}
