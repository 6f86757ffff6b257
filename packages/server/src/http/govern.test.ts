import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ErrorShape } from '@tagtree/core/contract/error-shape'
import * as contract from '@tagtree/core/contract/govern'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addTestWorkspace, startTestServer, TEST_PASSWORD, type TestServer } from '../testing/test-server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await addTestWorkspace(server, 'shop')
})
afterAll(() => server?.remove())

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.address}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const codeOf = async (response: Response) => ((await response.json()) as ErrorShape).error.code
const refused = (code: string) => expect.objectContaining({ code })
const admin = () => server.client()
const signIn = (name: string, password: string) => admin().call(contract.login, { body: { name, password } })

describe('sessions', () => {
  it('a person signs in, is known by token and by cookie, and signs out', async () => {
    const response = await post('/login', { name: 'admin', password: TEST_PASSWORD })
    const { token } = (await response.json()) as { token: string }
    const cookie = response.headers.get('set-cookie')!
    expect(cookie).toMatch(/^tagtree_session=tts_[\w-]{43}; .*HttpOnly/)
    expect(cookie).toContain('SameSite=Lax')
    const byCookie = await fetch(`${server.address}/api/v1/me`, { headers: { cookie: cookie.split(';')[0]! } })
    expect(await byCookie.json()).toMatchObject({ kind: 'person', name: 'admin', instanceAdmin: true })
    const client = server.client(undefined, token)
    expect((await client.call(contract.showMe)).workspaces.map(({ slug }) => slug)).toContain('shop')
    await client.call(contract.logout)
    await expect(client.call(contract.showMe)).rejects.toEqual(refused('NOT_SIGNED_IN'))
  })

  it('a change sent with the cookie must come from our own page', async () => {
    const response = await post('/login', { name: 'admin', password: TEST_PASSWORD })
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!
    const ask = (headers: Record<string, string>) => post('/logout', {}, { cookie, ...headers })
    expect(await codeOf(await ask({ origin: 'https://evil.example' }))).toBe('CROSS_SITE')
    expect(await codeOf(await ask({ 'sec-fetch-site': 'cross-site' }))).toBe('CROSS_SITE')
    expect(await codeOf(await ask({ origin: 'null' }))).toBe('CROSS_SITE')
    expect((await ask({ origin: server.address, 'sec-fetch-site': 'same-origin' })).status).toBe(204)
  })

  it('wrong name and wrong password are told apart by nothing', async () => {
    const answers = await Promise.all([
      post('/login', { name: 'admin', password: 'wrong-password' }),
      post('/login', { name: 'nobody', password: 'wrong-password' }),
    ])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    const plain = texts.map((text) => text.replace(/"requestId":"\w+"/, ''))
    expect(answers.map(({ status }) => status)).toEqual([401, 401])
    expect(plain[0]).toBe(plain[1])
  })

  it('after ten refusals no password is looked at for a while, also for the right one and also in parallel', async () => {
    await admin().call(contract.createUser, { body: { name: 'mei', password: 'long-enough-2' } })
    const answers = await Promise.all(
      Array.from({ length: 14 }, (_, n) => post('/login', { name: 'mei', password: `guess-${n}` })),
    )
    const codes = await Promise.all(answers.map(codeOf))
    expect(codes.filter((code) => code === 'LOGIN_REFUSED')).toHaveLength(10)
    const throttled = await post('/login', { name: 'mei', password: 'long-enough-2' })
    expect(throttled.status).toBe(429)
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(60)
    expect(await codeOf(throttled)).toBe('LOGIN_THROTTLED')
    expect((await signIn('admin', TEST_PASSWORD)).user.name).toBe('admin')
  })

  it('a new password ends the other sessions, a disabled person has none', async () => {
    await admin().call(contract.createUser, { body: { name: 'wang', password: 'long-enough-3' } })
    const [first, second] = [await signIn('wang', 'long-enough-3'), await signIn('wang', 'long-enough-3')]
    const one = server.client(undefined, first.token)
    const two = server.client(undefined, second.token)
    await one.call(contract.changePassword, { body: { current: 'long-enough-3', next: 'long-enough-4' } })
    await expect(two.call(contract.showMe)).rejects.toEqual(refused('NOT_SIGNED_IN'))
    expect((await one.call(contract.showMe)).name).toBe('wang')
    await admin().call(contract.updateUser, { params: { name: 'wang' }, body: { disabled: true } })
    await expect(one.call(contract.showMe)).rejects.toEqual(refused('NOT_SIGNED_IN'))
    await expect(signIn('wang', 'long-enough-4')).rejects.toEqual(refused('LOGIN_REFUSED'))
  })

  it('the last administrator stays', async () => {
    const change = (body: object) => admin().call(contract.updateUser, { params: { name: 'admin' }, body })
    await expect(change({ disabled: true })).rejects.toEqual(refused('LAST_ADMIN'))
    await expect(change({ instanceAdmin: false })).rejects.toEqual(refused('LAST_ADMIN'))
  })
})

