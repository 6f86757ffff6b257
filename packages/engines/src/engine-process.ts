import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, renameSync, statSync } from 'node:fs'
import { AppError } from '@tagtree/core/kernel/app-error'
import { readIfThere, reasonOf } from './data-directory.js'
import type { EngineName } from './engines.js'
import { until } from './process-table.js'

/** One operating system process of an engine. */
export interface EngineProcess {
  readonly pid: number
  readonly child: ChildProcess
  /** Resolves with how it ended, for example `signal SIGKILL`; never rejects. */
  readonly ended: Promise<string>
  hasEnded(): boolean
  /** Sends the signals one after the other, each when the one before did not end it within `patienceMs`. */
  end(signals: readonly NodeJS.Signals[], patienceMs: number): Promise<void>
}

export interface EngineCommand {
  readonly engine: EngineName
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Both output streams are appended here; it outlives this process, so a recovery can be read too. */
  readonly logFile: string
  /** Keeps a pipe to the standard input; otherwise there is none. */
  readonly holdsInput: boolean
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined
  readonly env?: NodeJS.ProcessEnv
}

const LOG_LIMIT_BYTES = 1_048_576

/**
 * Starts an engine in a process group of its own: a Ctrl-C or a signal to the whole group reaches the server, which
 * closes its clients first and stops the engines then.
 * @throws AppError ENGINE_START_FAILED when the program cannot be run
 */
export async function startEngineProcess(command: EngineCommand): Promise<EngineProcess> {
  rotate(command.logFile)
  const log = openSync(command.logFile, 'a', 0o600)
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    detached: true,
    stdio: [command.holdsInput ? 'pipe' : 'ignore', log, log],
    // Only what an engine needs: a foreign LD_LIBRARY_PATH or locale must not reach it.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...command.env },
    ...command.runAs,
  })
  closeSync(log)
  child.stdin?.on('error', () => undefined) // a pipe to a process that crashed; `ended` tells the crash itself
  let ended = false
  const end = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true
      resolve(signal === null ? `exit code ${code}` : `signal ${signal}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(startFailure(command.engine, reasonOf(cause), command.logFile, cause)))
  })
  return {
    pid: child.pid ?? 0,
    child,
    ended: end,
    hasEnded: () => ended,
    async end(signals, patienceMs) {
      for (const signal of signals) {
        if (ended) return
        child.kill(signal)
        await Promise.race([end, until(() => ended, patienceMs)])
      }
    },
  }
}

/** ENGINE_START_FAILED with these words. */
export function startFailure(engine: EngineName, reason: string, logFile: string, cause?: unknown): AppError {
  return new AppError('ENGINE_START_FAILED', { words: { engine: ENGINE_TITLES[engine], reason, logFile }, cause })
}

/** How the engines are called in messages. */
export const ENGINE_TITLES: Readonly<Record<EngineName, string>> = { postgres: 'PostgreSQL', clickhouse: 'ClickHouse' }

/** The last lines of a log, one text. */
export function logTail(logFile: string, lines = 6): string {
  return (readIfThere(logFile) ?? '').trimEnd().split('\n').slice(-lines).join('\n')
}

function rotate(logFile: string): void {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  if (size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`)
}
