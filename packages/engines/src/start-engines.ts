import { totalmem } from 'node:os'
import { AppError } from '@tagtree/core/kernel/app-error'
import { prepareEmbeddedClickHouse, stopLeftoverClickHouse } from './clickhouse/embedded-clickhouse.js'
import { connectExternalClickHouse } from './clickhouse/external-clickhouse.js'
import { askClickHouse } from './clickhouse/http.js'
import { type DataDirectory, openDataDirectory } from './data-directory.js'
import { lockDirectory } from './directory-lock.js'
import type { ClickHouseConnection, EngineLog, Engines, PostgresConnection, StartEnginesOptions } from './engines.js'
import { type Guard, startGuard } from './guard.js'
import { choosePorts } from './ports.js'
import { connectByUrl, urlOf } from './postgres/connect.js'
import { prepareEmbeddedPostgres, stopLeftoverPostgres } from './postgres/embedded-postgres.js'
import { checkExternalPostgres } from './postgres/external-postgres.js'
import { StateBoard } from './state-board.js'
import { supervise } from './supervise.js'

/** What either way of having an engine comes down to. */
interface Ready<Connection> {
  readonly connection: Connection
  readonly version: string
  stop(): Promise<void>
}

interface EmbeddedDeps {
  readonly directory: DataDirectory
  readonly port: number
  /** The one guard of this start, begun when the first embedded engine needs it. */
  readonly watchOver: () => Guard
  readonly board: StateBoard
  readonly log: EngineLog
}

/**
 * Starts or connects both engines: embedded ones in the data directory, an external one where its URL is given. On
 * return both answer, and nobody gets into either without the password. Whatever fails, nothing is left running.
 * @throws AppError DATA_DIRECTORY_IN_USE, DATA_DIRECTORY_UNUSABLE, ENGINE_OPEN; embedded: ENGINE_START_FAILED,
 *   ENGINE_UNSUPPORTED, ENGINE_USER_UNAVAILABLE, ENGINE_PATH_BLOCKED; external: ENGINE_UNREACHABLE, ENGINE_LOGIN_UNSAFE
 */
export async function startEngines(options: StartEnginesOptions): Promise<Engines> {
  const directory = openDataDirectory(options.dataDirectory)
  const lock = await lockDirectory(directory).catch((cause: unknown) => {
    throw sayable(cause, directory)
  })
  const board = new StateBoard()
  let guard: Guard | undefined
  const started: { stop(): Promise<void> }[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((engine) => engine.stop()))
    await guard?.dismiss()
    lock.release()
  }
  try {
    await Promise.all([stopLeftoverPostgres(directory), stopLeftoverClickHouse(directory)])
    const ports = await choosePorts(directory)
    const watchOver = (): Guard => {
      guard ??= startGuard(directory.run)
      return guard
    }
    const deps = { directory, watchOver, board, log: options.log }
    const keep = async <Connection>(starting: Promise<Ready<Connection>>): Promise<Ready<Connection>> => {
      const ready = await starting
      started.push(ready)
      return ready
    }
    const ofClickHouse = keep(haveClickHouse(options, { ...deps, port: ports.clickhouseHttp }))
    // PostgreSQL comes second: another container on the same directory is unknown to our lock and to PostgreSQL's own
    // (both go by process ids), but ClickHouse's file lock sees it.
    const ofPostgres = keep(havePostgres(options, { ...deps, port: ports.postgres }, ofClickHouse))
    const [clickhouse, postgres] = await bothOrFirstError(ofClickHouse, ofPostgres)
    return {
      postgres: postgres.connection,
      clickhouse: clickhouse.connection,
      versions: { postgres: postgres.version, clickhouse: clickhouse.version },
      state: () => board.state(),
      onState: (listener) => board.onState(listener),
      whenUp: (timeoutMs) => board.whenUp(timeoutMs),
      stop: once(stop),
    }
  } catch (cause) {
    await stop()
    throw sayable(cause, directory)
  }
}

async function havePostgres(
  options: StartEnginesOptions,
  deps: EmbeddedDeps,
  before: Promise<unknown>,
): Promise<Ready<PostgresConnection>> {
  if (options.databaseUrl !== undefined) {
    const version = await checkExternalPostgres(options.databaseUrl)
    const connection = { url: options.databaseUrl, embedded: false }
    return { connection, version, stop: async () => undefined }
  }
  const { board, log } = deps
  const guard = deps.watchOver()
  const postgres = await prepareEmbeddedPostgres(deps.directory, deps.port)
  await before
  const supervision = await supervise({
    engine: 'postgres',
    logFile: postgres.logFile,
    launch: () => postgres.launch((pid) => guard.watch('postgres', pid)),
    shutDown: (running) => postgres.shutDown(running),
    onState: (state, error) => board.change('postgres', state, error),
    log,
  })
  const url = urlOf(postgres.login)
  const client = await connectByUrl(url)
  const asked = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  const version = asked.rows[0]?.server_version ?? ''
  return { connection: { url, embedded: true }, version, stop: () => supervision.stop() }
}

async function haveClickHouse(options: StartEnginesOptions, deps: EmbeddedDeps): Promise<Ready<ClickHouseConnection>> {
  if (options.clickhouseUrl !== undefined) {
    const { credentials, version } = await connectExternalClickHouse(options.clickhouseUrl)
    const connection = { ...credentials, embedded: false, sqlSecret: options.clickhouseSqlPassword }
    return { connection, version, stop: async () => undefined }
  }
  const { board, log } = deps
  const guard = deps.watchOver()
  const clickhouse = prepareEmbeddedClickHouse(deps.directory, {
    httpPort: deps.port,
    memoryMiB: options.memoryMiB ?? defaultMemoryMiB(),
    program: options.clickhouseProgram,
    sqlDatabases: options.sqlDatabases,
  })
  const supervision = await supervise({
    engine: 'clickhouse',
    logFile: clickhouse.logFile,
    launch: () => clickhouse.launch((pid) => guard.watch('clickhouse', pid)),
    shutDown: (running) => clickhouse.shutDown(running),
    onState: (state, error) => board.change('clickhouse', state, error),
    log,
  })
  const version = (await askClickHouse(clickhouse.credentials, 'SELECT version()')).text
  const connection = { ...clickhouse.credentials, embedded: true, sqlSecret: clickhouse.sqlSecret }
  return { connection, version, stop: () => supervision.stop() }
}

/** A refusal of the file system (another user's files, a full disk) in words for a person; other errors as they are. */
function sayable(cause: unknown, directory: DataDirectory): unknown {
  const isFileError = cause instanceof Error && 'syscall' in cause && 'path' in cause
  if (!isFileError) return cause
  return new AppError('DATA_DIRECTORY_UNUSABLE', { words: { path: directory.root, reason: cause.message }, cause })
}

/** Four tenths of what this process may use: the machine's memory, or the limit of its container. */
function defaultMemoryMiB(): number {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return Math.max(512, Math.round((Math.min(limit, totalmem()) / 1_048_576) * 0.4))
}

/** Waits for both, also when one fails, so that none is still starting while everything is stopped. */
async function bothOrFirstError<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return Promise.all([first, second])
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}
