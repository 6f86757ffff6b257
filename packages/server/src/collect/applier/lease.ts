import type pg from 'pg'
import { inTransaction, inWorkspace } from '../../store/postgres.js'

/** How long a lease is believed without a sign of life. Renewed by every batch, left to lapse when idle. */
export const LEASE_SECONDS = 30

export type LeaseResult =
  | {
      readonly kind: 'held'
      readonly epoch: number /** Nobody else held it in between. */
      readonly continued: boolean
    }
  /** Somebody else has it for so long. */
  | { readonly kind: 'taken'; readonly forMs: number }

/**
 * Takes or renews the applier's lease of a workspace. Whoever takes it anew gets the next epoch, which fences every
 * statement of the holder before.
 */
export async function takeLease(
  worker: pg.Pool,
  workspaceId: number,
  holder: string,
  lastEpoch: number | null,
): Promise<LeaseResult> {
  return inWorkspace(worker, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ epoch: number }>(
      `insert into lease (workspace_id, name, holder, expires_at)
       values ($1, 'applier', $2, now() + make_interval(secs => $3))
       on conflict (workspace_id, name) do update
       set holder = excluded.holder, expires_at = excluded.expires_at,
           epoch = lease.epoch + case when lease.holder = excluded.holder then 0 else 1 end
       where lease.holder = excluded.holder or lease.expires_at < now()
       returning epoch`,
      [workspaceId, holder, LEASE_SECONDS],
    )
    const epoch = rows[0]?.epoch
    if (epoch !== undefined) return { kind: 'held', epoch, continued: epoch === lastEpoch }
    const other = await tx.query<{ ms: number }>(
      `select greatest(0, extract(epoch from expires_at - now()) * 1000)::float8 as ms from lease
       where workspace_id = $1 and name = 'applier'`,
      [workspaceId],
    )
    return { kind: 'taken', forMs: other.rows[0]?.ms ?? 0 }
  })
}

/** Gives the lease up, so that another process need not wait for it to lapse. */
export async function releaseLease(worker: pg.Pool, workspaceId: number, holder: string): Promise<void> {
  await inWorkspace(worker, workspaceId, (tx) =>
    tx.query(`update lease set expires_at = now() where workspace_id = $1 and name = 'applier' and holder = $2`, [
      workspaceId,
      holder,
    ]),
  )
}

/** For a process that is known to be the only living one: the leases of others are of dead ones and lapse at once. */
export async function endForeignLeases(worker: pg.Pool, holder: string): Promise<void> {
  await inTransaction(worker, (tx) =>
    tx.query(`update lease set expires_at = now() where name = 'applier' and holder <> $1 and expires_at > now()`, [
      holder,
    ]),
  )
}
