import pg from 'pg'
import { type PostgresRole, roleOptions } from './postgres.js'

/** One connection that only listens; it comes back by itself when PostgreSQL was away. */
export interface Listener {
  /** Resolves when it listens for the first time. */
  readonly ready: Promise<void>
  close(): Promise<void>
}

export interface ListenOptions {
  readonly url: string
  readonly role: PostgresRole
  readonly channels: readonly string[]
  onMessage(channel: string, payload: string): void
  /** Called after each (re)connection: messages in between were missed, look for yourself. */
  onConnected(): void
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

export function listen(options: ListenOptions): Listener {
  let client: pg.Client | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let pauseMs = FIRST_PAUSE_MS
  let becomeReady: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  const reconnect = (): void => {
    if (closed || timer !== undefined) return
    timer = setTimeout(() => {
      timer = undefined
      void connect()
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
  }

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: options.url,
      options: roleOptions(options.role),
      application_name: 'tagtree_listen',
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    })
    const lost = (): void => {
      if (client === next) client = undefined
      reconnect()
    }
    next.on('error', lost)
    next.on('end', lost)
    next.on('notification', ({ channel, payload }) => options.onMessage(channel, payload ?? ''))
    try {
      await next.connect()
      for (const channel of options.channels) await next.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch {
      next.end().catch(() => {})
      reconnect()
      return
    }
    if (closed) {
      await next.end()
      return
    }
    client = next
    pauseMs = FIRST_PAUSE_MS
    becomeReady()
    options.onConnected()
  }

  void connect()
  return {
    ready,
    close: async () => {
      closed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
