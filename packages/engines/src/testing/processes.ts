import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { commandOf, isAlive } from '../process-table.js'

/** A temporary directory that PostgreSQL may enter when it runs as another user. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tagtree-engines-'))
  chmodSync(directory, 0o755)
  return directory
}

/** Ids of the living processes, but this one, whose command line names the directory and `what`. Linux. */
export function processesOf(directory: string, what = ''): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && isAlive(pid))
    .filter((pid) => commandOf(pid)?.includes(directory) && commandOf(pid)?.includes(what))
}

/** The program hold-engines.ts on a directory, and the first line it says. */
export interface Holder {
  readonly child: ChildProcess
  readonly said: Promise<{ code?: string; message?: string; postgres: { url: string }; clickhouse: { url: string } }>
}

/** Starts hold-engines.ts as a process of its own. */
export function holdEngines(directory: string): Holder {
  const program = fileURLToPath(new URL('./hold-engines.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions', 'source', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`hold-engines ended with ${code} before it said anything`)))
  })
  return { child, said: said.then((line) => JSON.parse(line)) }
}
