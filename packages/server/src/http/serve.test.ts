import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { makeClient } from '@tagtree/core/contract/client'
import { endpoint } from '@tagtree/core/contract/endpoint'
import type { ErrorShape } from '@tagtree/core/contract/error-shape'
import { listJobs } from '@tagtree/core/contract/jobs'
import type { FastifyInstance } from 'fastify'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startJob } from '../jobs/job-records.js'
import { inWorkspace } from '../store/postgres.js'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'
import { makeApp } from './app.js'
import { bind } from './bind.js'
import { makeIdempotency } from './idempotency.js'
import { makeMetrics } from './metrics.js'

const upload = endpoint({
  id: 'tryUpload',
  stage: 'collect',
  method: 'POST',
  path: '/try/upload',
  summary: { zh: '试', en: 'Try' },
  access: 'import',
  bodyStream: { mediaTypes: ['text/csv', 'application/octet-stream'], about: { zh: '文件', en: 'a file' } },
  response: z.object({ bytes: z.number(), contentType: z.string(), announced: z.number().nullable() }),
  errors: [],
})
const download = endpoint({
  id: 'tryDownload',
  stage: 'segment',
  method: 'GET',
  path: '/try/download/{name}',
  summary: { zh: '试', en: 'Try' },
  access: 'export',
  params: z.strictObject({ name: z.string() }),
  query: z.strictObject({ rows: z.coerce.number().int() }),
  responseStream: { mediaTypes: ['text/csv'] },
  errors: [],
})
const answer = endpoint({
  id: 'tryAnswer',
  stage: 'tag',
  method: 'GET',
  path: '/try/answer',
  summary: { zh: '试', en: 'Try' },
  access: 'read',
  query: z.strictObject({ kind: z.enum(['extra', 'broken', 'gone', 'thrown', 'wait']) }),
  response: z.object({ shown: z.string() }),
  errors: [],
})

let server: TestServer
let app: FastifyInstance
let address = ''
let stopping = false
let sawAbort: () => void = () => {}
const aborted = new Promise<void>((resolve) => {
  sawAbort = resolve
})

beforeAll(async () => {
  server = await startTestServer()
  await addTestWorkspace(server, 'shop')
  const masterKey = Buffer.alloc(32, 1)
  const nowhere = new Pool({ connectionString: 'postgresql://x:y@127.0.0.1:1/z' })
  app = await makeApp({
    routes: [
      bind(upload, async (_input, { bodyStream }) => {
        let bytes = 0
        for await (const part of bodyStream.stream) bytes += (part as Buffer).length
        return { bytes, contentType: bodyStream.contentType, announced: bodyStream.contentLength }
      }),
      bind(download, async ({ params, query }) => ({
        contentType: 'text/csv',
        fileName: params.name,
        body: Readable.from(
          (function* () {
            for (let row = 0; row < query.rows; row++) yield `${row}\n`
          })(),
        ),
      })),
      bind(answer, async ({ query }, { signal }) => {
        if (query.kind === 'gone') await nowhere.query('select 1')
        if (query.kind === 'thrown') throw new TypeError('a customer is called 李雷')
        if (query.kind === 'wait') {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          sawAbort()
        }
        if (query.kind === 'broken') return { shown: 5 as unknown as string }
        return { shown: 'yes', hidden: 'a secret' } as { shown: string }
      }),
    ],
    directory: server.flow.directory,
    idempotency: makeIdempotency(server.postgres.app, masterKey),
    masterKey,
    stopping: new AbortController().signal,
    probes: { engines: async () => ({ postgres: true, clickhouse: false }) },
    metrics: makeMetrics(),
    log: server.log,
    language: 'en',
    version: '0',
    isStopping: () => stopping,
  })
  address = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await app?.close()
  await server?.remove()
})

const headers = () => ({ authorization: `Bearer ${server.token}`, 'tagtree-workspace': 'shop' })
const client = () =>
  makeClient({ address, token: server.token, workspace: 'shop', language: 'en', fetch: fetch as never })

