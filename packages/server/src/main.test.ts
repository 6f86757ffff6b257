import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ServerProcess } from './testing/server-process.js'

let dataDirectory = ''
const started: ServerProcess[] = []
const launch = (environment?: Record<string, string>) => {
  const one = new ServerProcess(dataDirectory, environment)
  started.push(one)
  return one
}
beforeAll(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'tagtree-main-'))
  chmodSync(dataDirectory, 0o755)
})
afterAll(async () => {
  for (const one of started) one.kill('SIGTERM')
  await Promise.all(started.map(({ ended }) => ended))
  rmSync(dataDirectory, { recursive: true, force: true })
})

describe('the server process', () => {
  let first: ServerProcess
  let address = ''
  it('says in the language of the terminal what it is doing, the password once, and last the address', async () => {
    first = launch()
    address = await first.address()
    expect(first.output).toContain('正在启动 PostgreSQL 与 ClickHouse')
    expect(first.output).toMatch(/密码只显示这一次：[a-z2-9]{4}(-[a-z2-9]{4}){3}\n/)
    expect(first.output.trimEnd().split('\n').at(-1)).toContain(address)
    expect((await fetch(`${address}/ready`)).status).toBe(200)
  })

  it('a second one on the same data refuses and leaves the first alone', async () => {
    const second = launch()
    expect(await second.ended).toBe(1)
    expect(second.output).toContain('DATA_DIRECTORY_IN_USE')
    expect((await fetch(`${address}/ready`)).status).toBe(200)
  })

  it('a port that is taken is refused when it was asked for', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tagtree-main-'))
    chmodSync(other, 0o755)
    const process = new ServerProcess(other, { TAGTREE_PORT: new URL(address).port })
    expect(await process.ended).toBe(1)
    expect(process.output).toContain('PORT_TAKEN')
    rmSync(other, { recursive: true, force: true })
  })

  it('stops within seconds on SIGTERM although a client holds its connection open', async () => {
    const agent = new Agent({ keepAlive: true })
    await new Promise<void>((resolve, reject) => {
      get(`${address}/health`, { agent }, (response) => response.resume().once('end', resolve)).once('error', reject)
    })
    const begun = performance.now()
    first.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(8_000)
    agent.destroy()
    expect(existsSync(join(dataDirectory, 'run', 'address.json'))).toBe(false)
  })

  it('starts again without a new password, in English, and after kill -9 too', async () => {
    const again = launch({ LANG: 'en_US.UTF-8' })
    await again.address()
    expect(again.output).toContain('starting PostgreSQL and ClickHouse')
    expect(again.output).not.toContain('password')
    again.kill('SIGKILL')
    await again.ended
    const after = launch()
    expect((await fetch(`${await after.address()}/ready`)).status).toBe(200)
    after.kill('SIGINT')
    expect(await after.ended).toBe(0)
  })

  it('told to stop while it is starting it stops and leaves nothing', async () => {
    const early = launch()
    while (!early.output.includes('PostgreSQL')) await new Promise((resolve) => setTimeout(resolve, 5))
    early.kill('SIGTERM')
    expect(await early.ended).toBe(0)
    const after = launch()
    await after.address()
    after.kill('SIGTERM')
    expect(await after.ended).toBe(0)
  })

  it('a setting that cannot be used is named and nothing is started', async () => {
    const wrong = launch({ TAGTREE_PORT: 'seven' })
    expect(await wrong.ended).toBe(1)
    expect(wrong.output).toContain('CONFIG_INVALID')
    expect(wrong.output).toContain('TAGTREE_PORT')
    const key = launch({ TAGTREE_MASTER_KEY: 'ab'.repeat(32) })
    expect(await key.ended).toBe(1)
    expect(key.output).toContain('MASTER_KEY_WRONG')
  })
})
