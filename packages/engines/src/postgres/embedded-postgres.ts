import { dirname, join } from 'node:path'
import { type DataDirectory, readIfThere, reasonOf, secretOf } from '../data-directory.js'
import { type EngineProcess, logTail, startEngineProcess, startFailure } from '../engine-process.js'
import { commandOf, endProcess, until } from '../process-table.js'
import { findPostgresBinaries } from './binaries.js'
import { makeCluster, writeOwned } from './cluster.js'
import { connect, type PostgresLogin, urlOf } from './connect.js'
import { checkPostgresIsClosed } from './doors.js'
import { checkPassable, userForPostgres } from './operating-system-user.js'
import { ensureRoles, ensureSchema, LOGIN, quoteName } from './roles.js'
import { POSTGRES_HBA, postgresConf } from './settings.js'

/** An embedded PostgreSQL that was found or made on disk and can be launched any number of times. */
export interface EmbeddedPostgres {
  readonly logFile: string
  /** What the application connects as. */
  readonly login: PostgresLogin
  /** Starts it, waits until it answers, makes roles and database, checks the doors. */
  launch(onPid: (pid: number) => void): Promise<EngineProcess>
  /** Fast shutdown: rolls back what is open, writes everything, ends. */
  shutDown(running: EngineProcess): Promise<void>
}

/** Owner of the cluster; only the launcher knows its password. */
const SUPERUSER = 'bootstrap'
const DATABASE = 'tagtree'
/** A crash under load may leave gigabytes of log to replay; while PostgreSQL says so, it is waited for. */
const START_PATIENCE_MS = 300_000
const STOP_PATIENCE_MS = 10_000

/**
 * Prepares PostgreSQL in `directory.postgres` (makes the cluster at the first time) for a port.
 * @throws AppError ENGINE_UNSUPPORTED, ENGINE_USER_UNAVAILABLE, ENGINE_PATH_BLOCKED, ENGINE_START_FAILED
 */
export async function prepareEmbeddedPostgres(directory: DataDirectory, port: number): Promise<EmbeddedPostgres> {
  const logFile = join(directory.run, 'postgres.log')
  const binaries = await findPostgresBinaries()
  const user = userForPostgres()
  if (user !== undefined) {
    checkPassable(user, dirname(binaries.postgres), 'the project')
    checkPassable(user, directory.root, 'the data directory (TAGTREE_DATA_DIR)')
  }
  const superuser = superuserLogin(directory, port)
  const password = secretOf(directory, 'postgres-login')
  const login: PostgresLogin = { ...superuser, database: DATABASE, user: LOGIN, password }
  makeCluster({ directory, initdb: binaries.initdb, user, superuser })

  const shutDown = (running: EngineProcess) => running.end(['SIGINT', 'SIGQUIT', 'SIGKILL'], STOP_PATIENCE_MS)
  return {
    logFile,
    login,
    shutDown,
    async launch(onPid) {
      await stopLeftoverPostgres(directory)
      writeOwned(join(directory.postgres, 'postgresql.conf'), postgresConf(port), user)
      writeOwned(join(directory.postgres, 'pg_hba.conf'), POSTGRES_HBA, user)
      const running = await startEngineProcess({
        engine: 'postgres',
        program: binaries.postgres,
        args: ['-D', directory.postgres],
        cwd: directory.postgres,
        logFile,
        holdsInput: false,
        runAs: user && { uid: user.uid, gid: user.gid },
      })
      onPid(running.pid)
      running.ended.then(() => onPid(0))
      try {
        await waitUntilReady(running, superuser, logFile)
        await makeRolesAndDatabase(superuser, login)
        await checkPostgresIsClosed(urlOf(login))
        return running
      } catch (cause) {
        await shutDown(running)
        throw cause
      }
    },
  }
}

/** How the launcher itself enters: database `postgres`, as owner of the cluster. */
export function superuserLogin(directory: DataDirectory, port: number): PostgresLogin {
  const password = secretOf(directory, 'postgres-bootstrap')
  return { host: '127.0.0.1', port, database: 'postgres', user: SUPERUSER, password }
}

/**
 * Ends a PostgreSQL that outlived an earlier launcher on this directory.
 * @throws AppError ENGINE_START_FAILED when it cannot be ended
 */
export async function stopLeftoverPostgres(directory: DataDirectory): Promise<void> {
  const pid = Number(readIfThere(join(directory.postgres, 'postmaster.pid'))?.split('\n')[0])
  if (!Number.isInteger(pid) || pid <= 1 || !commandOf(pid)?.includes(directory.postgres)) return
  // The guard of the killed launcher may be at it already; both send the same signals.
  if (await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 3000)) return
  const logFile = join(directory.run, 'postgres.log')
  throw startFailure('postgres', `process ${pid} still runs on this data directory and does not end`, logFile)
}

async function waitUntilReady(running: EngineProcess, superuser: PostgresLogin, logFile: string): Promise<void> {
  let reason = 'it did not answer in time'
  const answered = await until(async () => {
    if (running.hasEnded()) return true
    try {
      await (await connect(superuser)).end()
      return true
    } catch (cause) {
      reason = reasonOf(cause)
      return false
    }
  }, START_PATIENCE_MS)
  if (running.hasEnded()) throw startFailure('postgres', `${await running.ended}\n${logTail(logFile)}`, logFile)
  if (!answered) throw startFailure('postgres', reason, logFile)
}

async function makeRolesAndDatabase(superuser: PostgresLogin, login: PostgresLogin): Promise<void> {
  const server = await connect(superuser)
  try {
    await ensureRoles(server, login.password)
    const known = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [login.database])
    if (known.rowCount === 0) await server.query(`CREATE DATABASE ${quoteName(login.database)} TEMPLATE template0`)
  } finally {
    await server.end()
  }
  const inside = await connect({ ...superuser, database: login.database })
  try {
    await ensureSchema(inside, login.database)
  } finally {
    await inside.end()
  }
}
