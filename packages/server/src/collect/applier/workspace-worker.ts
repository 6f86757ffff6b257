import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import type { Vault } from '../../identify/identity-vault.js'
import type { ClickHouse, WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inTransaction, inWorkspace } from '../../store/postgres.js'
import { type ApplierHead, packBodies, plannedBatches, readBodies, takeHead, writeBatch } from './batch-store.js'
import { deliverBatch, type PlannedBatch } from './deliver.js'
import { takeLease } from './lease.js'
import { weekOf } from './place-facts.js'
import { type PlannedFacts, type PlanScope, planFacts } from './plan-facts.js'
import { BATCH_FACTS, readPending, type TakenLog, takeLog } from './take-log.js'
import { planUndoStep, type UndoStep } from './undo-import.js'
import { loadWorkspaceState, type WorkspaceState } from './workspace-state.js'

export interface WorkerDeps {
  readonly worker: pg.Pool
  readonly clickhouse: ClickHouse
  readonly vault: Vault
  /** Name of this process in leases. */
  readonly holder: string
  readonly now: () => number
  /** How long facts are gathered into one batch, unless 5,000 are there earlier. */
  readonly gatherMs: number
  onError(workspaceId: number, error: unknown): void
}

/** Applies the log of one workspace while there is something to apply; asks nothing when idle. */
export class WorkspaceWorker {
  private state: WorkspaceState | undefined
  private epoch: number | null = null
  private logTo = '0'
  private running: Promise<void> | undefined
  private timer: NodeJS.Timeout | undefined
  private wokenMeanwhile = false
  private hurry = false
  private stopped = false
  private gathered = 0
  private lastBatchAt = 0
  private failures = 0
  private delivering: Promise<unknown> = Promise.resolve(undefined)

  constructor(
    private readonly deps: WorkerDeps,
    private readonly workspaceId: number,
  ) {}

  /** Facts were appended; `urgent`: do not wait for more. */
  wake(facts: number, urgent: boolean): void {
    if (this.stopped) return
    this.gathered += facts
    if (urgent) this.hurry = true
    if (this.running !== undefined) {
      this.wokenMeanwhile = true
      return
    }
    const now = this.hurry || this.gathered >= BATCH_FACTS
    if (now) this.schedule(0)
    else if (this.timer === undefined) this.schedule(this.deps.gatherMs)
  }

  /** Ends after the batch at hand; what is left is taken up at the next start. */
  async stop(): Promise<void> {
    this.stopped = true
    clearTimeout(this.timer)
    this.timer = undefined
    await this.running
  }

