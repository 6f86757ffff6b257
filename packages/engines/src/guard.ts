import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineName } from './engines.js'

/** The process that stops the engines when this one is killed. */
export interface Guard {
  /** From now on this process stands for the engine; 0 when none does. */
  watch(engine: EngineName, pid: number): void
  /** Lets the guard go without it stopping anything. */
  dismiss(): Promise<void>
}

const SCRIPT = fileURLToPath(new URL('../bin/guard.sh', import.meta.url))

/** Starts the guard in a session of its own, and again whenever somebody ends it. See bin/guard.sh. */
export function startGuard(cwd: string): Guard {
  const watched: Record<EngineName, number> = { postgres: 0, clickhouse: 0 }
  let dismissed = false
  let child: ChildProcess
  const start = (): void => {
    child = spawn('/bin/sh', [SCRIPT, cwd], { cwd, detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
    child.on('error', () => undefined) // without /bin/sh there is no guard; ClickHouse still ends with its input
    child.stdin?.on('error', () => undefined)
    child.once('exit', () => {
      if (!dismissed) start()
    })
    for (const engine of ['postgres', 'clickhouse'] as const) tell(engine)
  }
  const tell = (engine: EngineName): void => {
    child.stdin?.write(`${engine} ${watched[engine]}\n`)
  }
  start()
  return {
    watch(engine, pid) {
      watched[engine] = pid
      tell(engine)
    },
    dismiss() {
      dismissed = true
      return new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve()
        child.once('exit', () => resolve())
        child.stdin?.end('done\n')
      })
    },
  }
}
