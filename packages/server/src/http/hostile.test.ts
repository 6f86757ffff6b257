import { createConnection } from 'node:net'
import { deflateSync, gzipSync } from 'node:zlib'
import { ErrorShape } from '@tagtree/core/contract/error-shape'
import { ERRORS } from '@tagtree/core/kernel/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await addTestWorkspace(server, 'shop')
})
afterAll(() => server?.remove())

const send = (path: string, init: RequestInit = {}) =>
  fetch(`${server.address}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...init.headers },
  })
const post = (body: string | Buffer | undefined, headers: Record<string, string> = {}) =>
  send('/api/v1/keys', {
    method: 'POST',
    headers,
    ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
  })

const gzip = { 'content-encoding': 'gzip' }
const good = JSON.stringify({ name: 'till', scopes: ['read'] })
/** 40 kB that become 40 MB. */
const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20))

interface Case {
  readonly what: string
  readonly body?: string | Buffer
  readonly headers?: Record<string, string>
  readonly code: keyof typeof ERRORS
}
const cases: readonly Case[] = [
  { what: 'an empty body', code: 'REQUEST_INVALID' },
  { what: 'cut JSON', body: '{"name": "till", ', code: 'JSON_BROKEN' },
  { what: 'JSON with a comment', body: '{"name": "till" /* x */}', code: 'JSON_BROKEN' },
  { what: 'NaN', body: '{"name": NaN}', code: 'JSON_BROKEN' },
  { what: 'a hundred levels', body: `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, code: 'JSON_TOO_DEEP' },
  { what: 'a million levels', body: '['.repeat(1_000_000), code: 'JSON_TOO_DEEP' },
  { what: 'broken UTF-8', body: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), code: 'UTF8_BROKEN' },
  { what: 'UTF-16', body: Buffer.from(`\ufeff${good}`, 'utf16le'), code: 'UTF8_BROKEN' },
  { what: 'eleven megabytes', body: `{"name":"${'x'.repeat(11 * 1024 * 1024)}"}`, code: 'BODY_TOO_LARGE' },
  {
    what: 'one field of ten megabytes',
    body: `{"name":"${'x'.repeat(9_900_000)}","scopes":["read"]}`,
    code: 'REQUEST_INVALID',
  },
  { what: 'a compressed bomb', body: bomb, headers: gzip, code: 'BODY_TOO_LARGE' },
  { what: 'broken gzip', body: Buffer.from('this is no gzip'), headers: gzip, code: 'COMPRESSION_BROKEN' },
  { what: 'cut gzip', body: gzipSync(good.repeat(50)).subarray(0, 40), headers: gzip, code: 'COMPRESSION_BROKEN' },
  {
    what: 'gzip under the name deflate',
    body: gzipSync(good),
    headers: { 'content-encoding': 'deflate' },
    code: 'COMPRESSION_BROKEN',
  },
  { what: 'an unknown encoding', body: good, headers: { 'content-encoding': 'zstd' }, code: 'ENCODING_UNSUPPORTED' },
  { what: 'two encodings', body: good, headers: { 'content-encoding': 'gzip, gzip' }, code: 'ENCODING_UNSUPPORTED' },
  {
    what: 'a form',
    body: 'name=till',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    code: 'MEDIA_TYPE_UNSUPPORTED',
  },
  { what: 'XML', body: '<a/>', headers: { 'content-type': 'application/xml' }, code: 'MEDIA_TYPE_UNSUPPORTED' },
  { what: 'a PDF called JSON', body: '%PDF-1.7 …', code: 'JSON_BROKEN' },
  { what: 'an array for an object', body: '[]', code: 'REQUEST_INVALID' },
  { what: 'null', body: 'null', code: 'REQUEST_INVALID' },
  { what: 'wrong types', body: '{"name": 5, "scopes": "read"}', code: 'REQUEST_INVALID' },
  { what: 'an unknown scope', body: '{"name": "till", "scopes": ["root"]}', code: 'REQUEST_INVALID' },
  { what: 'an unknown field', body: '{"name": "till", "scopes": ["read"], "scope": 1}', code: 'REQUEST_INVALID' },
  { what: '1e400 for a text', body: '{"name": 1e400, "scopes": ["read"]}', code: 'REQUEST_INVALID' },
  { what: '__proto__', body: '{"__proto__": {"scopes": ["admin"]}, "name": "till"}', code: 'KEY_FORBIDDEN' },
  {
    what: 'escaped __proto__',
    body: '{"\\u005f\\u005fproto__": {"scopes": ["admin"]}, "name": "till"}',
    code: 'KEY_FORBIDDEN',
  },
  { what: 'constructor.prototype', body: '{"constructor": {"prototype": {"x": 1}}}', code: 'KEY_FORBIDDEN' },
  {
    what: 'a NUL, which no database takes',
    body: '{"name": "a\\u0000b", "scopes": ["read"]}',
    code: 'TEXT_UNSTORABLE',
  },
]