  private schedule(ms: number): void {
    if (this.stopped) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.running = this.run().finally(() => {
        this.running = undefined
        if (this.wokenMeanwhile) {
          this.wokenMeanwhile = false
          this.wake(0, false)
        }
      })
    }, ms)
  }

  private async run(): Promise<void> {
    this.wokenMeanwhile = false
    this.gathered = 0
    try {
      const waitMs = await this.apply()
      this.failures = 0
      if (waitMs !== null) this.schedule(waitMs)
    } catch (error) {
      await this.delivering
      // Whatever is in memory may be wrong now: the next round begins from what is durable.
      this.state = undefined
      this.failures += 1
      const isLease = error instanceof AppError && error.code === 'LEASE_LOST'
      const isAway = error instanceof AppError && error.code === 'ENGINE_UNAVAILABLE'
      if (!isLease) this.deps.onError(this.workspaceId, error)
      this.schedule(
        isAway || isLease ? Math.min(250 * this.failures, 2_000) : Math.min(1_000 * 2 ** this.failures, 60_000),
      )
    }
  }

  /** Answers after how many ms to come again, null = when woken. */
  private async apply(): Promise<number | null> {
    const { worker, holder } = this.deps
    const lease = await takeLease(worker, this.workspaceId, holder, this.state === undefined ? null : this.epoch)
    if (lease.kind === 'taken') {
      this.state = undefined
      return lease.forMs + 100
    }
    this.epoch = lease.epoch
    if (this.state === undefined || !lease.continued) {
      this.state = await loadWorkspaceState(worker, this.workspaceId)
      await this.recover(this.state)
    }
    const hurry = this.hurry
    this.hurry = false
    while (!this.stopped) {
      const pending = await readPending(worker, this.workspaceId, this.logTo)
      if (pending === undefined) break
      const restMs = this.lastBatchAt + this.deps.gatherMs - performance.now()
      if (!hurry && !pending.urgent && pending.facts < BATCH_FACTS && restMs > 0) {
        await this.delivered()
        return restMs
      }
      this.lastBatchAt = performance.now()
      await this.applyPiece(this.state, await takeLog(worker, this.workspaceId, pending))
    }
    await this.delivered()
    return null
  }

  /** Sends every planned batch again, in order, exactly as it was. */
  private async recover(state: WorkspaceState): Promise<void> {
    const { worker } = this.deps
    const { logTo, planned } = await inWorkspace(worker, this.workspaceId, async (tx) => {
      const head = await tx.query<{ log_to: string }>('select log_to from applier_head where workspace_id = $1', [
        this.workspaceId,
      ])
      return { logTo: head.rows[0]?.log_to ?? '0', planned: await plannedBatches(tx, this.workspaceId) }
    })
    this.logTo = logTo
    for (const batch of planned) {
      const bodies = await inWorkspace(worker, this.workspaceId, (tx) =>
        readBodies(tx, this.workspaceId, batch.batchNo),
      )
      await deliverBatch(worker, this.clickhouse(state), this.workspaceId, { ...batch, bodies })
    }
  }

  private async applyPiece(state: WorkspaceState, taken: TakenLog): Promise<void> {
    const { command } = taken
    if (command?.command !== 'undo_import') {
      await this.openWeek(state)
      const end = { logTo: taken.logTo, n: taken.n, bytes: taken.bytes }
      await this.planAndDeliver(state, end, (scope, head) => planFacts(scope, head, taken.facts))
      return
    }
    let step: UndoStep | null = { step: 'exclude' }
    while (step !== null) {
      const now: UndoStep = step
      const end = { logTo: taken.logTo, n: taken.n, bytes: taken.bytes }
      step = await this.planAndDeliver(state, end, async (scope, head) => {
        const { planned, next } = await planUndoStep(scope, head, command.importId, now)
        return { ...planned, next }
      })
    }
  }

  /**
   * Plans one batch in a transaction and starts its delivery. The batch before is delivered meanwhile; at most one is
   * under way. A plan that says it has a next step does not move the log.
   */
  private async planAndDeliver(
    state: WorkspaceState,
    end: { readonly logTo: string; readonly n: number; readonly bytes: number },
    plan: (scope: PlanScope, head: ApplierHead) => Promise<PlannedFacts & { readonly next?: UndoStep | null }>,
  ): Promise<UndoStep | null> {
    const clickhouse = this.clickhouse(state)
    const { worker, vault, now } = this.deps
    const epoch = this.epoch!
    const settled = (): Promise<void> => this.delivered()
    const done = await inWorkspace(worker, this.workspaceId, async (tx) => {
      const head = await takeHead(tx, this.workspaceId, epoch)
      const planned = await plan({ tx, state, clickhouse, vault, now: now(), settled }, head)
      const bodies = await packBodies(planned.bodies)
      const next = planned.next ?? null
      const moves = next === null ? end : { logTo: head.logTo, n: 0, bytes: 0 }
      const { nextNode, nextEdge, hasSuperseded, reload } = planned
      const { batchNo } = head
      const outcome = { ...moves, batchNo, epoch, nextNode, nextEdge, hasSuperseded, reload }
      await writeBatch(tx, this.workspaceId, outcome, bodies)
      const batch: PlannedBatch = { batchNo, logTo: moves.logTo, reload, bodies }
      return { batch, next, remember: planned.remember }
    })
    done.remember()
    this.logTo = done.batch.logTo
    await this.delivered()
    this.delivering = deliverBatch(worker, clickhouse, this.workspaceId, done.batch).then(
      () => undefined,
      (error: unknown) => error ?? new AppError('INTERNAL'),
    )
    return done.next
  }

  /** Waits for the batch under way. */
  private async delivered(): Promise<void> {
    const error = await this.delivering
    this.delivering = Promise.resolve(undefined)
    if (error !== undefined) throw error
  }

  private async openWeek(state: WorkspaceState): Promise<void> {
    const week = weekOf(this.deps.now())
    if (state.openedWeek === week) return
    await inTransaction(this.deps.worker, (tx) => tx.query('select open_seen_week($1)', [week]))
    state.openedWeek = week
  }

  private clickhouse(state: WorkspaceState): WorkspaceClickHouse {
    return this.deps.clickhouse.workspace(state.database)
  }
}
