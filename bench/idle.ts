import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { askClickHouse } from '@tagtree/engines/clickhouse/http'
import pg from 'pg'
import type { BenchResult } from './measure.js'
import { startServer } from './running-server.js'

const watchedSeconds = 20

/** How fast a server is back on an existing data directory, and that it then does nothing. */
export async function benchIdle(dataDirectory: string): Promise<BenchResult[]> {
  const server = await startServer(dataDirectory)
  try {
    await pause(5_000)
    const from = await lookAtEngines(dataDirectory)
    await pause(watchedSeconds * 1000)
    const to = await lookAtEngines(dataDirectory, from.at)
    // The look itself is one ClickHouse query.
    const clickhouse = to.clickhouse - from.clickhouse - 1
    const postgres = to.postgres
    return [
      {
        name: 'start on an existing data directory',
        measured: `${(server.startMs / 1000).toFixed(1)} s`,
        target: '<= 5 s',
        met: server.startMs <= 5_000,
      },
      {
        name: `idle: statements in ${watchedSeconds} s, ClickHouse + PostgreSQL`,
        measured: `${clickhouse} + ${postgres}`,
        target: '0 + 0',
        met: clickhouse <= 0 && postgres <= 0,
      },
      {
        name: 'idle: resident memory of the server',
        measured: `${server.memoryMiB().toFixed(0)} MiB`,
        target: '<= 350 MiB',
        met: server.memoryMiB() <= 350,
      },
    ]
  } finally {
    await server.stop()
  }
}

interface EngineLook {
  /** PostgreSQL's clock, as text. */
  readonly at: string
  /** Queries ClickHouse has begun since its start. */
  readonly clickhouse: number
  /** Connections of the server that sent a statement after `since`. */
  readonly postgres: number
}

async function lookAtEngines(dataDirectory: string, since?: string): Promise<EngineLook> {
  const read = (...path: string[]): string => readFileSync(join(dataDirectory, ...path), 'utf8').trim()
  const ports = JSON.parse(read('run', 'ports.json')) as { postgres: number; clickhouseHttp: number }
  const queries = await askClickHouse(
    { url: `http://127.0.0.1:${ports.clickhouseHttp}`, user: 'app', password: read('keys', 'clickhouse-app') },
    `SELECT value FROM system.events WHERE event = 'Query'`,
  )
  const client = new pg.Client({
    host: '127.0.0.1',
    port: ports.postgres,
    user: 'bootstrap',
    password: read('keys', 'postgres-bootstrap'),
    database: 'tagtree',
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ at: string; busy: number }>(
      `select clock_timestamp()::text as at, (select count(*)::int from pg_stat_activity
        where usename = 'tagtree' and query_start > coalesce($1::timestamptz, now())) as busy`,
      [since ?? null],
    )
    return { at: rows[0]!.at, clickhouse: Number(queries.text), postgres: rows[0]!.busy }
  } finally {
    await client.end()
  }
}
