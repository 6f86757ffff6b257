import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addTestWorkspace, startTestServer, type TestServer } from '@tagtree/server/testing/test-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../main.js'
import type { Terminal } from '../terminal.js'

let server: TestServer
let folder: string
beforeAll(async () => {
  server = await startTestServer()
  await addTestWorkspace(server, 'shop')
  folder = mkdtempSync(join(tmpdir(), 'tagtree-cli-import-'))
})
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Types one command; `~/` is the test's folder. */
async function type(line: string, language: 'zh' | 'en' = 'en') {
  const out: string[] = []
  const err: string[] = []
  const terminal: Terminal = {
    language,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    write: async () => {},
    isInteractive: false,
    ask: async () => '',
  }
  const environment = { TAGTREE_DATA_DIR: server.dataDirectory, TAGTREE_WORKSPACE: 'shop' }
  const words = line.split(' ').map((word) => word.replace(/^~/, folder))
  return { code: await runCommandLine(words, environment, terminal), out: out.join('\n'), err: err.join('\n') }
}
function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}
/** The mapping that a page of the documentation shows. */
function documented(page: string): string {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8')
  return /```yaml\n([\s\S]*?)```/.exec(text)![1]!
}

describe('tagtree import', () => {
  it('does with the documented mapping what the documentation says', async () => {
    write('orders.yaml', documented('import.md'))
    write(
      'orders.csv',
      [
        'order_no;paid_at;member;phone;sku;qty;price',
        'A1;31/1/2026 10:30;M1;13800138000;S1;2;9.90',
        'C1;31/1/2026 12:00;M1;无;S1;1;9.90',
        'A1;31/1/2026 10:29;M1;13800138000;S2;1;1,000.10',
        'A2;31/1/2026 10:30;;无;S2;1;5',
        'A3;31/1/2026 10:30;M2;;S2;0;5',
      ].join('\n'),
    )
    const looked = await type('import ~/orders.csv')
    expect(looked.code).toBe(0)
    expect(looked.out).toMatch(/^paid_at +date d\/M\/yyyy H:mm/m)
    expect(looked.err).toContain('to write the suggested mapping')

    const trial = await type('import ~/orders.csv --mapping ~/orders.yaml --dry-run')
    expect(trial.out).toContain('would bring: order.paid 1, order.cancelled 1')
    expect(trial.out).toContain('row 5: The row has no identity: member, phone is empty.')

    const done = await type('import ~/orders.csv --mapping ~/orders.yaml --watch')
    expect(done.code).toBe(0)
    expect(done.out).toContain('5 rows read, 2 rejected, put together to 2 orders')
    expect(done.out).toContain('created 2, updated 0, duplicate 0')
    expect(done.out).toContain('1 × The quantity is not above zero.')
    expect(done.err).toMatch(/done|storing|orders/)
    const again = await type('import ~/orders.csv --mapping ~/orders.yaml', 'zh')
    expect(again.out).toContain('新增 0，更新 0，重复 2')
    expect(again.out).toContain('1 × 数量不大于零')

    const list = await type('imports list')
    expect(list.out).toMatch(/orders\.csv +shop-orders +done +5 +2 +0 +0 +2/)
    const id = JSON.parse((await type('imports list --json')).out).at(-2).id
    expect((await type(`imports rejected ${id} ~/rejected.csv`)).code).toBe(0)
    expect(readFileSync(join(folder, 'rejected.csv'), 'utf8')).toContain('A3,31/1/2026 10:30,M2,,S2,0,5')
    expect((await type(`imports undo ${id}`)).out).toContain('undone')
    expect(await type(`imports undo ${id}`)).toMatchObject({ code: 1, err: expect.stringContaining('IMPORT_UNDONE') })
    expect((await type(`imports show ${id} --json`)).out).toContain('"state": "undone"')
  })

  it('takes the mapping of the Chinese page too, and suggestions as they are written', async () => {
    write('订单.yaml', documented('import.zh-CN.md'))
    write('订单.csv', '订单号,付款时间,会员号,手机号,商品编码,数量,单价\nB1,2026/1/31 10:30,M1,13800138000,S1,2,9.90\n')
    expect((await type('import ~/订单.csv --mapping ~/订单.yaml', 'zh')).out).toContain('新增 1')
    expect(await type('mapping suggest ~/订单.csv ~/suggested.json --id suggested', 'zh')).toMatchObject({ code: 0 })
    expect((await type('mapping save ~/suggested.json', 'zh')).err).toBe('已保存 suggested，版本 1')
    expect((await type('import ~/订单.csv --mapping suggested')).out).toContain('created 1')
    expect((await type('mapping list')).out).toMatch(/^suggested +suggested +1$/m)
    expect((await type('mapping remove suggested')).code).toBe(0)
    expect((await type('import ~/订单.csv --mapping suggested')).err).toContain('NOT_FOUND')
  })

  it.each([
    ['import ~/missing.csv --mapping x', 2, 'COMMAND_INVALID'],
    ['import ~/broken.yaml --mapping ~/broken.yaml', 2, 'COMMAND_INVALID'],
    ['import ~/pdf.csv --mapping online-retail', 1, 'FILE_FORMAT_UNSUPPORTED'],
    ['import ~/other.csv --mapping online-retail', 1, 'MAPPING_UNFITTING'],
    ['import ~/other.csv --mapping ~/wrong.json', 1, '/outputs/0/time'],
    ['mapping suggest ~/other.csv', 1, 'MAPPING_NOT_SUGGESTED'],
    ['imports show 999', 1, 'NOT_FOUND'],
    ['imports cancel 1', 1, 'JOB_FINISHED'],
  ])('%s is refused', async (line, code, word) => {
    write('broken.yaml', 'a: 1\na: 2\n')
    write('pdf.csv', '%PDF-1.7\n')
    write('other.csv', 'a,b\nx,y\n')
    write(
      'wrong.json',
      JSON.stringify({
        id: 'w',
        name: 'w',
        columns: { a: 'text' },
        subjects: { p: { identities: { user_id: 'a' } } },
        outputs: [{ event: 'x', time: 'a' }],
      }),
    )
    const refused = await type(line)
    expect(refused.code).toBe(code)
    expect(refused.err).toContain(word)
  })
})
