import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { streamXlsxRows } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cell, RowWriter } from './row-writer.js'
import { writeCsv } from './write-csv.js'
import { writeNdjson } from './write-ndjson.js'
import { writeXlsx } from './write-xlsx.js'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tagtree-write-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function writeAll<Row>(writer: RowWriter<Row>, rows: Iterable<Row>): Promise<void> {
  for (const row of rows) await writer.write(row)
  await writer.end()
}
const columns = ['姓名', '数', '日']

describe('written tables', () => {
  it('quotes what would break a CSV row and leaves empty cells empty', async () => {
    const path = join(directory, 'a.csv')
    await writeAll(writeCsv(path, { columns }), [
      ['王,芳', 1.5, null],
      ['"引号"', -2, new Date(Date.UTC(2026, 0, 31))],
      ['两\n行', 0, null],
    ] satisfies Cell[][])
    expect(await readFile(path, 'utf8')).toBe(
      '姓名,数,日\n"王,芳",1.5,\n"""引号""",-2,2026-01-31T00:00:00.000Z\n"两\n行",0,\n',
    )
  })

  it('keeps a cell from running as a formula, unless only programs read the file', async () => {
    const rows = [['=1+2', 1, null]] satisfies Cell[][]
    await writeAll(writeCsv(join(directory, 'safe.csv'), { columns }), rows)
    await writeAll(writeCsv(join(directory, 'plain.csv'), { columns, formulas: 'keep' }), rows)
    expect(await readFile(join(directory, 'safe.csv'), 'utf8')).toContain("'=1+2")
    expect(await readFile(join(directory, 'plain.csv'), 'utf8')).toContain('\n=1+2')
  })

  it('writes GB18030 and a byte order mark when asked', async () => {
    await writeAll(writeCsv(join(directory, 'gb.csv'), { columns, encoding: 'gb18030' }), [['㐀张', 1, null]])
    await writeAll(writeCsv(join(directory, 'bom.csv'), { columns, bom: true }), [])
    const text = new TextDecoder('gb18030', { fatal: true }).decode(await readFile(join(directory, 'gb.csv')))
    expect(text).toBe('姓名,数,日\n㐀张,1,\n')
    expect((await readFile(join(directory, 'bom.csv'))).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  })

  it('writes one document a line, also when there are many', async () => {
    const path = join(directory, 'a.ndjson')
    await writeAll(
      writeNdjson(path),
      Array.from({ length: 20_000 }, (_, i) => ({ i, 名: '云岚' })),
    )
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBe(20_000)
    expect(JSON.parse(lines[19_999] as string)).toEqual({ i: 19_999, 名: '云岚' })
  })

  it('writes Excel with date cells', async () => {
    const path = join(directory, 'a.xlsx')
    const born = new Date(Date.UTC(1990, 4, 1))
    await writeAll(
      writeXlsx(path, { sheet: '会员', columns }),
      Array.from({ length: 5000 }, (_, i): Cell[] => [`人${i}`, i, born]),
    )
    const rows: unknown[] = []
    for await (const row of streamXlsxRows(await readFile(path))) rows.push(row.values)
    expect(rows.length).toBe(5001)
    expect(rows[0]).toEqual(columns)
    expect(rows[5000]).toEqual(['人4999', 4999, born])
  })

  it('says when a file cannot be written', async () => {
    const nowhere = join(directory, 'missing', 'folder')
    for (const writer of [
      writeCsv(join(nowhere, 'a.csv'), { columns }),
      writeXlsx(join(nowhere, 'a.xlsx'), { sheet: 's', columns }),
    ]) {
      const many = Array.from({ length: 100_000 }, (_, i): Cell[] => ['x', i, null])
      const failure = await writeAll(writer, many).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(AppError)
      expect((failure as AppError).code).toBe('FILE_NOT_WRITABLE')
    }
  })
})
