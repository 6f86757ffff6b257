import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { collectBatch } from '@tagtree/core/contract/batch'
import { saveDefinition } from '@tagtree/core/contract/catalogue'
import { ApiError, type Client, makeClient } from '@tagtree/core/contract/client'
import { createKey, createWorkspace } from '@tagtree/core/contract/govern'
import { type ImportReport, showImport, startImport, uploadFile } from '@tagtree/core/contract/import'
import { type Job, showJob } from '@tagtree/core/contract/jobs'
import { listRuns, runTags } from '@tagtree/core/contract/tag'
import { askClickHouse } from '@tagtree/engines/clickhouse/http'
import { makeDirectory, processesOf } from '@tagtree/engines/testing/processes'
import { afterAll, expect, it } from 'vitest'
import { ServerProcess } from './testing/server-process.js'

const data = makeDirectory()
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const read = (...path: string[]) => readFileSync(join(data, ...path), 'utf8').trim()

let server: ServerProcess
let address = ''
/** Of a key; the session of this machine changes with every start. */
let token = ''
async function start(): Promise<void> {
  server = new ServerProcess(data)
  address = await server.address()
}
const client = (workspace?: string): Client =>
  makeClient({ address, token, workspace, language: 'en', fetch: fetch as never })

/** Repeats until the server and both engines are there to answer. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof ApiError && !error.retryable) throw error
      await pause(50)
    }
  }
}

afterAll(async () => {
  server?.kill('SIGTERM')
  await server?.ended
  rmSync(data, { recursive: true, force: true })
})

const rows = 45_000
const text = Array.from({ length: rows }, (_, row) => `u${row % 700},2026-01-05 10:00:00,${row}\n`).join('')
const mapping = {
  version: 1,
  id: 'seen',
  name: 'seen',
  columns: { who: 'text', at: 'date', n: 'number' },
  subjects: { person: { identities: { user_id: 'who' } } },
  outputs: [{ event: 'seen', time: 'at', properties: { n: 'n' } }],
}

it('kills of the server and of both engines in an import, in batches and in runs of tags lose and double nothing', async () => {
  await start()
  token = (JSON.parse(read('run', 'address.json')) as { token: string }).token
  const body = { slug: 'shop', name: 'shop', timeZone: 'Asia/Shanghai', currency: 'CNY' }
  await client().call(createWorkspace, { body })
  const key = { name: 'test', scopes: ['read' as const, 'write' as const, 'import' as const] }
  token = (await client('shop').call(createKey, { body: key })).key

  let sent = 0
  let isOver = false
  const send = async (): Promise<void> => {
    for (let batch = 0; !isOver; batch++) {
      const events = Array.from({ length: 50 }, (_, at) => ({
        id: `${batch}/${at}`,
        event: 'sent',
        identities: { user_id: `u${at}` },
      }))
      await again(() => client('shop').call(collectBatch, { body: { events } }))
      sent += events.length
      await pause(20)
    }
  }
  const sending = send()
  const document = { kind: 'tag', id: 'sent', name: 'sent', assign: { value: { did: 'sent' } } }
  // The name is known once the first batch was applied.
  await until(() =>
    client('shop')
      .call(saveDefinition, { params: { id: 'sent' }, body: { document } })
      .catch(() => null),
  )
  const bytes = Buffer.from(`who,at,n\n${text}`)
  const bodyStream = { contentType: 'application/octet-stream', body: bytes, contentLength: bytes.length }
  const file = await client('shop').call(uploadFile, { query: { name: 'seen.csv' }, bodyStream })
  const { id } = await client('shop').call(startImport, { body: { fileId: file.id, mapping } })
  const report = (): Promise<ImportReport> => again(() => client('shop').call(showImport, { params: { id } }))
  const runAll = async (): Promise<Job> => {
    const job = await again(() => client('shop').call(runTags, { body: {} }))
    return until(async () => {
      const found = await again(() => client('shop').call(showJob, { params: { id: job.id } }))
      return ['done', 'failed', 'canceled'].includes(found.state) ? found : null
    })
  }

  let killedIn = 0
  const running: Promise<Job>[] = []
  for (const program of ['server', 'clickhouse.mjs', 'bin/postgres']) {
    running.push(runAll())
    const before = (await report()).result.created
    // Some more of it is in.
    await until(async () => {
      const now = await report()
      return now.result.created > before || now.state !== 'running' ? now : null
    })
    if ((await report()).state === 'running') killedIn++
    if (program === 'server') {
      server.kill('SIGKILL')
      await server.ended
      await start()
    } else {
      const found = processesOf(data, program)
      expect(found).not.toEqual([])
      for (const pid of found) process.kill(pid, 'SIGKILL')
    }
  }
  const ended = await until(async () => {
    const now = await report()
    return now.state === 'running' ? null : now
  })
  isOver = true
  await sending
  for (const job of running) expect(await job).toMatchObject({ state: 'done' })
  expect(killedIn).toBeGreaterThan(1)
  expect(ended).toMatchObject({ state: 'done', rows: { read: rows, rejected: 0 }, facts: rows })
  expect(ended.result).toMatchObject({ created: rows, updated: 0, duplicate: 0, rejected: 0 })

  const clickhouse = {
    url: `http://127.0.0.1:${(JSON.parse(read('run', 'ports.json')) as { clickhouseHttp: number }).clickhouseHttp}`,
    user: 'app',
    password: read('keys', 'clickhouse-app'),
  }
  const count = `SELECT event, count(), uniqExact(message_hash) FROM ws_0001.events GROUP BY event ORDER BY event`
  const wanted = `seen\t${rows}\t${rows}\nsent\t${sent}\t${sent}`
  const stored = async () => (await askClickHouse(clickhouse, count)).text
  await expect.poll(stored, { timeout: 20_000, interval: 100 }).toBe(wanted)
  await runAll()
  // The end of the import starts a run of its own.
  const items = await until(async () => {
    const found = (await client('shop').call(listRuns, { params: { id: 'sent' }, query: {} })).items
    return found.some(({ state }) => state === 'running') ? null : found
  })
  expect(items[0]).toMatchObject({ state: 'published', known: 700, population: 700 })
})

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
    await pause(50)
  }
}
