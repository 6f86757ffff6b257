import { gzipSync } from 'node:zlib'
import { collectBatch } from '@tagtree/core/contract/batch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inWorkspace } from '../store/postgres.js'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await addTestWorkspace(server, 'shop')
})
afterAll(() => server.remove())

const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${server.address}/api/v1/batch`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${server.token}`,
      'tagtree-workspace': 'shop',
      'content-type': 'application/json',
      ...headers,
    },
    body,
  })

/** Facts of the workspace that are durable. */
async function logged(): Promise<number> {
  const { rows } = await server.postgres.owner.query<{ id: number }>(
    `select id from tagtree.workspace where slug = 'shop'`,
  )
  const id = rows[0]!.id
  return inWorkspace(server.postgres.app, id, async (tx) => {
    const found = await tx.query<{ n: string }>('select n from log_head where workspace_id = $1', [id])
    return Number(found.rows[0]?.n ?? 0)
  })
}

const view = (id: string) => ({ id, event: 'view', identities: { user_id: 'ana' }, properties: { page: '/' } })

describe('POST /batch', () => {
  it('takes all kinds of items and answers when they are durable', async () => {
    const before = await logged()
    const answer = await server.client('shop').call(collectBatch, {
      body: {
        events: [
          {
            ...view('e1'),
            time: '2026-03-01T12:00:00+08:00',
            also: [{ subject: 'organisation', identities: { organisation_id: 'o1' } }],
          },
        ],
        attributes: [{ id: 'a1', identities: { user_id: 'ana' }, set: { city: '杭州' }, increment: { points: 2 } }],
        identities: [{ identities: { user_id: 'ana', phone: ['13901234567', '13901234568'] } }],
        relations: [
          {
            relation: 'employs',
            from: { subject: 'organisation', identities: { organisation_id: 'o1' } },
            to: { identities: { user_id: 'ana' } },
          },
        ],
      },
    })
    expect(answer).toEqual({ accepted: 4, rejected: 0, errors: [] })
    expect(await logged()).toBe(before + 4)
  })

  it('loses nothing valid beside wrong and hostile items', async () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`
    const body = `{"events": [
      ${JSON.stringify(view('e2'))},
      {"id": "e3", "event": "view", "identities": {"user_id": "ana"}, "properties": {"n": 1e400}},
      {"id": "e4", "event": "view", "identities": {"user_id": "ana"}, "properties": {"__proto__": {"admin": true}}},
      {"id": "e5", "event": "view", "identities": {"user_id": "ana"}, "properties": ${deep}},
      {"id": "e6", "evnt": "view", "identities": {"user_id": "ana"}},
      {"id": "e7", "event": "view", "identities": {"user_id": "ana"}, "time": "2026-13-01T00:00:00Z"},
      {"id": "e8", "event": "view", "identities": {"user_id": "ana"}, "time": -1},
      17, null,
      ${JSON.stringify(view('e9'))}
    ]}`
    const before = await logged()
    const response = await post(body, { 'accept-language': 'en' })
    expect(response.status).toBe(200)
    const answer = (await response.json()) as {
      accepted: number
      rejected: number
      errors: { pointer: string; message: string }[]
    }
    expect(answer).toMatchObject({ accepted: 2, rejected: 8 })
    expect(await logged()).toBe(before + 2)
    expect(answer.errors.map((error) => error.pointer)).toEqual(
      expect.arrayContaining([
        '/events/1/properties/n',
        '/events/2/properties/__proto__',
        '/events/4/evnt',
        '/events/5/time',
        '/events/6/time',
        '/events/7',
        '/events/8',
      ]),
    )
    expect(answer.errors.find((error) => error.pointer.startsWith('/events/3'))?.message).toContain('nested')
  })

  it('refuses a request in which nothing is right, and says what is wrong', async () => {
    const response = await post('{"events": [{"id": "x"}]}')
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'REQUEST_INVALID' } })
  })

  it('reads gzip and refuses it when it is broken', async () => {
    const packed = gzipSync(JSON.stringify({ events: [view('e10')] }))
    const whole = await post(packed, { 'content-encoding': 'gzip' })
    expect(await whole.json()).toMatchObject({ accepted: 1 })
    const cut = await post(packed.subarray(0, packed.length - 12), { 'content-encoding': 'gzip' })
    expect(cut.status).toBe(400)
    expect(await cut.json()).toMatchObject({ error: { code: 'COMPRESSION_BROKEN' } })
  })

  it('answers 413 to what is too large and 400 to what is no JSON or no UTF-8', async () => {
    const huge = JSON.stringify({ events: [{ ...view('big'), properties: { text: 'x'.repeat(11_000_000) } }] })
    expect((await post(huge)).status).toBe(413)
    expect((await post(gzipSync(huge), { 'content-encoding': 'gzip' })).status).toBe(413)
    expect(await (await post('{"events": [')).json()).toMatchObject({ error: { code: 'JSON_BROKEN' } })
    const broken = Buffer.concat([Buffer.from('{"events": ["'), Buffer.of(0xff, 0xfe), Buffer.from('"]}')])
    expect(await (await post(broken)).json()).toMatchObject({ error: { code: 'UTF8_BROKEN' } })
    const many = { events: Array.from({ length: 5_001 }, (_, n) => view(`m${n}`)) }
    expect((await post(JSON.stringify(many))).status).toBe(400)
  })

  it('needs the scope to bring data in', async () => {
    const response = await post('{}', { authorization: 'Bearer nobody' })
    expect(response.status).toBe(401)
  })
})
