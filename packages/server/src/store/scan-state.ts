import type pg from 'pg'
import { inWorkspace } from './postgres.js'

/** What a reader of events binds, so that everything it reads is of one moment. */
export interface ScanState {
  /** Undone imports whose rows are not physically gone yet. */
  readonly excludedImports: readonly number[]
  /** Whether any row was replaced by a later content of its key; without it the test is left out. */
  readonly hasSuperseded: boolean
  /** Last batch that is stored completely. */
  readonly lastBatch: number
  /** Largest row number of that batch, as decimal text. */
  readonly knownSeq: string
  /** Clock of published tags, as decimal text. */
  readonly clock: string
}

/** Rows of a batch are numbered batch * SEQ_PER_BATCH + i. */
export const SEQ_PER_BATCH = 65_536

/** Reads the state a scan binds, in one statement. */
export async function readScanState(pool: pg.Pool, workspaceId: number): Promise<ScanState> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{
      excluded: number[] | null
      has_superseded: boolean | null
      stored_batch: number | null
      clock: string | null
    }>(
      `select (select array_agg(import_id order by import_id) from import_excluded
               where workspace_id = $1 and cleaned_at is null) as excluded,
              (select has_superseded from applier_head where workspace_id = $1) as has_superseded,
              (select batch_no from stored_head where workspace_id = $1) as stored_batch,
              (select clock from workspace_clock where workspace_id = $1) as clock`,
      [workspaceId],
    )
    const row = rows[0]!
    const lastBatch = row.stored_batch ?? 0
    return {
      excludedImports: row.excluded ?? [],
      hasSuperseded: row.has_superseded ?? false,
      lastBatch,
      knownSeq: String(BigInt(lastBatch) * BigInt(SEQ_PER_BATCH) + BigInt(SEQ_PER_BATCH - 1)),
      clock: row.clock ?? '0',
    }
  })
}

/** Largest row number that was stored at a moment (ms), as decimal text: what was known then. '0' = nothing. */
export async function readSeqAt(pool: pg.Pool, workspaceId: number, knownAt: number): Promise<string> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ batch_no: number }>(
      `select batch_no from batch
       where workspace_id = $1 and stored_at <= to_timestamp($2::double precision / 1000)
       order by stored_at desc, batch_no desc limit 1`,
      [workspaceId, knownAt],
    )
    const batch = rows[0]?.batch_no
    return batch === undefined ? '0' : String(BigInt(batch) * BigInt(SEQ_PER_BATCH) + BigInt(SEQ_PER_BATCH - 1))
  })
}

/** Node -> profile as it was known at `knownSeq`, for the nodes whose profile changed since. */
export async function readProfilesAt(
  pool: pg.Pool,
  workspaceId: number,
  knownSeq: string,
): Promise<ReadonlyMap<number, number>> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ node_id: number; profile_id: number }>(
      `select node_id, profile_id from node_profile
       where workspace_id = $1 and from_seq <= $2 and to_seq > $2`,
      [workspaceId, knownSeq],
    )
    return new Map(rows.map((row) => [row.node_id, row.profile_id]))
  })
}
