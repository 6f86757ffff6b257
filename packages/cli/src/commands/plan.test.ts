import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectBatch } from '@tagtree/core/contract/batch'
import { startTestServer, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await type(['workspace', 'create', 'shop', '--time-zone', 'Asia/Shanghai', '--currency', 'CNY', '--name', '云岚商城'])
  await server.client('shop').call(collectBatch, {
    body: {
      events: [1, 2, 3].map((i) => ({
        id: `order ${i}`,
        event: 'order.paid',
        time: Date.now() - i * 86_400_000,
        identities: { user_id: `u${i}` },
        properties: { amount: i * 100 },
      })),
    },
  })
  while ((await type(['plan', 'test', write('plan.yaml', PLAN)])).code !== 0)
    await new Promise((go) => setTimeout(go, 50))
})
afterAll(() => server?.remove())

async function type(
  words: readonly string[],
  options: { language?: 'zh' | 'en'; answer?: string; colours?: boolean } = {},
) {
  const out: string[] = []
  const err: string[] = []
  const code = await runCommandLine(
    words,
    { TAGTREE_DATA_DIR: server.dataDirectory },
    {
      language: options.language ?? 'zh',
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
      write: async (bytes) => void out.push(Buffer.from(bytes).toString('utf8')),
      isInteractive: options.answer !== undefined,
      hasColours: options.colours === true,
      ask: async () => options.answer ?? '',
    },
  )
  return { code, out: out.join('\n'), err: err.join('\n') }
}
const file = (...names: string[]): string => join(server.dataDirectory, ...names)
function write(name: string, text: string): string {
  writeFileSync(file(name), text)
  return file(name)
}

const PLAN = `plan: 1

categories:
  - id: value
    name: 价值特征

tags:
  - id: tier
    name: 消费分层
    category: value
    ordered: true
    assign: { cut: { did: order.paid, get: { sum: amount } }, at: [ 150, 250 ], values: [ 低, 中, 高 ] }
`
const TESTS = `
tests:
  - name: 一单二百为中
    asOf: 2026-11-01
    given: { events: [ { event: order.paid, ago: 3d, with: { amount: 200 } } ] }
    expect: { tier: 中 }
`

describe('tagtree plan', () => {
  it('asks before it applies, and says what it did', async () => {
    const path = write('plan.yaml', PLAN + TESTS)
    expect((await type(['plan', 'apply', path], { answer: 'n' })).out).toContain('+ 标签 tier 消费分层')
    expect((await type(['tree'])).out).not.toContain('消费分层')
    const applied = await type(['plan', 'apply', path], { answer: 'y' })
    expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('测试：1 通过，0 失败') })
    expect(applied.out).toMatch(/已应用，更改 \d+；撤销：tagtree undo \d+/)
    expect(await type(['plan', 'apply', path])).toMatchObject({ code: 0, err: '没有不同' })
  })

  it('exports what it applied, as text, as a file and as a folder', async () => {
    const { out } = await type(['plan', 'export'])
    expect(out).toBe(PLAN)
    expect(await type(['plan', 'export', file('out', 'all.yaml')])).toMatchObject({ code: 0 })
    expect(readFileSync(file('out', 'all.yaml'), 'utf8')).toBe(PLAN)
    await type(['plan', 'export', file('split')])
    expect(readdirSync(file('split')).sort()).toEqual(['categories.yaml', 'tags-value.yaml'])
    expect(await type(['plan', 'diff', file('split'), '--prune', '--exit-code'])).toMatchObject({ code: 0 })
  })

  it('shows what a change does, in the language of the terminal', async () => {
    const path = write('changed.yaml', PLAN.replace('150, 250', '250, 280'))
    const { code, out, err } = await type(['plan', 'diff', path], { language: 'en' })
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      '~ tag tier 消费分层 (assign)',
      expect.stringMatching(/^ {4}- .*150/),
      expect.stringMatching(/^ {4}\+ .*280/),
      '',
      'tag tier 消费分层: with a value 3 / 3 → 3 / 3, 1 change',
      '    value  now  then  gained  lost',
      '    低       1     2      +1     –',
      '    中       1     0       –    -1',
      '    高       1     1       –     –',
      '    中 → 低  1',
    ])
    expect(err).toMatch(/dry run, nothing was written: \d+ rows read/)
    expect((await type(['plan', 'diff', path], { colours: true })).out).toContain('\u001b[33m~ 标签 tier')
    const differs = await type(['plan', 'diff', path, '--no-impact', '--exit-code'])
    expect(differs).toMatchObject({ code: 1, err: expect.stringContaining('PLAN_DIFFERS') })
    expect(JSON.parse((await type(['plan', 'diff', path, '--json'])).out)).toMatchObject({ base: expect.any(String) })
  })

  it('refuses what was compared with another state', async () => {
    const path = write('changed.yaml', PLAN.replace('150, 250', '250, 280'))
    expect(await type(['plan', 'apply', path, '--base', '0'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('PLAN_BASE_CHANGED'),
    })
  })

  it('ends with 1 when a test fails, and says where', async () => {
    const path = write('wrong.yaml', PLAN + TESTS.replace('tier: 中', 'tier: 高'))
    const { code, out } = await type(['plan', 'test', path])
    expect(code).toBe(1)
    expect(out.split('\n').slice(0, 2)).toEqual(['✗ wrong.yaml:18:15 一单二百为中', '    tier: 期望 "高"，得到 "中"'])
  })

  it('refuses files it cannot read before it sends them', async () => {
    mkdirSync(file('empty'), { recursive: true })
    writeFileSync(file('gbk.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xb1, 0xea]))
    writeFileSync(file('huge.yaml'), `# ${'x'.repeat(10_000_000)}`)
    const refused = async (path: string) => (await type(['plan', 'diff', path])).err.split('\n')[0]
    expect(await refused(file('none.yaml'))).toMatch(/^COMMAND_INVALID: .*none\.yaml/)
    expect(await refused(file('empty'))).toMatch(/^COMMAND_INVALID: .*\*\.yaml/)
    expect(await refused(file('gbk.yaml'))).toMatch(/^COMMAND_INVALID: .*UTF-8/)
    expect(await refused(file('huge.yaml'))).toMatch(/^PLAN_TOO_LARGE: /)
  })
})