describe('a streamed body', () => {
  const send = (body: NonNullable<RequestInit['body']>, more: Record<string, string>) =>
    fetch(`${address}/api/v1/try/upload`, { method: 'POST', body, headers: { ...headers(), ...more } })

  it('arrives whole, larger than any JSON may be, and decompressed when it came compressed', async () => {
    const large = Buffer.alloc(30 * 1024 * 1024, 0x61)
    expect(await (await send(large, { 'content-type': 'text/csv' })).json()).toMatchObject({ bytes: large.length })
    const packed = await send(gzipSync(large), {
      'content-type': 'application/octet-stream',
      'content-encoding': 'gzip',
    })
    expect(await packed.json()).toMatchObject({ bytes: large.length, contentType: 'application/octet-stream' })
  })

  it('of another media type is refused with those that are taken', async () => {
    const response = await send('{}', { 'content-type': 'application/json' })
    expect(response.status).toBe(415)
    expect(((await response.json()) as ErrorShape).error.action).toContain('text/csv')
  })

  it('that is broken gzip is refused', async () => {
    const response = await send('no gzip', { 'content-type': 'text/csv', 'content-encoding': 'gzip' })
    expect(((await response.json()) as ErrorShape).error.code).toBe('COMPRESSION_BROKEN')
  })

  it('is sent by the typed client from any sequence of bytes', async () => {
    async function* parts() {
      for (let n = 0; n < 5; n++) yield new Uint8Array(1000)
    }
    const got = await client().call(upload, { bodyStream: { contentType: 'text/csv', body: parts() } })
    expect(got).toEqual({ bytes: 5000, contentType: 'text/csv', announced: null })
  })
})

describe('a streamed answer', () => {
  it('comes in parts with its name, also a Chinese one', async () => {
    const got = await client().stream(download, { params: { name: '会员.csv' }, query: { rows: 50_000 } })
    expect(got.contentType).toContain('text/csv')
    expect(got.fileName).toBe('会员.csv')
    let bytes = 0
    for await (const part of got.body) bytes += part.length
    expect(bytes).toBe(288_890)
  })

  it('cannot be given headers by its name', async () => {
    const name = 'a"\r\nset-cookie: x=1\r\n.csv'
    const response = await fetch(`${address}/api/v1/try/download/${encodeURIComponent(name)}?rows=1`, {
      headers: headers(),
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('an answer', () => {
  const ask = async (kind: 'extra' | 'broken' | 'gone' | 'thrown') => {
    const response = await fetch(`${address}/api/v1/try/answer?kind=${kind}`, { headers: headers() })
    return { response, body: (await response.json()) as ErrorShape & { shown?: string } }
  }

  it('holds only what the contract names', async () => {
    expect((await ask('extra')).body).toEqual({ shown: 'yes' })
  })

  it('that breaks the contract is an inner error, not a surprise for the client', async () => {
    expect((await ask('broken')).body.error.code).toBe('INTERNAL')
  })

  it('to what nobody foresaw says nothing of the inside', async () => {
    const { response, body } = await ask('thrown')
    expect(response.status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('李雷')
    expect(body.error).toMatchObject({
      code: 'INTERNAL',
      retryable: false,
      requestId: response.headers.get('x-request-id'),
    })
  })

  it('while an engine is away is retryable, with the seconds to wait', async () => {
    const { response, body } = await ask('gone')
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(body.error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', retryable: true })
  })

  it('nobody waits for any more is given up', async () => {
    const abort = new AbortController()
    const waiting = fetch(`${address}/api/v1/try/answer?kind=wait`, { headers: headers(), signal: abort.signal })
    setTimeout(() => abort.abort(), 100)
    await expect(waiting).rejects.toThrow()
    await aborted
  })
})

describe('the server as a whole', () => {
  it('is not ready while one engine is away', async () => {
    const response = await fetch(`${address}/ready`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ status: 'waiting', postgres: 'up', clickhouse: 'down' })
  })

  it('refuses new work while it stops, in the one shape, and says to come again', async () => {
    stopping = true
    const response = await fetch(`${address}/api/v1/try/answer?kind=extra`, { headers: headers() })
    stopping = false
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).not.toBeNull()
    expect(((await response.json()) as ErrorShape).error).toMatchObject({ code: 'SHUTTING_DOWN', retryable: true })
  })
})

describe('a list in pages', () => {
  it('gives every row once, and a cursor fits only its own list', async () => {
    const workspace = (await server.flow.directory.workspaceBySlug('shop'))!
    const ids = await inWorkspace(server.postgres.app, workspace.id, async (tx) => {
      const made: number[] = []
      for (let n = 0; n < 7; n++) {
        const runAt = new Date(Date.now() + 3_600_000)
        made.push(await startJob(tx, { workspaceId: workspace.id, kind: 'later', params: {}, runAt }))
      }
      return made
    })
    const shop = server.client('shop')
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 3, kind: 'later', ...(cursor === undefined ? {} : { cursor }) }
      const page = await shop.call(listJobs, { query })
      seen.push(...page.items.map((job) => job.id))
      if (page.nextCursor !== null) {
        const elsewhere = shop.call(listJobs, { query: { cursor: page.nextCursor, kind: 'other' } })
        await expect(elsewhere).rejects.toEqual(expect.objectContaining({ code: 'CURSOR_INVALID' }))
      }
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual([...ids].reverse())
  })
})
