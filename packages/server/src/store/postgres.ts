import { AppError } from '@tagtree/core/kernel/app-error'
import pg from 'pg'

/** One running transaction. Statements use $n parameters; bigint and numeric come back as strings. */
export type Tx = pg.PoolClient

/** Pools of one PostgreSQL, one per role; none of them may bypass row-level security. */
export interface PostgresPools {
  /** Migrations only. */
  readonly owner: pg.Pool
  /** Requests: one workspace at a time. */
  readonly app: pg.Pool
  /** Background work: may look across workspaces at the queues. */
  readonly worker: pg.Pool
  /** The address the pools connect to; for connections of one's own (LISTEN). */
  readonly url: string
  close(): Promise<void>
}

export type PostgresRole = 'tagtree_owner' | 'tagtree_app' | 'tagtree_worker'

/**
 * Start-up options of a connection: the role it works as and the schema of all tables. Plans are made for each run of a
 * statement: one kept from when a table was empty reads all of it when it is large (an import ran 5 times slower).
 */
export function roleOptions(role: PostgresRole): string {
  return `-c role=${role} -c search_path=tagtree -c plan_cache_mode=force_custom_plan`
}

/** Opens the pools; connections are made when first used. */
export function openPostgres(url: string, onIdleError: (error: Error) => void = () => {}): PostgresPools {
  const open = (role: PostgresRole, max: number): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      options: roleOptions(role),
      application_name: role,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 60_000,
    })
    // Without listeners a crash of the engine would end this process: one for idle connections, one for those in use
    // between two statements (their next statement fails and says so).
    pool.on('error', onIdleError)
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  const owner = open('tagtree_owner', 2)
  const app = open('tagtree_app', 12)
  const worker = open('tagtree_worker', 8)
  return {
    owner,
    app,
    worker,
    url,
    close: async () => {
      await Promise.all([owner.end(), app.end(), worker.end()])
    },
  }
}

/**
 * Runs `work` in one transaction that sees the rows of one workspace only.
 * @throws AppError ENGINE_UNAVAILABLE when the connection broke (nothing or all of it is committed; see `isUnavailable`)
 */
export async function inWorkspace<T>(pool: pg.Pool, workspaceId: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (!Number.isInteger(workspaceId) || workspaceId < 0) {
    throw new AppError('INTERNAL', { cause: new TypeError('a workspace id is a non-negative integer') })
  }
  return transact(pool, `begin; set local app.workspace = '${workspaceId}'`, work)
}

/** Runs `work` in one transaction outside of any workspace: tables of the instance, and queues as the worker. */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(pool, 'begin', work)
}

async function transact<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  let tx: Tx | undefined
  let broken: Error | undefined
  try {
    tx = await pool.connect()
    await tx.query(begin)
    const result = await work(tx)
    await tx.query('commit')
    return result
  } catch (error) {
    if (tx !== undefined) broken = await rollBack(tx, error)
    throw toPostgresError(error)
  } finally {
    tx?.release(broken)
  }
}

/** Rolls back; answers the error when the connection cannot be used again. */
async function rollBack(tx: Tx, error: unknown): Promise<Error | undefined> {
  if (isUnavailable(error)) return error instanceof Error ? error : new Error('connection lost')
  try {
    await tx.query('rollback')
    return undefined
  } catch (rollbackError) {
    return rollbackError instanceof Error ? rollbackError : new Error('connection lost')
  }
}

const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '53300',
])

/** Whether PostgreSQL could not be reached or went away: the same work may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'ENGINE_UNAVAILABLE'
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (LOST_CODES.has(code) || code.startsWith('08')) return true
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  return /connection terminated|timeout exceeded when trying to connect|connection timeout|client has encountered a connection error|not queryable/i.test(
    error.message,
  )
}

/** A lost engine becomes the retryable ENGINE_UNAVAILABLE; every other error stays what it is. */
export function toPostgresError(error: unknown): unknown {
  if (error instanceof AppError || !isUnavailable(error)) return error
  return new AppError('ENGINE_UNAVAILABLE', {
    words: { engine: 'PostgreSQL' },
    retryAfterSeconds: 2,
    cause: error,
  })
}
