import { mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type Logger, pino } from 'pino'

const rotateAtBytes = 50 * 1024 * 1024

/** Fields that may carry a secret or a person; removed wherever they stand in the first two levels. */
const secretFields = [
  'password',
  'token',
  'key',
  'secret',
  'authorization',
  'cookie',
  'value',
  'body',
  'query',
  'email',
  'phone',
]

/**
 * The structured log in a file, one JSON object per line. A file of more than 50 MB is set aside (`.1`) at start.
 * Errors are written without what databases quote from rows, so no customer data gets in.
 */
export function openLog(path: string, level: string): { log: Logger; close(): Promise<void> } {
  mkdirSync(dirname(path), { recursive: true })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) renameSync(path, `${path}.1`)
  const destination = pino.destination({ dest: path, sync: false, mode: 0o600 })
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: '[removed]' },
      serializers: { err: describeError },
    },
    destination,
  )
  return {
    log,
    close: () =>
      new Promise((resolve) => {
        destination.once('close', resolve)
        destination.end()
      }),
  }
}

/** What a log line says about an error: its kind, its code, where it came from; its words only when they are ours. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { kind: typeof error }
  const code = 'code' in error ? { code: String(error.code) } : {}
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  const quotesRows = 'severity' in error || error.name === 'ClickHouseError' || error instanceof SyntaxError
  return {
    kind: error.name,
    ...code,
    ...(quotesRows ? {} : { message: error.message }),
    stack: frames.slice(0, 12).map((line) => line.trim()),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    ...(error instanceof AppError && error.pointer !== undefined ? { pointer: error.pointer } : {}),
  }
}
