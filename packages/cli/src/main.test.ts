import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startJob } from '@tagtree/server/jobs/job-records'
import { inWorkspace } from '@tagtree/server/store/postgres'
import { startTestServer, TEST_PASSWORD, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from './main.js'
import type { Terminal } from './terminal.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server?.remove())

/** Types one command; the terminal keeps what it shows and answers questions from a list. */
async function type(
  line: string,
  options: { language?: 'zh' | 'en'; answers?: string[]; environment?: Record<string, string> } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const answers = [...(options.answers ?? [])]
  const terminal: Terminal = {
    language: options.language ?? 'en',
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    write: async () => {},
    isInteractive: false,
    ask: async () => answers.shift() ?? '',
  }
  const environment = { TAGTREE_DATA_DIR: server.dataDirectory, ...options.environment }
  const code = await runCommandLine(line.split(' '), environment, terminal)
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('tagtree', () => {
  it('finds the running server by its data directory', async () => {
    const { code, out } = await type('status')
    expect(code).toBe(0)
    expect(out).toContain(server.address)
    expect(out).toContain('ClickHouse: up')
  })

  it('makes a workspace, uses it from then on, and lists it', async () => {
    expect(await type('workspace create shop --time-zone Asia/Shanghai --currency CNY --name 云岚商城')).toMatchObject({
      code: 0,
    })
    const { out } = await type('workspace list', { language: 'zh' })
    expect(out.split('\n')[0]).toMatch(/^标识 +名称 +时区/)
    expect(out).toMatch(/^shop {2}云岚商城 {2}Asia\/Shanghai {2}CNY/m)
    await type('workspace create other --time-zone Asia/Shanghai --currency CNY')
    expect((await type('workspace show --json')).out).toContain('"slug": "other"')
    expect((await type('workspace use shop')).code).toBe(0)
    expect((await type('workspace show --json')).out).toContain('"slug": "shop"')
    expect((await type('workspace show --json --workspace other')).out).toContain('"slug": "other"')
    expect(statSync(join(server.dataDirectory, 'run', 'cli.json')).mode & 0o777).toBe(0o600)
  })

  it('prints a refusal with its code, its places and what to do, in the language of the terminal', async () => {
    const zone = await type('workspace create x --time-zone Mars/Olympus --currency CNY', { language: 'zh' })
    expect(zone.code).toBe(1)
    expect(zone.err).toContain('TIME_ZONE_UNKNOWN: ')
    expect(zone.err).toContain('没有时区“Mars/Olympus”')
    const slug = await type('workspace create BAD --time-zone Asia/Shanghai --currency CNY')
    expect(slug.err).toContain('REQUEST_INVALID')
    expect(slug.err).toContain('  /slug: ')
  })

  it('says how a command is used when it is typed wrong', async () => {
    expect(await type('workspace create shop')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--time-zone'),
    })
    expect(await type('wrokspace')).toMatchObject({ code: 2, err: expect.stringContaining('COMMAND_INVALID') })
    expect(await type('member set lin king')).toMatchObject({
      code: 2,
      err: expect.stringContaining('viewer, editor, admin'),
    })
    expect((await type('--help', { language: 'zh' })).out).toContain('用法：')
    expect((await type('--version')).out).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it('makes people, members and keys, and a key works elsewhere by the environment', async () => {
    expect((await type('user create lin', { answers: ['long-enough-1'] })).code).toBe(0)
    expect((await type('member set lin editor')).out).toContain('editor')
    const made = await type('key create till --scopes read,import')
    expect(made.out).toMatch(/^ttk_/)
    const elsewhere = {
      TAGTREE_DATA_DIR: mkdtempSync(join(tmpdir(), 'tagtree-cli-')),
      TAGTREE_ADDRESS: server.address,
      TAGTREE_API_KEY: made.out,
    }
    expect((await type('workspace show --json', { environment: elsewhere })).out).toContain('"slug": "shop"')
    const refused = await type('key list', { environment: elsewhere })
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('FORBIDDEN') })
    rmSync(elsewhere.TAGTREE_DATA_DIR, { recursive: true })
    const id = /"id": (\d+)/.exec((await type('key list --json')).out)![1]
    expect((await type(`key revoke ${id}`)).code).toBe(0)
  })

  it('signs in with a password that is asked for, and out', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tagtree-cli-'))
    const environment = { TAGTREE_DATA_DIR: directory }
    expect(await type('status', { environment })).toMatchObject({
      code: 3,
      err: expect.stringContaining('SERVER_NOT_FOUND'),
    })
    const wrong = await type(`login ${server.address}`, { environment, answers: ['wrong-password'] })
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('LOGIN_REFUSED') })
    expect(await type(`login ${server.address}`, { environment, answers: [TEST_PASSWORD] })).toMatchObject({ code: 0 })
    expect((await type('status', { environment })).out).toContain('signed in as: admin')
    await type('logout', { environment })
    expect((await type('status', { environment })).code).toBe(3)
    rmSync(directory, { recursive: true })
  })

  it('says when nobody answers at the address', async () => {
    const environment = { TAGTREE_ADDRESS: 'http://127.0.0.1:9' }
    expect(await type('status', { environment })).toMatchObject({
      code: 3,
      err: expect.stringContaining('http://127.0.0.1:9'),
    })
  })

  it('follows a job and says why it failed', async () => {
    const workspace = (await server.flow.directory.workspaceBySlug('shop'))!
    const id = await inWorkspace(server.postgres.app, workspace.id, (tx) =>
      startJob(tx, { workspaceId: workspace.id, kind: 'of another version', params: {} }),
    )
    const shown = await type(`job show ${id} --wait`)
    expect(shown).toMatchObject({ code: 1, err: expect.stringContaining('of another version') })
    expect((await type('job list')).out).toContain('failed')
    expect((await type(`job cancel ${id}`)).err).toContain('JOB_FINISHED')
  })

  it('sends any request', async () => {
    expect(JSON.parse((await type('api GET me')).out)).toMatchObject({ name: 'admin' })
    expect(await type('api POST /api/v1/workspaces --data {}')).toMatchObject({
      code: 1,
      out: expect.stringContaining('REQUEST_INVALID'),
    })
    expect(await type('api POST workspaces --data {')).toMatchObject({
      code: 2,
      err: expect.stringContaining('not JSON'),
    })
  })
})
