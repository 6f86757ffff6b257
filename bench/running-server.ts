import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, makeClient } from '@tagtree/core/contract/client'
import { makeFirstContact } from './first-contact.js'

/** A server of its own process on a data directory, as `npm start` runs it. */
export interface RunningServer {
  readonly address: string
  readonly pid: number
  /** From the spawn to the answer of /ready, ms. */
  readonly startMs: number
  /** Client of the administrator, or of a key; `workspace` is a slug. */
  client(workspace?: string, key?: string): Client
  /** Largest resident memory so far, MiB. */
  peakMemoryMiB(): number
  /** Resident memory now, MiB. */
  memoryMiB(): number
  stop(): Promise<void>
}

/** Starts the compiled server and waits until it is ready. */
export async function startServer(dataDirectory: string): Promise<RunningServer> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['packages/server/dist/main.js'], {
    env: {
      ...process.env,
      TAGTREE_DATA_DIR: dataDirectory,
      TAGTREE_DEMO: 'off',
      TAGTREE_ADMIN_PASSWORD: 'bench-password',
      TAGTREE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { address, token } = await makeFirstContact(join(dataDirectory, 'run', 'address.json'), child)
  const startMs = performance.now() - begun
  const pid = child.pid!
  return {
    address,
    pid,
    startMs,
    client: (workspace, key) =>
      makeClient({
        address,
        token: key ?? token,
        workspace,
        language: 'en',
        fetch: (url, init) => fetch(url, init as RequestInit),
      }),
    peakMemoryMiB: () => statusOf(pid, 'VmHWM'),
    memoryMiB: () => statusOf(pid, 'VmRSS'),
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await Promise.race([ended, pause(20_000)])
    },
  }
}

function statusOf(pid: number, field: string): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'))
  return Number(line?.[1] ?? Number.NaN) / 1024
}
