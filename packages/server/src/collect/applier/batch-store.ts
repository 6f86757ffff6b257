import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'
import type { TableBody } from './row-text.js'

/** A body as it is stored and sent: gzip of JSONEachRow. */
export interface PackedBody {
  readonly target: string
  readonly columns: readonly string[]
  readonly n: number
  readonly body: Buffer
}

/** The counters of a workspace, held by the running plan. */
export interface ApplierHead {
  readonly batchNo: number
  readonly logTo: string
  readonly nextNode: number
  readonly nextEdge: bigint
  readonly hasSuperseded: boolean
}

/** What a plan leaves behind beside its bodies. */
export interface BatchOutcome {
  readonly batchNo: number
  readonly logTo: string
  readonly epoch: number
  /** Facts and bytes of the log that this batch finishes. */
  readonly n: number
  readonly bytes: number
  readonly nextNode: number
  readonly nextEdge: bigint
  readonly hasSuperseded: boolean
  readonly reload: boolean
}

const compress = promisify(gzip)

/** Packs bodies beside each other. */
export async function packBodies(bodies: readonly TableBody[]): Promise<PackedBody[]> {
  return Promise.all(
    bodies.map(async ({ target, columns, n, text }) => ({
      target,
      columns,
      n,
      body: await compress(text, { level: 1 }),
    })),
  )
}

/**
 * Takes the counters for one plan and proves that the lease is still held under this epoch.
 * @throws AppError LEASE_LOST
 */
export async function takeHead(tx: Tx, workspaceId: number, epoch: number): Promise<ApplierHead> {
  const { rows } = await tx.query<{
    batch_no: number
    log_to: string
    next_node: number
    next_edge: string
    has_superseded: boolean
  }>({
    name: 'take-head',
    text: `select h.batch_no, h.log_to, h.next_node, h.next_edge, h.has_superseded
           from applier_head h join lease l on l.workspace_id = h.workspace_id
           where h.workspace_id = $1 and l.name = 'applier' and l.epoch = $2
           for update of h, l`,
    values: [workspaceId, epoch],
  })
  const row = rows[0]
  if (row === undefined) throw new AppError('LEASE_LOST')
  return {
    batchNo: row.batch_no + 1,
    logTo: row.log_to,
    nextNode: row.next_node,
    nextEdge: BigInt(row.next_edge),
    hasSuperseded: row.has_superseded,
  }
}

/** Writes the batch, its exact bodies and the counters; the caller commits. */
export async function writeBatch(
  tx: Tx,
  workspaceId: number,
  outcome: BatchOutcome,
  bodies: readonly PackedBody[],
): Promise<void> {
  await tx.query({
    name: 'batch-insert',
    text: `insert into batch (workspace_id, batch_no, log_to, epoch, state, n, reload)
           values ($1, $2, $3, $4, 'planned', $5, $6)`,
    values: [workspaceId, outcome.batchNo, outcome.logTo, outcome.epoch, outcome.n, outcome.reload],
  })
  for (const [ordinal, { target, columns, n, body }] of bodies.entries()) {
    await tx.query({
      name: 'batch-body',
      text: `insert into batch_body (workspace_id, batch_no, ordinal, target, columns, n, body)
             values ($1, $2, $3, $4, $5, $6, $7)`,
      values: [workspaceId, outcome.batchNo, ordinal, target, columns, n, body],
    })
  }
  await tx.query({
    name: 'head-update',
    text: `update applier_head set batch_no = $2, log_to = $3, applied_n = applied_n + $4,
             applied_bytes = applied_bytes + $5, next_node = $6, next_edge = $7, has_superseded = $8
           where workspace_id = $1`,
    values: [
      workspaceId,
      outcome.batchNo,
      outcome.logTo,
      outcome.n,
      outcome.bytes,
      outcome.nextNode,
      outcome.nextEdge.toString(),
      outcome.hasSuperseded,
    ],
  })
  await tx.query({
    name: 'lease-renew',
    text: `update lease set expires_at = now() + interval '30 seconds' where workspace_id = $1 and name = 'applier'`,
    values: [workspaceId],
  })
}

/** Numbers of the batches that are planned but perhaps not stored, in order. */
export async function plannedBatches(
  tx: Tx,
  workspaceId: number,
): Promise<{ batchNo: number; logTo: string; reload: boolean }[]> {
  const { rows } = await tx.query<{ batch_no: number; log_to: string; reload: boolean }>(
    `select batch_no, log_to, reload from batch where workspace_id = $1 and state = 'planned' order by batch_no`,
    [workspaceId],
  )
  return rows.map((row) => ({ batchNo: row.batch_no, logTo: row.log_to, reload: row.reload }))
}

/** The bodies of a planned batch, byte for byte as they were. */
export async function readBodies(tx: Tx, workspaceId: number, batchNo: number): Promise<PackedBody[]> {
  const { rows } = await tx.query<PackedBody>(
    `select target, columns, n, body from batch_body where workspace_id = $1 and batch_no = $2 order by ordinal`,
    [workspaceId, batchNo],
  )
  return rows
}
