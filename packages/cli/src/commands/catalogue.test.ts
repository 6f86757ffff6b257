import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectBatch } from '@tagtree/core/contract/batch'
import { startTestServer, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await type('workspace', 'create', 'shop', '--time-zone', 'Asia/Shanghai', '--currency', 'CNY', '--name', '云岚商城')
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
  while ((await type('definition', 'check', tierFile())).code !== 0) await new Promise((go) => setTimeout(go, 50))
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
const file = (name: string): string => join(server.dataDirectory, name)
function write(name: string, text: string): string {
  writeFileSync(file(name), text)
  return file(name)
}
const tierFile = () =>
  write(
    'tier.yaml',
    `version: 1
kind: tag
id: tier
name: 消费分层
ordered: true
assign: { cut: { did: order.paid, get: { sum: amount } }, at: [150, 250], values: [低, 中, 高] }
`,
  )

describe('tagtree', () => {
  it('says why a SQL tag is refused, and shows what an allowed one gives', async () => {
    const sqlTag = (sql: string) =>
      write(
        'sql.json',
        JSON.stringify({ version: 1, kind: 'tag', id: 'big', name: '大单', assign: { given: { sql } } }),
      )
    const refused = await type('definition', 'check', sqlTag("SELECT profile_id, file('/etc/passwd') FROM order_paid"))
    expect(refused.code).not.toBe(0)
    expect(refused.err).toContain('/assign/given/sql')
    expect(refused.err).toContain('SQL 标签不能使用函数“file”')
    const allowed = sqlTag("SELECT profile_id, if(max(amount) > 150, '有', '无') FROM order_paid GROUP BY profile_id")
    expect(await type('definition', 'check', allowed)).toMatchObject({ code: 0 })
    const preview = await type('definition', 'preview', allowed)
    expect(preview.out).toMatch(/有\s+2\n无\s+1/)
    expect(preview.out).toMatch(/客户\s+值/)
    expect(preview.err).toContain('SQL 给出 3 行')
  })

  it('goes from a category and a file to the tree, an audience and its members', async () => {
    expect(await type('category', 'create', 'value', '价值特征')).toMatchObject({ code: 0 })
    expect(await type('definition', 'save', tierFile(), '--category', 'value')).toMatchObject({ code: 0 })
    const segment = { version: 1, kind: 'segment', id: 'high', name: '高价值', where: { tag: 'tier', is: '高' } }
    expect(await type('definition', 'save', write('high.json', JSON.stringify(segment)))).toMatchObject({ code: 0 })
    expect(await type('tag', 'run')).toMatchObject({ code: 0, out: expect.stringMatching(/^已发布 2 个/) })
    expect((await type('tree')).out).toBe(
      [
        '标签目录 · 云岚商城  3 人',
        '└ 价值特征  3 人',
        '  └ 消费分层  3 人  100.0%',
        '    ├ 低  1 人  33.3%',
        '    ├ 中  1 人  33.3%',
        '    └ 高  1 人  33.3%',
      ].join('\n'),
    )
    expect((await type('segment', 'count', 'high')).out).toBe('1')
    expect((await type('segment', 'members', 'high')).out).toContain('user_id=u3')
    expect((await type('definition', 'uses', 'tier')).out).toContain('high')
    expect((await type('definition', 'preview', tierFile())).err).toContain('共 3 人，无值 0 人')
  })

  it('takes changes back, shows what was changed and every version', async () => {
    await type('definition', 'rename', 'tier', '新名')
    expect((await type('definition', 'versions', 'tier', '--json')).out).toContain('"version": 2')
    expect((await type('changes')).out.split('\n')[1]).toContain('rename tag')
    expect(await type('undo')).toMatchObject({ code: 0 })
    expect((await type('definition', 'show', 'tier')).out).toContain('消费分层')
    expect(await type('definition', 'copy', 'tier', 'other', '副本')).toMatchObject({ code: 0 })
    expect(await type('definition', 'move', 'other', '--position', '0')).toMatchObject({ code: 0 })
    expect(await type('definition', 'delete', 'tier')).toMatchObject({
      code: 1,
      err: expect.stringContaining('标签“tier”仍被使用：high'),
    })
  })

  it('writes whole files only', async () => {
    expect(await type('segment', 'export', 'high', file('high.csv'))).toMatchObject({ code: 0 })
    expect(readFileSync(file('high.csv'), 'utf8')).toContain('u3')
    const refused = await type('segment', 'export', 'high', file('nowhere/high.csv'))
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^FILE_NOT_WRITABLE/) })
    expect(await type('segment', 'export', 'nobody', file('nobody.csv'))).toMatchObject({ code: 1 })
    expect(existsSync(file('nobody.csv'))).toBe(false)
    expect(readdirSync(server.dataDirectory).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('refuses options and files that mean nothing, without a stack', async () => {
    for (const words of [
      ['tag', 'run', '--as-of', 'yesterday'],
      ['segment', 'count', 'high', '--as-of', '2026-13-45'],
      ['definition', 'preview', tierFile(), '--as-of', '12'],
      ['category', 'move', 'value', '--position', 'first'],
      ['definition', 'move', 'other', '--position', '-1'],
      ['definition', 'save', file('missing.yaml')],
      ['definition', 'save', write('broken.yaml', 'a: [1')],
      ['definition', 'save', write('twice.yaml', 'a: 1\na: 2')],
      ['definition', 'save', write('list.json', '[]')],
      ['segment', 'export', 'high', file('high.xls')],
    ]) {
      const { code, err } = await type(...words)
      expect({ words, code, first: err.split(':')[0] }).toEqual({ words, code: 2, first: 'COMMAND_INVALID' })
    }
    const unknown = write(
      'unknown.json',
      JSON.stringify({ version: 1, kind: 'segment', id: 'x', name: 'x', where: { tag: 'teir', is: '高' } }),
    )
    expect((await type('definition', 'check', unknown)).err).toContain('是否想写 tier')
  })
})
