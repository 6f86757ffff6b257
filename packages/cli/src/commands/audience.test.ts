import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectBatch } from '@tagtree/core/contract/batch'
import { saveDefinition } from '@tagtree/core/contract/catalogue'
import { startTestServer, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await type('workspace', 'create', 'shop', '--time-zone', 'Asia/Shanghai', '--currency', 'CNY', '--name', '云岚商城')
  const client = server.client('shop')
  await client.call(collectBatch, {
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
  const value = { did: 'order.paid', get: { sum: 'amount' } }
  const document = { version: 1, kind: 'metric', id: 'spend', name: 'spend', value }
  const save = () => client.call(saveDefinition, { params: { id: 'spend' }, body: { document } })
  while ((await save().catch(() => null)) === null) await new Promise((go) => setTimeout(go, 50))
  const count = async () => (await type('measure', '--metric', 'spend', '--get', 'count', '--json')).out
  while (JSON.parse(await count()).groups[0]?.people !== 3) await new Promise((go) => setTimeout(go, 50))
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

it('a list is made, filled, looked at and deleted from the command line', async () => {
  expect((await type('list', 'create', 'vip')).code).toBe(0)
  writeFileSync(file('people.csv'), 'user_id\nu1\nu2\nnobody\n')
  const uploaded = await type('list', 'upload', 'vip', file('people.csv'))
  expect(uploaded.out).toContain('3 行，匹配 2，重复 0，未匹配 1')
  expect((await type('list', 'unmatched', 'vip', '1', file('lost.csv'))).code).toBe(0)
  expect(readFileSync(file('lost.csv'), 'utf8')).toContain('4,unknown,nobody')
  expect((await type('list', 'remove', 'vip', 'user_id=u1')).out).toContain('移出 1，现有 1')
  expect((await type('list', 'create', 'skus', '--values')).code).toBe(0)
  expect((await type('list', 'add', 'skus', 'A100', 'B200')).out).toContain('现有 2')
  expect((await type('list', 'show')).out).toMatch(/vip[^\n]*1\s*$/m)
  expect((await type('list', 'delete', 'vip')).code).toBe(0)
  expect((await type('list', 'show', 'vip')).code).not.toBe(0)
  expect((await type('list', 'upload', 'skus', file('people.csv'), '--how', 'other')).err).toContain('add | remove')
})

it('audiences are held against each other, drawn from and measured', async () => {
  for (const [id, ...users] of [
    ['a', 'user_id=u1', 'user_id=u2'],
    ['b', 'user_id=u2', 'user_id=u3'],
  ] as const) {
    await type('list', 'create', id)
    await type('list', 'add', id, ...users)
  }
  const body = { version: 1, kind: 'segment', id: 'all', name: 'all', where: { did: 'order.paid', gte: 1 } }
  await server.client('shop').call(saveDefinition, { params: { id: 'all' }, body: { document: body } })
  const overlap = () => type('audience', 'overlap', 'lists/a', 'lists/b')
  while ((await overlap()).code !== 0) await new Promise((go) => setTimeout(go, 50))
  expect((await overlap()).out).toMatch(/lists\/a \+ lists\/b\s+1/)
  expect((await type('audience', 'combine', 'difference', 'only_a', 'lists/a', 'lists/b')).code).toBe(0)
  expect((await type('audience', 'sample', 'lists/a', '--seed', 's', '--n', '1')).out).toContain('从 2 人中抽取 1 人')
  expect((await type('measure', '--metric', 'spend')).out).toContain('600')
  expect((await type('measure', '--metric', 'spend', '--get', '0.5', '--of', 'lists/b')).out).toContain('250')
  expect((await type('audience', 'overlap', 'a', 'b')).err).toContain('segments/id')
})
