import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'

/** How far an import is. `rows`: reading the file; `orders`: putting lines together; `applying`: waiting for the log. */
export type ImportPhase = 'rows' | 'orders' | 'applying' | 'done'
export type ImportState = 'running' | 'done' | 'canceled' | 'failed' | 'undoing' | 'undone'

/** An import as PostgreSQL keeps it. */
export interface ImportRecord {
  readonly id: number
  readonly fileId: number
  readonly fileName: string
  readonly mapping: Mapping
  readonly dryRun: boolean
  readonly phase: ImportPhase
  readonly state: ImportState
  readonly jobId: number | null
  readonly undoJobId: number | null
  readonly startedMs: number
  readonly chunks: number
  readonly rowsRead: number
  readonly rowsRejected: number
  readonly rowsRepeated: number
  readonly reasons: Readonly<Record<string, number>>
  readonly facts: number
  readonly orders: number
  readonly orderCursor: OrderCursor | null
  readonly rejectedBytes: number
  readonly logNo: string | null
  readonly report: unknown
  readonly createdAt: Date
  readonly finishedAt: Date | null
}
/** The last order that is in the log. */
export interface OrderCursor {
  readonly output: number
  readonly key: string
}

/** What a committed chunk adds. */
export interface ImportStep {
  readonly rows: number
  readonly rejected: number
  readonly repeated: number
  readonly reasons: ReadonlyMap<string, number>
  readonly facts: number
  readonly orders: number
  readonly rejectedBytes: number
  readonly orderCursor: OrderCursor | null
}

interface ImportRow {
  id: number
  file_id: number
  file_name: string
  mapping: Mapping
  dry_run: boolean
  phase: ImportPhase
  state: ImportState
  job_id: string | null
  undo_job_id: string | null
  started_ms: string
  chunks: number
  rows_read: string
  rows_rejected: string
  rows_repeated: string
  reasons: Record<string, number>
  facts: string
  orders: string
  order_cursor: OrderCursor | null
  rejected_bytes: string
  log_no: string | null
  report: unknown
  created_at: Date
  finished_at: Date | null
  job_state: string | null
}

// A job that was canceled before it began never touches its import.
const SELECT = `select import.*, job.state as job_state from import
  left join job on job.workspace_id = import.workspace_id and job.id = import.job_id
  where import.workspace_id = $1`