describe('what lies on the disk', () => {
  it('address and local session are readable by the owner alone', () => {
    const file = join(server.dataDirectory, 'run', 'address.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      address: server.address,
      token: server.token,
      pid: process.pid,
    })
  })

  it('neither tokens nor passwords are in the database or in the log', async () => {
    const key = await server.client('shop').call(contract.createKey, { body: { name: 'k', scopes: ['read'] } })
    const { rows } = await server.postgres.app.query(
      `select (select string_agg(s::text, '') from session s) || (select string_agg(u::text, '') from app_user u) as all`,
    )
    const log = readFileSync(join(server.dataDirectory, 'logs', 'server.log'), 'utf8')
    for (const secret of [server.token, key.key, TEST_PASSWORD]) {
      expect(JSON.stringify(rows)).not.toContain(secret)
      expect(log).not.toContain(secret)
    }
    expect(log).toContain('"route":"/api/v1/login"')
  })
})

describe('keys', () => {
  it('are shown whole once, listed by prefix, and end when revoked', async () => {
    const shop = server.client('shop')
    const made = await shop.call(contract.createKey, { body: { name: 'till', scopes: ['read', 'read', 'import'] } })
    expect(made.key.startsWith(made.prefix)).toBe(true)
    expect(made.scopes).toEqual(['read', 'import'])
    const { items } = await shop.call(contract.listKeys)
    expect(JSON.stringify(items)).not.toContain(made.key)
    const till = server.client(undefined, made.key)
    expect((await till.call(contract.showWorkspace)).slug).toBe('shop')
    await shop.call(contract.revokeKey, { params: { id: made.id } })
    await expect(till.call(contract.showWorkspace)).rejects.toEqual(refused('NOT_SIGNED_IN'))
  })

  it('end at their time', async () => {
    const shop = server.client('shop')
    const expiresAt = new Date(Date.now() - 1000).toISOString()
    const { key } = await shop.call(contract.createKey, { body: { name: 'old', scopes: ['read'], expiresAt } })
    await expect(server.client(undefined, key).call(contract.showWorkspace)).rejects.toEqual(refused('NOT_SIGNED_IN'))
  })

  it('hand out no more than they have', async () => {
    const { key } = await server.client('shop').call(contract.createKey, { body: { name: 'a', scopes: ['admin'] } })
    const limited = server.client(undefined, key)
    const wish = limited.call(contract.createKey, { body: { name: 'b', scopes: ['admin', 'export'] } })
    await expect(wish).rejects.toEqual(refused('FORBIDDEN'))
  })
})

