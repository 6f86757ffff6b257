import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await type('workspace', 'create', 'shop', '--time-zone', 'Asia/Shanghai', '--currency', 'CNY')
})
afterAll(() => server?.remove())

async function type(...words: string[]) {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommandLine(
    words,
    { TAGTREE_DATA_DIR: server.dataDirectory },
    {
      language: 'zh',
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      write: async () => {},
      isInteractive: false,
      ask: async () => '',
    },
  )
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('tagtree calendar', () => {
  it('shows the holidays a workspace in Shanghai begins with, and what a file adds', async () => {
    expect((await type('calendar', 'show', '2026')).out).toMatch(/2026-10-01 {2}节假日 {2}国庆节/)
    const file = join(server.dataDirectory, 'calendar.yaml')
    writeFileSync(
      file,
      `days:
  - { day: 2026-09-09, promotion: 会员日 }
periods:
  - { id: double11_2026, name: 双11大促, from: 2026-11-01, to: 2026-11-12, promotion: 双11 }
`,
    )
    expect(await type('calendar', 'import', file)).toMatchObject({ code: 0, err: '已写入 1 天，1 个时段' })
    const { out } = await type('calendar', 'show', '2026')
    expect(out).toMatch(/2026-09-09 {2}按星期 +– +会员日/)
    expect(out).toMatch(/double11_2026 {2}双11大促 {2}2026-11-01 {2}2026-11-12 {2}双11/)
    expect(out).toMatch(/2026-10-01/)
    expect((await type('calendar', 'remove', 'double11_2026')).err).toBe('已删除 double11_2026')
  })

  it('loads years, and says which ones are not known', async () => {
    expect((await type('calendar', 'load', 'cn', '2024-2025')).err).toBe('已载入 69 天')
    const missing = await type('calendar', 'load', 'CN', '2026-2031')
    expect(missing.code).not.toBe(0)
    expect(missing.err).toContain('2027, 2028')
    expect((await type('calendar', 'show', 'next year')).code).not.toBe(0)
  })
})

describe('tagtree rate', () => {
  it('sets, lists and removes exchange rates', async () => {
    expect(await type('rate', 'set', 'usd', '2026-01-01', '7.05')).toMatchObject({ code: 0 })
    const file = join(server.dataDirectory, 'rates.yaml')
    writeFileSync(file, "rates:\n  - { currency: JPY, day: 2026-01-01, rate: '0.0451' }\n")
    expect((await type('rate', 'import', file)).err).toBe('已写入 1 条汇率')
    expect((await type('rate', 'list')).out).toMatch(/JPY +2026-01-01 +0.0451\n.*USD +2026-01-01 +7.05/)
    expect((await type('rate', 'remove', 'JPY', '2026-01-01')).code).toBe(0)
    expect((await type('rate', 'list')).out).not.toContain('JPY')
    expect((await type('rate', 'set', 'CNY', '2026-01-01', '1')).err).toContain('CURRENCY_UNKNOWN')
  })
})
