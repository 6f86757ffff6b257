import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Vault } from '../../identify/identity-vault.js'
import type { ClickHouse } from '../../store/clickhouse.js'
import { type Listener, listen } from '../../store/notifications.js'
import { inTransaction, inWorkspace, type PostgresPools } from '../../store/postgres.js'
import { LOG_CHANNEL, STORED_CHANNEL } from '../log-format.js'
import { dropStoredLogDays } from './drop-log-days.js'
import { endForeignLeases, releaseLease } from './lease.js'
import { WorkspaceWorker } from './workspace-worker.js'

export interface ApplierDeps {
  readonly postgres: PostgresPools
  readonly clickhouse: ClickHouse
  readonly vault: Vault
  /** Default 1000; 250 while real-time tags exist. */
  readonly gatherMs?: number
  readonly now?: () => number
  /** No other process works on this database, so the leases of those before need not lapse by themselves. */
  readonly isAlone?: boolean
  onError?(workspaceId: number, error: unknown): void
  /** A batch became readable, by this process or another. */
  onStored?(workspaceId: number, batchNo: number): void
}

/** Turns the logs of all workspaces into rows. One per process; leases decide who works. */
export interface Applier {
  /** Resolves when it listens and has looked for work left behind. */
  start(): Promise<void>
  /**
   * Resolves when everything of the workspace's log up to `logNo` is readable, without waiting for more facts.
   * @throws AppError SHUTTING_DOWN when it is stopped before
   */
  whenStored(workspaceId: number, logNo: string): Promise<void>
  /** The same for everything appended before this call. */
  settle(workspaceId: number): Promise<void>
  stop(): Promise<void>
}

interface Waiter {
  readonly logNo: bigint
  resolve(): void
  reject(error: AppError): void
}

export function createApplier(deps: ApplierDeps): Applier {
  const { postgres } = deps
  const holder = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`
  const now = deps.now ?? Date.now
  const workers = new Map<number, WorkspaceWorker>()
  const waiters = new Map<number, Set<Waiter>>()
  let listener: Listener | undefined
  let tidiedDay = -1
  let stopped = false

  const workerOf = (workspaceId: number): WorkspaceWorker => {
    let worker = workers.get(workspaceId)
    if (worker === undefined) {
      worker = new WorkspaceWorker(
        {
          worker: postgres.worker,
          clickhouse: deps.clickhouse,
          vault: deps.vault,
          holder,
          now,
          gatherMs: deps.gatherMs ?? 1_000,
          onError: (id, error) => deps.onError?.(id, error),
        },
        workspaceId,
      )
      workers.set(workspaceId, worker)
    }
    return worker
  }

  const tidy = (): void => {
    const day = Math.floor(now() / 86_400_000)
    if (day === tidiedDay) return
    tidiedDay = day
    dropStoredLogDays(postgres.worker).catch((error: unknown) => deps.onError?.(0, error))
  }

  const onMessage = (channel: string, payload: string): void => {
    const [workspace, second, third] = payload.split(':')
    const workspaceId = Number(workspace)
    if (channel === LOG_CHANNEL) {
      if (!stopped) workerOf(workspaceId).wake(Number(second), third === '1')
      tidy()
      return
    }
    deps.onStored?.(workspaceId, Number(second))
    resolveWaiters(workspaceId, BigInt(third ?? '0'))
  }

  const resolveWaiters = (workspaceId: number, logTo: bigint): void => {
    const waiting = waiters.get(workspaceId)
    for (const waiter of waiting ?? []) {
      if (waiter.logNo > logTo) continue
      waiting!.delete(waiter)
      waiter.resolve()
    }
  }

  /** Messages were missed: every workspace with work left is woken, every waiter looks again. */
  const lookForWork = async (): Promise<void> => {
    for (const workspaceId of await readyWorkspaces(postgres)) {
      const { hasWork, storedTo } = await readProgress(postgres, workspaceId)
      if (hasWork && !stopped) workerOf(workspaceId).wake(0, true)
      resolveWaiters(workspaceId, storedTo)
    }
  }

  const whenStored = async (workspaceId: number, logNo: string): Promise<void> => {
    const stored = new Promise<void>((resolve, reject) => {
      const waiting = waiters.get(workspaceId) ?? new Set()
      waiters.set(workspaceId, waiting)
      waiting.add({ logNo: BigInt(logNo), resolve, reject })
    })
    // Whoever asked may be gone by an error of the next statement; nobody then listens to this promise.
    stored.catch(() => {})
    const { hasWork, storedTo } = await readProgress(postgres, workspaceId)
    resolveWaiters(workspaceId, storedTo)
    if (hasWork && !stopped) workerOf(workspaceId).wake(0, true)
    await stored
  }

  return {
    start: async () => {
      if (deps.isAlone) await endForeignLeases(postgres.worker, holder)
      let firstLook: Promise<void> | undefined
      listener = listen({
        url: postgres.url,
        role: 'tagtree_worker',
        channels: [LOG_CHANNEL, STORED_CHANNEL],
        onMessage,
        onConnected: () => {
          const look = lookForWork().catch((error: unknown) => deps.onError?.(0, error))
          firstLook ??= look
        },
      })
      await listener.ready
      await firstLook
    },
    whenStored,
    settle: async (workspaceId) => whenStored(workspaceId, await lastLogNo(postgres, workspaceId)),
    stop: async () => {
      stopped = true
      await Promise.all([...workers.values()].map((worker) => worker.stop()))
      await Promise.all(
        [...workers.keys()].map((workspaceId) =>
          releaseLease(postgres.worker, workspaceId, holder).catch(() => {
            // It lapses by itself.
          }),
        ),
      )
      await listener?.close()
      for (const waiter of [...waiters.values()].flatMap((waiting) => [...waiting])) {
        waiter.reject(new AppError('SHUTTING_DOWN'))
      }
      waiters.clear()
    },
  }
}

async function readyWorkspaces(postgres: PostgresPools): Promise<number[]> {
  return inTransaction(postgres.worker, async (tx) => {
    const { rows } = await tx.query<{ id: number }>(`select id from workspace where state = 'ready' order by id`)
    return rows.map((row) => row.id)
  })
}

async function readProgress(
  postgres: PostgresPools,
  workspaceId: number,
): Promise<{ hasWork: boolean; storedTo: bigint }> {
  return inWorkspace(postgres.worker, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ appended: string | null; stored: string | null }>(
      `select (select log_no from log_head where workspace_id = $1) as appended,
              (select log_to from stored_head where workspace_id = $1) as stored`,
      [workspaceId],
    )
    const storedTo = BigInt(rows[0]?.stored ?? '0')
    return { hasWork: BigInt(rows[0]?.appended ?? '0') > storedTo, storedTo }
  })
}

async function lastLogNo(postgres: PostgresPools, workspaceId: number): Promise<string> {
  return inWorkspace(postgres.worker, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ log_no: string }>('select log_no from log_head where workspace_id = $1', [
      workspaceId,
    ])
    return rows[0]?.log_no ?? '0'
  })
}
