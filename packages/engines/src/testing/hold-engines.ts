/**
 * A program for tests: starts both engines in the directory given as argument, prints their connections as one line of
 * JSON and holds them until it is told to stop (SIGTERM) or killed. A refusal is printed as {"code", "message"}.
 */
import { AppError } from '@tagtree/core/kernel/app-error'
import { startEngines } from '../start-engines.js'

const say = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`)
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

try {
  const engines = await startEngines({ dataDirectory: process.argv[2] ?? '', log: quiet })
  say({ postgres: engines.postgres, clickhouse: engines.clickhouse })
  process.on('SIGTERM', () => void engines.stop())
} catch (cause) {
  if (!(cause instanceof AppError)) throw cause
  say({ code: cause.code, message: cause.message })
}
