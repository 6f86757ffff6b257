import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { collectBatch } from '@tagtree/core/contract/batch'
import { saveDefinition } from '@tagtree/core/contract/catalogue'
import { createWorkspace } from '@tagtree/core/contract/govern'
import { runTags } from '@tagtree/core/contract/tag'
import { askClickHouse } from '@tagtree/engines/clickhouse/http'
import { type RunningServer, startServer } from './running-server.js'

/**
 * `npm run fault -- [times]`: kills the server, ClickHouse and PostgreSQL with signal 9, each so many times (10), while
 * clients send batches and tags run. Every acknowledged event must be there once, and the tag must count them all.
 */
const times = Number(process.argv[2] ?? 10)
const clients = 4
const batchSize = 100
const folder = mkdtempSync(join(tmpdir(), 'tagtree-fault-'))
// The operating system user of PostgreSQL has to pass it.
chmodSync(folder, 0o755)
const data = join(folder, 'data')

let server: RunningServer = await startServer(data)
let stopping = false
let acknowledged = 0
let refused = 0

await server.client().call(createWorkspace, {
  body: { slug: 'fault', name: 'fault', timeZone: 'Asia/Shanghai', currency: 'CNY', language: 'en' },
})

/** Sends batches until told to stop; a batch that was not acknowledged is sent again with the same ids. */
async function send(client: number): Promise<void> {
  for (let batch = 0; !stopping; batch += 1) {
    const events = Array.from({ length: batchSize }, (_, at) => ({
      id: `${client}-${batch}-${at}`,
      event: 'fault.sent',
      identities: { user_id: `u${client}-${(batch * batchSize + at) % 500}` },
      properties: { amount: 1 },
    }))
    for (;;) {
      try {
        await server.client('fault').call(collectBatch, { body: { events } })
        acknowledged += events.length
        break
      } catch {
        refused += 1
        await pause(100)
      }
    }
  }
}

/** Keeps asking for runs, so that kills fall into them too. */
async function runAgainAndAgain(): Promise<void> {
  while (!stopping) {
    await server
      .client('fault')
      .call(runTags, { body: {} })
      .catch(() => undefined)
    await pause(700)
  }
}

function processesOf(what: 'clickhouse' | 'postgres'): number[] {
  const pattern = what === 'postgres' ? `postgres -D ${data}` : `--path ${data}`
  try {
    return execFileSync('pgrep', ['-f', '--', pattern], { encoding: 'utf8' }).trim().split('\n').map(Number)
  } catch {
    return []
  }
}

async function kill(what: 'server' | 'clickhouse' | 'postgres'): Promise<void> {
  if (what !== 'server') {
    for (const pid of processesOf(what)) process.kill(pid, 'SIGKILL')
    return
  }
  process.kill(server.pid, 'SIGKILL')
  await pause(300)
  server = await startServer(data)
}

try {
  const senders = Array.from({ length: clients }, (_, client) => send(client))
  await pause(3_000)
  await server.client('fault').call(saveDefinition, {
    params: { id: 'sent' },
    body: { document: { kind: 'tag', id: 'sent', name: 'sent', assign: { value: { did: 'fault.sent' } } } },
  })
  const runner = runAgainAndAgain()
  for (let round = 1; round <= times; round += 1) {
    for (const what of ['server', 'clickhouse', 'postgres'] as const) {
      await pause(1_000 + 500 * Math.random())
      await kill(what)
      process.stdout.write(`\rround ${round} of ${times}: ${what} killed, ${acknowledged} events acknowledged   `)
    }
  }
  await pause(3_000)
  stopping = true
  await Promise.all([...senders, runner])
  const stored = await waitForRows(acknowledged)
  console.log(
    `\nacknowledged ${acknowledged}, stored ${stored.rows}, distinct ${stored.distinct}, refused requests ${refused}`,
  )
  const exact = stored.rows === acknowledged && stored.distinct === acknowledged
  console.log(exact ? 'nothing lost, nothing doubled' : 'NOT EXACT')
  process.exitCode = exact ? 0 : 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** Rows of the events table once no more come. */
async function waitForRows(wanted: number): Promise<{ rows: number; distinct: number }> {
  const read = (...path: string[]): string => readFileSync(join(data, ...path), 'utf8').trim()
  let rows = -1
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const ports = JSON.parse(read('run', 'ports.json')) as { clickhouseHttp: number }
    const answer = await askClickHouse(
      { url: `http://127.0.0.1:${ports.clickhouseHttp}`, user: 'app', password: read('keys', 'clickhouse-app') },
      `SELECT count(), uniqExact(message_hash) FROM ws_0001.events WHERE event = 'fault.sent'`,
    ).catch(() => null)
    const [count = -1, distinct = -1] = (answer?.text ?? '').split('\t').map(Number)
    if (count >= wanted && count === rows) return { rows: count, distinct }
    rows = count
    await pause(1_000)
  }
  return { rows, distinct: rows }
}
