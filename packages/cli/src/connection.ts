import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Client, type FetchLike, makeClient } from '@tagtree/core/contract/client'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { ClientConfig } from '@tagtree/server/config'
import { z } from 'zod'

const Remembered = z.object({
  /** Server signed in to with `tagtree login`. */
  login: z.object({ address: z.string(), token: z.string() }).optional(),
  workspace: z.string().optional(),
})
type Remembered = z.output<typeof Remembered>
const LocalServer = z.object({ address: z.string(), token: z.string() })

/** The server a command talks to. */
export interface Target {
  readonly address: string
  readonly token: string | undefined
  readonly workspace: string | undefined
  /** How it was found: settings, an earlier login, or the server running on this data directory. */
  readonly from: 'settings' | 'login' | 'local'
}
export interface TargetOptions {
  readonly server?: string | undefined
  readonly workspace?: string | undefined
}

/** Finds the server: option or environment, then `tagtree login`, then the one running on the data directory. */
export function findTarget(config: ClientConfig, options: TargetOptions): Target {
  const remembered = readRemembered(config)
  const workspace = options.workspace ?? config.workspace ?? remembered.workspace
  const address = options.server ?? config.address
  if (address) {
    const token = config.apiKey ?? (remembered.login?.address === address ? remembered.login.token : undefined)
    return { address, token, workspace, from: 'settings' }
  }
  if (remembered.login)
    return { ...remembered.login, token: config.apiKey ?? remembered.login.token, workspace, from: 'login' }
  const local = LocalServer.safeParse(readJson(join(config.dataDirectory, 'run', 'address.json')))
  if (!local.success) throw new AppError('SERVER_NOT_FOUND', { words: { where: config.dataDirectory } })
  return { address: local.data.address, token: config.apiKey ?? local.data.token, workspace, from: 'local' }
}

/** A client of the target; a server that cannot be reached is reported as such. */
export function connect(target: Target, language: 'zh' | 'en'): Client {
  return makeClient({
    address: target.address,
    token: target.token,
    workspace: target.workspace,
    language,
    fetch: patientFetch(target.address),
  })
}

/** What `login` and `workspace use` keep, in the data directory, readable by its owner alone. */
export function readRemembered(config: ClientConfig): Remembered {
  const result = Remembered.safeParse(readJson(rememberedFile(config)))
  return result.success ? result.data : {}
}

/** Changes what is kept; undefined removes a part. */
export function remember(
  config: ClientConfig,
  change: { [Key in keyof Remembered]: Remembered[Key] | undefined },
): void {
  const file = rememberedFile(config)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.new`
  writeFileSync(draft, `${JSON.stringify({ ...readRemembered(config), ...change })}\n`, { mode: 0o600 })
  renameSync(draft, file)
}

function rememberedFile(config: ClientConfig): string {
  return join(config.dataDirectory, 'run', 'cli.json')
}

/** undefined when there is no such file or it was cut short. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Waits out a restarting engine: a safe request refused with 503 is sent again after Retry-After, five times at most. */
function patientFetch(address: string): FetchLike {
  return async (url, init) => {
    const safe = init.method === 'GET' || init.headers['idempotency-key'] !== undefined
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(url, init as RequestInit).catch((cause: unknown) => {
        if (init.signal?.aborted) throw cause
        throw new AppError('SERVER_NOT_FOUND', { words: { where: address }, cause })
      })
      if (response.status !== 503 || !safe || attempt > 5 || typeof init.body === 'object') return response
      await response.arrayBuffer()
      const seconds = Math.min(10, Number(response.headers.get('retry-after') ?? 1) || 1)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }
}
