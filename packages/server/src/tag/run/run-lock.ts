import type pg from 'pg'
import { toPostgresError } from '../../store/postgres.js'

/** First number of the advisory lock of runs; the second is the workspace. */
export const RUN_LOCK = 7423

/** The same of one list; the second number is made of workspace and list. */
const LIST_LOCK = 7424

/**
 * Runs `work` while no other run of the workspace goes on, in this process or another. PostgreSQL holds the lock as long
 * as a connection of ours lives, so it is free again when this process dies; whatever is marked as running then is not.
 * @throws AppError ENGINE_UNAVAILABLE
 */
export function inRunTurn<T>(pool: pg.Pool, workspaceId: number, work: () => Promise<T>): Promise<T> {
  return inTurn(pool, [RUN_LOCK, workspaceId], work)
}

/** Runs `work` while nobody else publishes the same list. @throws AppError ENGINE_UNAVAILABLE */
export function inListTurn<T>(pool: pg.Pool, workspaceId: number, number: number, work: () => Promise<T>): Promise<T> {
  // Different lists may share a lock; they then only wait for each other.
  return inTurn(pool, [LIST_LOCK, (Math.imul(workspaceId, 1_000_003) + number) | 0], work)
}

async function inTurn<T>(pool: pg.Pool, lock: readonly [number, number], work: () => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw toPostgresError(error)
  })
  let lost: Error | undefined
  const onLost = (error: Error): void => {
    lost = error
  }
  client.on('error', onLost)
  try {
    await client.query('select pg_advisory_lock($1, $2)', [...lock])
    return await work()
  } catch (error) {
    throw toPostgresError(error)
  } finally {
    await client.query('select pg_advisory_unlock($1, $2)', [...lock]).catch(onLost)
    client.off('error', onLost)
    client.release(lost)
  }
}