/** Makes an import; its job is set in the same transaction. */
export async function insertImport(
  tx: Tx,
  workspaceId: number,
  made: {
    readonly fileId: number
    readonly fileName: string
    readonly mapping: Mapping
    readonly dryRun: boolean
    readonly startedMs: number
    readonly createdBy: string
  },
): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(
    `insert into import (workspace_id, file_id, file_name, mapping_id, mapping, dry_run, started_ms, created_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      workspaceId,
      made.fileId,
      made.fileName,
      made.mapping.id,
      JSON.stringify(made.mapping),
      made.dryRun,
      made.startedMs,
      made.createdBy,
    ],
  )
  return rows[0]!.id
}

/** @throws AppError NOT_FOUND */
export async function readImport(tx: Tx, workspaceId: number, id: number): Promise<ImportRecord> {
  const { rows } = await tx.query<ImportRow>(`${SELECT} and import.id = $2`, [workspaceId, id])
  if (rows[0]) return toRecord(rows[0])
  throw new AppError('NOT_FOUND', { words: { what: { en: 'import', zh: '导入' }, name: id } })
}

/** Imports, newest first. */
export async function listImports(
  tx: Tx,
  workspaceId: number,
  before: number | null,
  limit: number,
): Promise<ImportRecord[]> {
  const { rows } = await tx.query<ImportRow>(
    `${SELECT} and ($2::int is null or import.id < $2) order by import.id desc limit $3`,
    [workspaceId, before, limit],
  )
  return rows.map(toRecord)
}

/** Adds a chunk to the progress; commits with the log rows it stands for. */
export async function addStep(
  tx: Tx,
  workspaceId: number,
  id: number,
  step: ImportStep,
  logNo: string | null,
): Promise<void> {
  const { rowCount } = await tx.query({
    name: 'import-step',
    text: `update import set chunks = chunks + 1, rows_read = rows_read + $3, rows_rejected = rows_rejected + $4,
             rows_repeated = rows_repeated + $5, facts = facts + $6, orders = orders + $7,
             rejected_bytes = $8, order_cursor = coalesce($9::jsonb, order_cursor), log_no = coalesce($10, log_no),
             reasons = case when $11::jsonb = '{}' then reasons else (
               select coalesce(jsonb_object_agg(key, n), '{}') from (
                 select key, sum(value::bigint) as n from (
                   select * from jsonb_each_text(reasons) union all select * from jsonb_each_text($11::jsonb)) both_sides
                 group by key) summed) end
           where workspace_id = $1 and id = $2 and state = 'running'`,
    values: [
      workspaceId,
      id,
      step.rows,
      step.rejected,
      step.repeated,
      step.facts,
      step.orders,
      step.rejectedBytes,
      step.orderCursor === null
        ? null
        : JSON.stringify({
            output: step.orderCursor.output,
            key: Buffer.from(step.orderCursor.key).toString('base64'),
          }),
      logNo,
      storableJson(Object.fromEntries(step.reasons)),
    ],
  })
  // Somebody else ended it: nothing of this chunk may stay.
  if (rowCount === 0) throw new AppError('IMPORT_UNDONE', { words: { id } })
}

export async function setPhase(tx: Tx, workspaceId: number, id: number, phase: ImportPhase): Promise<void> {
  await tx.query(`update import set phase = $3 where workspace_id = $1 and id = $2 and state = 'running'`, [
    workspaceId,
    id,
    phase,
  ])
}

/** Ends an import that is running; one that has ended stays as it is. */
export async function endImport(
  tx: Tx,
  workspaceId: number,
  id: number,
  state: 'done' | 'canceled' | 'failed',
  report: unknown = null,
): Promise<void> {
  await tx.query(
    `update import set state = $3, phase = case when $3 = 'done' then 'done' else phase end, finished_at = now(),
       report = coalesce($4::jsonb, report)
     where workspace_id = $1 and id = $2 and state = 'running'`,
    [workspaceId, id, state, report === null ? null : storableJson(report)],
  )
}

export async function setJob(tx: Tx, workspaceId: number, id: number, jobId: number): Promise<void> {
  await tx.query('update import set job_id = $3 where workspace_id = $1 and id = $2', [workspaceId, id, jobId])
}

/** What the applier counted for an import. */
export interface ImportResult {
  readonly received: number
  readonly created: number
  readonly updated: number
  readonly duplicate: number
  readonly rejected: number
  readonly profiles: number
  readonly merged: number
  readonly valuesRefused: number
  readonly identitiesLeftOut: number
  readonly reasons: Readonly<Record<string, number>>
}

/** The counts behind the log; zeros when nothing was applied yet. */
export async function readResult(tx: Tx, workspaceId: number, importId: number): Promise<ImportResult> {
  const { rows } = await tx.query<Record<string, string> & { reasons: Record<string, number> }>(
    'select * from import_result where workspace_id = $1 and import_id = $2',
    [workspaceId, importId],
  )
  const row = rows[0]
  const count = (name: string): number => Number(row?.[name] ?? 0)
  return {
    received: count('received'),
    created: count('created'),
    updated: count('updated'),
    duplicate: count('duplicate'),
    rejected: count('rejected'),
    profiles: count('profiles'),
    merged: count('merged'),
    valuesRefused: count('values_refused'),
    identitiesLeftOut: count('identities_left_out'),
    reasons: row?.reasons ?? {},
  }
}

/** JSON without the escapes that jsonb refuses (zero characters, halves of surrogate pairs): cells may hold anything. */
function storableJson(value: unknown): string {
  return JSON.stringify(value).replace(/\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g, (whole, refused: string | undefined) =>
    refused === undefined ? whole : '\\ufffd',
  )
}

function toRecord(row: ImportRow): ImportRecord {
  const ended = row.state === 'running' && (row.job_state === 'canceled' || row.job_state === 'failed')
  return {
    id: row.id,
    fileId: row.file_id,
    fileName: row.file_name,
    mapping: row.mapping,
    dryRun: row.dry_run,
    phase: row.phase,
    state: ended ? (row.job_state as 'canceled' | 'failed') : row.state,
    jobId: row.job_id === null ? null : Number(row.job_id),
    undoJobId: row.undo_job_id === null ? null : Number(row.undo_job_id),
    startedMs: Number(row.started_ms),
    chunks: row.chunks,
    rowsRead: Number(row.rows_read),
    rowsRejected: Number(row.rows_rejected),
    rowsRepeated: Number(row.rows_repeated),
    reasons: row.reasons,
    facts: Number(row.facts),
    orders: Number(row.orders),
    orderCursor:
      row.order_cursor === null
        ? null
        : { output: row.order_cursor.output, key: Buffer.from(row.order_cursor.key, 'base64').toString() },
    rejectedBytes: Number(row.rejected_bytes),
    logNo: row.log_no,
    report: row.report,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  }
}
