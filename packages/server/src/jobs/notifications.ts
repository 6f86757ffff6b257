import pg from 'pg'
import type { Logger } from 'pino'

export interface NotificationOptions {
  readonly url: string
  readonly channels: readonly string[]
  onNotification(channel: string, payload: string): void
  /** Also after a lost connection came back: what was said in between is gone, so look for yourself. */
  onConnected(): void
  readonly log: Logger
}

/**
 * Keeps one connection that waits for NOTIFY. It sends nothing while it waits; a lost connection is made again with
 * growing pauses up to 5 s.
 */
export function openNotifications(options: NotificationOptions): { close(): Promise<void> } {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let pauseMs = 200
  let closed = false

  const again = () => {
    client = undefined
    if (closed || retry) return
    retry = setTimeout(() => {
      retry = undefined
      void connect()
    }, pauseMs)
    pauseMs = Math.min(5_000, pauseMs * 2)
  }
  const connect = async () => {
    const fresh = new pg.Client({ connectionString: options.url, application_name: 'tagtree_notifications' })
    client = fresh
    fresh.on('error', (error) => options.log.warn({ err: error }, 'the connection for notifications was lost'))
    fresh.on('end', () => {
      if (client === fresh) again()
    })
    fresh.on('notification', ({ channel, payload }) => options.onNotification(channel, payload ?? ''))
    try {
      await fresh.connect()
      for (const channel of options.channels) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
      pauseMs = 200
      options.onConnected()
    } catch (error) {
      options.log.warn({ err: error }, 'no connection for notifications')
      await fresh.end().catch(() => {})
      if (client === fresh) again()
    }
  }
  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
