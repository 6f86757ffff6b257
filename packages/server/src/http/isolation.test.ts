import { type EndpointSpec, SCOPES, type Scope } from '@tagtree/core/contract/endpoint'
import { ENDPOINTS } from '@tagtree/core/contract/endpoints'
import type { ErrorShape } from '@tagtree/core/contract/error-shape'
import { createKey, createUser, login, revokeKey, setMember } from '@tagtree/core/contract/govern'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inWorkspace } from '../store/postgres.js'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'

let server: TestServer
/** One key of workspace `alpha` per scope, and one of `beta` that may do everything. */
const keys = new Map<Scope, string>()
let betaKey = ''
let revokedKey = ''
let outsider = ''

beforeAll(async () => {
  server = await startTestServer()
  const alpha = await addTestWorkspace(server, 'alpha')
  const beta = await addTestWorkspace(server, 'beta')
  for (const scope of SCOPES) {
    keys.set(scope, (await alpha.call(createKey, { body: { name: scope, scopes: [scope] } })).key)
  }
  betaKey = (await beta.call(createKey, { body: { name: 'all', scopes: [...SCOPES] } })).key
  const revoked = await alpha.call(createKey, { body: { name: 'old', scopes: [...SCOPES] } })
  revokedKey = revoked.key
  await alpha.call(revokeKey, { params: { id: revoked.id } })
  await server.client().call(createUser, { body: { name: 'lin', password: 'long-enough-1' } })
  await server.client('beta').call(setMember, { params: { user: 'lin' }, body: { role: 'admin' } })
  outsider = (await server.client().call(login, { body: { name: 'lin', password: 'long-enough-1' } })).token
})
afterAll(() => server?.remove())

async function ask(spec: EndpointSpec, token: string | null, workspace?: string) {
  const path = spec.path.replace(/\{\w+\}/g, '987654321')
  const headers: Record<string, string> = {}
  if (token !== null) headers.authorization = `Bearer ${token}`
  if (workspace !== undefined) headers['tagtree-workspace'] = workspace
  const response = await fetch(`${server.address}/api/v1${path}`, { method: spec.method, headers })
  const text = await response.text()
  const code = response.status >= 400 ? (JSON.parse(text) as ErrorShape).error.code : null
  return { status: response.status, code, text }
}

const guarded = ENDPOINTS.filter(({ access }) => access !== 'public')
const inWorkspaces = ENDPOINTS.filter(({ access }) => (SCOPES as readonly string[]).includes(access))
const named = (specs: readonly EndpointSpec[]) => specs.map((spec) => [`${spec.method} ${spec.path}`, spec] as const)

it('every endpoint of the contract has a handler, and nothing else has', () => {
  const served = server.flow.routes.map(({ endpoint }) => endpoint.id)
  expect([...served].sort()).toEqual(ENDPOINTS.map(({ id }) => id).sort())
})

describe('nobody gets in without a sign-in', () => {
  it.each(named(guarded))('%s', async (_name, spec) => {
    for (const token of [
      null,
      'nonsense',
      `tts_${'A'.repeat(43)}`,
      `ttk_${'0'.repeat(9)}_${'A'.repeat(43)}`,
      revokedKey,
    ]) {
      expect(await ask(spec, token, 'alpha')).toMatchObject({ status: 401, code: 'NOT_SIGNED_IN' })
    }
  })
})

describe('a key of one workspace never enters another, and cannot tell whether it exists', () => {
  it.each(named(inWorkspaces))('%s', async (_name, spec) => {
    const other = await ask(spec, betaKey, 'alpha')
    const missing = await ask(spec, betaKey, 'nowhere')
    expect(other).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    const plain = (text: string) => text.replace(/alpha|nowhere/g, '').replace(/"requestId":"\w+"/, '')
    expect(plain(other.text)).toBe(plain(missing.text))
  })
})

describe('a person enters only the workspaces she is a member of', () => {
  it.each(named(inWorkspaces))('%s', async (_name, spec) => {
    expect(await ask(spec, outsider, 'alpha')).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })
})

describe('a key does only what its scopes say', () => {
  it.each(named(inWorkspaces))('%s', async (_name, spec) => {
    for (const scope of SCOPES) {
      const answer = await ask(spec, keys.get(scope)!)
      if (scope === spec.access) expect(['NOT_SIGNED_IN', 'FORBIDDEN']).not.toContain(answer.code)
      else expect(answer).toMatchObject({ status: 403, code: 'FORBIDDEN' })
    }
  })
})

describe('only an administrator of the installation', () => {
  it.each(named(ENDPOINTS.filter(({ access }) => access === 'instance')))('%s', async (_name, spec) => {
    for (const token of [betaKey, outsider])
      expect(await ask(spec, token)).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  })
})

it('row-level security shows one workspace only, even to a statement without a filter', async () => {
  const seen = async (workspaceId: number) =>
    inWorkspace(server.postgres.app, workspaceId, async (tx) => {
      const { rows } = await tx.query<{ workspace_id: number }>('select distinct workspace_id from api_key')
      return rows.map((row) => row.workspace_id)
    })
  const alpha = (await server.flow.directory.workspaceBySlug('alpha'))!.id
  expect(await seen(alpha)).toEqual([alpha])
  expect(await seen(0)).toEqual([])
  const { rows } = await server.postgres.app.query('select from api_key')
  expect(rows).toEqual([])
})

it('every table with a workspace_id has row-level security forced', async () => {
  const { rows } = await server.postgres.owner.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'tagtree' and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
       and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnum > 0)
       and not c.relispartition`,
  )
  expect(rows.map(({ name }) => name)).toEqual([])
})
