import { createHmac, hkdfSync } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'

/** One use of an Idempotency-Key. */
export interface IdempotencySlot {
  /** 0 for requests that are about no workspace. */
  readonly workspaceId: number
  readonly principal: string
  readonly key: string
  readonly endpoint: string
  /** The validated request; a repetition must be equal. */
  readonly request: unknown
}
export interface StoredAnswer {
  readonly status: number
  readonly response: unknown
}
export interface Idempotency {
  /**
   * Runs `work` unless a request with the same key was answered in the last 24 hours; then answers the same again.
   * When `work` throws, the key is free again: nothing was created.
   * @throws AppError IDEMPOTENCY_KEY_REUSED | REQUEST_IN_PROGRESS
   */
  once(slot: IdempotencySlot, work: () => Promise<StoredAnswer>): Promise<StoredAnswer & { readonly replayed: boolean }>
}

/** A running request that gives no sign of life for this long counts as lost with its server. */
const holdSeconds = 30

/** Keeps answers in PostgreSQL, so that a repetition is recognised by every process and after a crash. */
export function makeIdempotency(pool: pg.Pool, masterKey: Buffer): Idempotency {
  const hashKey = Buffer.from(hkdfSync('sha256', masterKey, '', 'tagtree idempotency', 32))
  return {
    async once(slot, work) {
      // Keyed: a request may hold a password, whose bare hash could be guessed.
      const hash = createHmac('sha256', hashKey)
        .update(JSON.stringify([slot.endpoint, slot.request]))
        .digest()
      const known = await take(pool, slot, hash)
      if (known) return { ...known, replayed: true }
      const renewal = setInterval(() => void hold(pool, slot).catch(() => {}), (holdSeconds * 1000) / 3)
      try {
        const answer = await work().catch(async (error: unknown) => {
          await release(pool, slot).catch(() => {})
          throw error
        })
        await inWorkspace(pool, slot.workspaceId, (tx) =>
          tx.query(
            `update idempotency_key set status = $4, response = $5
             where workspace_id = $1 and principal = $2 and key = $3`,
            [slot.workspaceId, slot.principal, slot.key, answer.status, JSON.stringify(answer.response ?? null)],
          ),
        )
        return { ...answer, replayed: false }
      } finally {
        clearInterval(renewal)
      }
    },
  }
}

async function take(pool: pg.Pool, slot: IdempotencySlot, hash: Buffer): Promise<StoredAnswer | null> {
  return inWorkspace(pool, slot.workspaceId, async (tx) => {
    await tx.query(`delete from idempotency_key where workspace_id = $1 and created_at < now() - interval '24 hours'`, [
      slot.workspaceId,
    ])
    const mine = await tx.query(
      `insert into idempotency_key (workspace_id, principal, key, endpoint, request_hash, held_until)
       values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) on conflict do nothing`,
      [slot.workspaceId, slot.principal, slot.key, slot.endpoint, hash, holdSeconds],
    )
    if (mine.rowCount === 1) return null
    const { rows } = await tx.query<{
      endpoint: string
      request_hash: Buffer
      status: number | null
      response: unknown
      seconds: number
    }>(
      `select endpoint, request_hash, status, response, extract(epoch from held_until - now())::float8 as seconds
       from idempotency_key where workspace_id = $1 and principal = $2 and key = $3 for update`,
      [slot.workspaceId, slot.principal, slot.key],
    )
    const row = rows[0]
    // Released between the two statements: the sender may simply try again.
    if (!row) throw new AppError('REQUEST_IN_PROGRESS', { retryAfterSeconds: 1 })
    if (row.endpoint !== slot.endpoint || !row.request_hash.equals(hash)) throw new AppError('IDEMPOTENCY_KEY_REUSED')
    if (row.status !== null) return { status: row.status, response: row.response }
    if (row.seconds > 0) throw new AppError('REQUEST_IN_PROGRESS', { retryAfterSeconds: 2 })
    await tx.query(
      `update idempotency_key set held_until = now() + make_interval(secs => $4)
       where workspace_id = $1 and principal = $2 and key = $3`,
      [slot.workspaceId, slot.principal, slot.key, holdSeconds],
    )
    return null
  })
}

async function hold(pool: pg.Pool, slot: IdempotencySlot): Promise<void> {
  await inWorkspace(pool, slot.workspaceId, (tx) =>
    tx.query(
      `update idempotency_key set held_until = now() + make_interval(secs => $4)
       where workspace_id = $1 and principal = $2 and key = $3 and status is null`,
      [slot.workspaceId, slot.principal, slot.key, holdSeconds],
    ),
  )
}

async function release(pool: pg.Pool, slot: IdempotencySlot): Promise<void> {
  await inWorkspace(pool, slot.workspaceId, (tx) =>
    tx.query(`delete from idempotency_key where workspace_id = $1 and principal = $2 and key = $3 and status is null`, [
      slot.workspaceId,
      slot.principal,
      slot.key,
    ]),
  )
}
