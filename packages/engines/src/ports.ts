import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type DataDirectory, readIfThere, writePrivately } from './data-directory.js'

/** The loopback ports of the embedded engines. */
export interface EnginePorts {
  readonly postgres: number
  readonly clickhouseHttp: number
}

/** Below the ranges from which Linux and macOS serve outgoing connections, so nobody takes a port during a restart. */
const LOWEST = 20_000
const HIGHEST = 32_000

/**
 * The ports remembered in the data directory; each that is missing or taken by somebody else is replaced by a free one
 * and remembered. Call it when no engine of this directory runs any more.
 */
export async function choosePorts(directory: DataDirectory): Promise<EnginePorts> {
  const file = join(directory.run, 'ports.json')
  const known = parsePorts(readIfThere(file))
  const taken = new Set<number>()
  const ports: EnginePorts = {
    postgres: await keepOrReplace(known.postgres, taken),
    clickhouseHttp: await keepOrReplace(known.clickhouseHttp, taken),
  }
  writePrivately(file, `${JSON.stringify(ports)}\n`)
  return ports
}

/** Whether a server could listen on this loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

async function keepOrReplace(known: number | undefined, taken: Set<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = attempt === 0 && known !== undefined ? known : randomInt(LOWEST, HIGHEST)
    if (taken.has(port) || !(await isPortFree(port))) continue
    taken.add(port)
    return port
  }
  throw new AppError('ENGINE_START_FAILED', {
    words: { engine: 'database', reason: `no free port between ${LOWEST} and ${HIGHEST}`, logFile: '-' },
  })
}

function parsePorts(text: string | undefined): Partial<EnginePorts> {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(
      Object.entries(value).filter(([, port]) => Number.isInteger(port) && port > 1023 && port < 65_536),
    )
  } catch {
    return {} // a torn file only costs new ports
  }
}