describe('a hostile body is refused in the one shape', () => {
  it.each(cases.map((one) => [one.what, one.code, one] as const))(
    '%s -> %s',
    async (_what, code, { body, headers }) => {
      const response = await post(body, headers)
      const answer = ErrorShape.parse(await response.json())
      expect(answer.error.code).toBe(code)
      expect(response.status).toBe(ERRORS[code].status)
      expect(answer.error.message.length).toBeGreaterThan(10)
      expect(answer.error.action.length).toBeGreaterThan(5)
      expect(answer.error.requestId).toBe(response.headers.get('x-request-id'))
      expect(answer.error.retryable).toBe(false)
    },
  )

  it('in Chinese when the client asks for it', async () => {
    const response = await post('{', { 'accept-language': 'zh-CN,zh;q=0.9' })
    expect(((await response.json()) as ErrorShape).error.message).toContain('不是有效的 JSON')
  })

  it('names the place and the near name of a misspelt field', async () => {
    const answer = (await (await post('{"nmae": "till", "scopes": ["read"]}')).json()) as ErrorShape
    expect(answer.error.issues).toContainEqual({
      pointer: '/nmae',
      message: 'unknown field "nmae"',
      didYouMean: 'name',
    })
  })
})

describe('well-formed requests pass', () => {
  it.each([
    ['gzip', gzipSync(good), gzip],
    ['deflate', deflateSync(good), { 'content-encoding': 'deflate' }],
    ['a byte order mark', Buffer.from(`\ufeff${good}`), {}],
    ['a vendor JSON type', Buffer.from(good), { 'content-type': 'application/vnd.shop+json; charset=utf-8' }],
  ])('with %s', async (_what, body, headers) => {
    expect((await post(body, headers)).status).toBe(201)
  })

  it('and keep SQL in strings as text', async () => {
    const name = `x'); drop table api_key; -- {p0:String} \${1} \`"\\`
    const made = (await (await post(JSON.stringify({ name, scopes: ['read'] }))).json()) as { name: string }
    expect(made.name).toBe(name)
    const listed = (await (await send('/api/v1/keys')).json()) as { items: { name: string }[] }
    expect(listed.items.some((key) => key.name === name)).toBe(true)
  })
})

describe('paths, methods and headers', () => {
  it.each([
    ['GET', '/api/v1/nothing', 'ROUTE_UNKNOWN', 404],
    ['GET', '/wp-login.php', 'ROUTE_UNKNOWN', 404],
    ['DELETE', '/api/v1/workspaces', 'METHOD_NOT_ALLOWED', 405],
    ['PATCH', '/api/v1/jobs/1', 'METHOD_NOT_ALLOWED', 405],
    ['GET', '/api/v1/jobs/%ff', 'HTTP_BROKEN', 400],
    ['GET', '/api/v1/jobs/0x10', 'NOT_FOUND', 404],
    ['GET', '/api/v1/jobs/1e99', 'REQUEST_INVALID', 400],
    ['GET', "/api/v1/jobs/1'%20or%201=1", 'REQUEST_INVALID', 400],
    ['GET', '/api/v1/jobs?limit=0', 'REQUEST_INVALID', 400],
    ['GET', '/api/v1/jobs?limit=5&limit=6', 'REQUEST_INVALID', 400],
    ['GET', '/api/v1/jobs?order=asc', 'REQUEST_INVALID', 400],
    ['GET', '/api/v1/jobs?__proto__[limit]=1', 'REQUEST_INVALID', 400],
    ['GET', '/api/v1/jobs?cursor=AAAA', 'CURSOR_INVALID', 400],
  ] as const)('%s %s -> %s', async (method, path, code, status) => {
    const response = await send(path, { method })
    const answer = ErrorShape.parse(await response.json())
    expect(answer.error.code).toBe(code)
    expect(response.status).toBe(status)
  })

  it('a path of 600 characters where a number belongs is refused', async () => {
    const answer = ErrorShape.parse(await (await send(`/api/v1/jobs/${'9'.repeat(600)}`)).json())
    expect(answer.error.code).toBe('HTTP_BROKEN')
  })

  it('405 says what is allowed', async () => {
    const response = await send('/api/v1/workspaces', { method: 'PUT' })
    expect(response.headers.get('allow')).toBe('GET, POST')
  })

  it('what is no HTTP gets an answer in the same shape', async () => {
    const answer = await talk('GET / HTTP/1.1\r\nHost: x\r\nBad Header: \u0000\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ error: { code: 'HTTP_BROKEN' } })
  })

  it('a body shorter than announced is not taken for whole', async () => {
    const head = `POST /api/v1/keys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.token}\r\n`
    await talk(`${head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n${good}`, 'end')
    const { items } = (await (await send('/api/v1/keys')).json()) as { items: { name: string }[] }
    expect(items.filter((key) => key.name === 'till').length).toBe(4)
  })

  it('the server is alive after all of it', async () => {
    expect((await fetch(`${server.address}/ready`)).status).toBe(200)
  })
})

/** Sends raw bytes and answers what comes back until the connection closes. */
function talk(bytes: string, then?: 'end'): Promise<string> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => {
      socket.write(bytes)
      if (then === 'end') socket.end()
    })
    let text = ''
    socket.on('data', (part) => {
      text += part.toString()
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
}
