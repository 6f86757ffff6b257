import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tagtree/core/kernel/app-error'
import { libchdbPath } from 'chdb/libchdb'
import { type DataDirectory, readIfThere, reasonOf, secretOf, writePrivately } from '../data-directory.js'
import { type EngineProcess, logTail, startEngineProcess, startFailure } from '../engine-process.js'
import { commandOf, endProcess, until } from '../process-table.js'
import { APP_USER, serverXml, usersXml } from './config.js'
import { checkClickHouseIsClosed } from './doors.js'
import { askClickHouse, type ClickHouseCredentials } from './http.js'
import { sqlNameOf, sqlUserPool } from './sql-users.js'

/** An embedded ClickHouse that can be launched any number of times. */
export interface EmbeddedClickHouse {
  readonly logFile: string
  readonly credentials: ClickHouseCredentials
  /** What the passwords of the users of SQL tags come from. */
  readonly sqlSecret: string
  /** Starts it, waits until it answers, checks the doors. */
  launch(onPid: (pid: number) => void): Promise<EngineProcess>
  shutDown(running: EngineProcess): Promise<void>
}

export interface EmbeddedClickHouseOptions {
  readonly httpPort: number
  readonly memoryMiB: number
  /** A `clickhouse` program to run instead of the library from npm. */
  readonly program?: string | undefined
  /** Databases (`ws_1000`) whose SQL tags get a user besides the pool. */
  readonly sqlDatabases?: readonly string[] | undefined
}

const CHILD = fileURLToPath(new URL('../../bin/clickhouse.mjs', import.meta.url))
const START_PATIENCE_MS = 120_000
const STOP_PATIENCE_MS = 6000

/**
 * The session that keeps the engine alive: opens the HTTP port, then reads lines from standard input until it closes.
 * It is the one running query that an idle engine shows. The native TCP port stays shut: in this mode every exception
 * that leaves a connection handler ends the process, and there a single login with a wrong password is one.
 */
const KEEP_ALIVE_SQL = 'SYSTEM START LISTEN HTTP; SELECT count() FROM table FORMAT Null'

/**
 * Prepares ClickHouse in `directory.clickhouse`.
 * @throws AppError ENGINE_UNSUPPORTED
 */
export function prepareEmbeddedClickHouse(
  directory: DataDirectory,
  options: EmbeddedClickHouseOptions,
): EmbeddedClickHouse {
  const logFile = join(directory.run, 'clickhouse.log')
  const password = secretOf(directory, 'clickhouse-app')
  const sqlSecret = secretOf(directory, 'clickhouse-sql')
  const credentials = { url: `http://127.0.0.1:${options.httpPort}`, user: APP_USER, password }
  const configFile = join(directory.keys, 'clickhouse.xml')
  const usersFile = join(directory.keys, 'clickhouse-users.xml')
  const [program, ...before] =
    options.program === undefined ? [process.execPath, CHILD, findLibrary()] : [options.program, 'local']

  const shutDown = async (running: EngineProcess): Promise<void> => {
    const ending = running.end(['SIGTERM', 'SIGKILL'], STOP_PATIENCE_MS)
    running.child.stdin?.end()
    await ending
  }
  return {
    logFile,
    credentials,
    sqlSecret,
    shutDown,
    async launch(onPid) {
      await stopLeftoverClickHouse(directory)
      writePrivately(configFile, serverXml({ usersFile, password, memoryMiB: options.memoryMiB }))
      const sqlUsers = [
        ...new Set([...sqlUserPool(directory.clickhouse), ...(options.sqlDatabases ?? []).map(sqlNameOf)]),
      ]
      writePrivately(usersFile, usersXml({ password, memoryMiB: options.memoryMiB, sqlUsers, sqlSecret }))
      const running = await startEngineProcess({
        engine: 'clickhouse',
        program,
        args: [...before, ...listenArguments(directory.clickhouse, configFile, options.httpPort)],
        cwd: directory.clickhouse,
        logFile,
        holdsInput: true,
      })
      onPid(running.pid)
      running.ended.then(() => onPid(0))
      try {
        await waitUntilReady(running, credentials, logFile)
        await checkClickHouseIsClosed(credentials)
        return running
      } catch (cause) {
        await shutDown(running)
        throw cause
      }
    },
  }
}

/**
 * Ends a ClickHouse that outlived an earlier launcher on this directory.
 * @throws AppError ENGINE_START_FAILED when it cannot be ended
 */
export async function stopLeftoverClickHouse(directory: DataDirectory): Promise<void> {
  const status = readIfThere(join(directory.clickhouse, 'status'))
  const pid = Number(status?.match(/^PID: (\d+)/m)?.[1])
  if (!Number.isInteger(pid) || pid <= 1 || !commandOf(pid)?.includes(directory.clickhouse)) return
  if (await endProcess(pid, ['SIGTERM', 'SIGKILL'], 3000)) return
  const logFile = join(directory.run, 'clickhouse.log')
  throw startFailure('clickhouse', `process ${pid} still runs on this data directory and does not end`, logFile)
}

function listenArguments(path: string, configFile: string, httpPort: number): string[] {
  return [
    ...['--path', path, '--config-file', configFile],
    ...['--listen_host', '127.0.0.1', '--http_port', String(httpPort)],
    ...['--structure', 'line String', '--input-format', 'LineAsString', '--query', KEEP_ALIVE_SQL],
  ]
}

function findLibrary(): string {
  try {
    return libchdbPath()
  } catch (cause) {
    const platform = `${process.platform}-${process.arch}`
    const words = { engine: 'ClickHouse', platform, setting: 'CLICKHOUSE_URL' }
    throw new AppError('ENGINE_UNSUPPORTED', { words, cause })
  }
}

async function waitUntilReady(running: EngineProcess, to: ClickHouseCredentials, logFile: string): Promise<void> {
  let reason = 'it did not answer in time'
  const answered = await until(async () => {
    if (running.hasEnded()) return true
    try {
      const answer = await askClickHouse(to, 'SELECT 1')
      if (answer.status !== 200) reason = answer.text
      return answer.status === 200
    } catch (cause) {
      reason = reasonOf(cause)
      return false
    }
  }, START_PATIENCE_MS)
  if (running.hasEnded()) throw startFailure('clickhouse', `${await running.ended}\n${logTail(logFile)}`, logFile)
  if (!answered) throw startFailure('clickhouse', reason, logFile)
}