describe('workspaces', () => {
  it.each([
    [{ slug: 'w1', timeZone: 'Asia/Shanghia', currency: 'CNY' }, 'TIME_ZONE_UNKNOWN'],
    [{ slug: 'w1', timeZone: '+08:00', currency: 'CNY' }, 'TIME_ZONE_UNKNOWN'],
    [{ slug: 'w1', timeZone: 'Asia/Shanghai', currency: 'RMB' }, 'CURRENCY_UNKNOWN'],
    [{ slug: 'W 1', timeZone: 'Asia/Shanghai', currency: 'CNY' }, 'REQUEST_INVALID'],
    [{ slug: 'shop', timeZone: 'Asia/Tokyo', currency: 'JPY' }, 'NAME_TAKEN'],
  ])('%j is refused with %s', async (body, code) => {
    await expect(admin().call(contract.createWorkspace, { body })).rejects.toEqual(refused(code))
  })

  it('one whose making was cut short is completed by the same request', async () => {
    await server.postgres.app.query(
      `insert into workspace (slug, name, time_zone, currency) values ('cut', 'cut', 'Asia/Shanghai', 'CNY')`,
    )
    server.flow.directory.forget()
    await expect(server.client('cut').call(contract.showWorkspace)).rejects.toEqual(refused('WORKSPACE_NOT_READY'))
    const body = { slug: 'cut', timeZone: 'Asia/Shanghai', currency: 'CNY' }
    expect((await admin().call(contract.createWorkspace, { body })).state).toBe('ready')
  })

  it('must be named when a person may enter several, and an empty one may change its time zone', async () => {
    await addTestWorkspace(server, 'second')
    await expect(admin().call(contract.showWorkspace)).rejects.toEqual(refused('WORKSPACE_REQUIRED'))
    const changed = await server.client('second').call(contract.updateWorkspace, { body: { timeZone: 'Europe/Paris' } })
    expect(changed).toMatchObject({ slug: 'second', timeZone: 'Europe/Paris' })
  })

  it('a role gives exactly its scopes', async () => {
    await admin().call(contract.createUser, { body: { name: 'zhao', password: 'long-enough-5' } })
    const shop = server.client('shop')
    await shop.call(contract.setMember, { params: { user: 'zhao' }, body: { role: 'viewer' } })
    const { token } = await signIn('zhao', 'long-enough-5')
    const zhao = server.client(undefined, token)
    expect((await zhao.call(contract.showMe)).workspaces).toEqual([{ slug: 'shop', name: 'shop', scopes: ['read'] }])
    await expect(zhao.call(contract.listKeys)).rejects.toEqual(refused('FORBIDDEN'))
    await shop.call(contract.setMember, { params: { user: 'zhao' }, body: { role: 'admin' } })
    expect((await zhao.call(contract.listKeys)).items.length).toBeGreaterThan(0)
    await shop.call(contract.removeMember, { params: { user: 'zhao' } })
    await expect(zhao.call(contract.listKeys)).rejects.toEqual(refused('WORKSPACE_REQUIRED'))
  })
})

describe('a repeated request', () => {
  const create = (slug: string, key: string) =>
    post(
      '/workspaces',
      { slug, timeZone: 'Asia/Shanghai', currency: 'CNY' },
      { 'idempotency-key': key, authorization: `Bearer ${server.token}` },
    )

  it('is answered from the first one and does nothing', async () => {
    const first = await create('once', 'key-1')
    const second = await create('once', 'key-1')
    expect([first.status, second.status]).toEqual([201, 201])
    expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
    expect(await second.json()).toEqual(await first.json())
  })

  it('with other content is refused', async () => {
    await create('same', 'key-2')
    expect(await codeOf(await create('other', 'key-2'))).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('sent many times at once is done once', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => create('parallel', 'key-3')))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true)
    const done = answers.filter((answer) => answer.status === 201 && !answer.headers.has('idempotency-replayed'))
    expect(done.length).toBe(1)
    expect((await create('parallel', 'key-3')).headers.get('idempotency-replayed')).toBe('true')
  })

  it('of a refused one is a fresh try', async () => {
    const bad = await post(
      '/workspaces',
      { slug: 'again', timeZone: 'Nowhere/At', currency: 'CNY' },
      { 'idempotency-key': 'key-4', authorization: `Bearer ${server.token}` },
    )
    expect(await codeOf(bad)).toBe('TIME_ZONE_UNKNOWN')
    expect((await create('again', 'key-4')).status).toBe(201)
  })

  it('needs a plain key', async () => {
    expect(await codeOf(await create('plain', 'two words'))).toBe('IDEMPOTENCY_KEY_INVALID')
  })
})

describe('pages about the system', () => {
  it('the OpenAPI document and its page are served whole from here', async () => {
    const document = (await (await fetch(`${server.address}/api/openapi.json`)).json()) as {
      openapi: string
      paths: object
    }
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toContain('/workspaces')
    const page = await fetch(`${server.address}/api/docs`)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain('swagger-ui')
    expect(html).not.toMatch(/(?:src|href)="https?:/)
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("script-src 'self'")
    const scripts = [...html.matchAll(/src="([^"]+)"/g)].map((match) => new URL(match[1]!, page.url).href)
    for (const script of scripts) expect((await fetch(script)).status, script).toBe(200)
  })

  it('/metrics speaks Prometheus and names no customer', async () => {
    const text = await (await fetch(`${server.address}/metrics`)).text()
    expect(text).toContain('tagtree_engine_up{engine="clickhouse"} 1')
    expect(text).toMatch(
      /tagtree_http_request_seconds_count\{method="POST",route="\/api\/v1\/login",status="200"\} \d+/,
    )
  })
})
