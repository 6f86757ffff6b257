import { gzipSync } from 'node:zlib'
import { writeXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, readWhole } from '../file-testkit.js'
import { serialToText } from './serial-date.js'
import { styleOfFormat } from './workbook.js'
import { workbookOf, zipOf } from './zip-testkit.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())
const read = (content: string | Uint8Array, options = {}) => readWhole(folder.write('any.csv', content), options)

const sheet = (rows: string, behind = ''): string =>
  `<?xml version="1.0"?><worksheet><sheetData>${rows}</sheetData>${behind}</worksheet>`
const text = (reference: string, value: string): string =>
  `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`

describe('a workbook of another writer', () => {
  it('gives texts, numbers, dates and booleans', async () => {
    const bytes = await writeXlsx({
      sheets: [
        {
          name: '订单',
          rows: [
            ['单号', '金额', '时间', '会员'],
            ['A1', 2.55, new Date('2010-12-01T08:26:00Z'), true],
            ['A<2>&', -3, new Date('2026-02-28T00:00:00Z'), false],
            [null, null, null, null],
            ['A3', null, null, null],
          ],
        },
      ],
    })
    const { rows, numbers, table } = await read(bytes)
    expect(table).toMatchObject({
      format: 'xlsx',
      sheet: '订单',
      sheets: ['订单'],
      columns: ['单号', '金额', '时间', '会员'],
    })
    expect(rows[0]?.slice(0, 2)).toEqual(['A1', 2.55])
    expect(String(rows[0]?.[2])).toMatch(/^2010-12-01( 08:26:00)?$/)
    expect(rows[1]).toEqual(['A<2>&', -3, '2026-02-28', false])
    expect(rows[2]).toEqual(['A3', null, null, null])
    expect(numbers).toEqual([2, 3, 5])
  })
  it('may be wrapped in gzip', async () => {
    const bytes = await writeXlsx({ sheets: [{ name: 'x', rows: [['a'], ['b']] }] })
    expect((await read(gzipSync(bytes))).rows).toEqual([['b']])
  })
})

describe('a hand-made workbook', () => {
  it('resolves shared strings, entities, phonetic runs and Office escapes', async () => {
    const strings = `<sst><si><t>a</t></si><si><t xml:space="preserve"> b &amp; &#x4E2D; </t></si><si><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si><si><t>x_x000D_y</t></si></sst>`
    const rows = [0, 1, 2, 3].map((i) => `<row r="${i + 1}"><c r="A${i + 1}" t="s"><v>${i}</v></c></row>`).join('')
    const found = await read(zipOf(workbookOf({ s: sheet(rows) }, { strings })))
    expect(found.rows).toEqual([[' b & 中 '], ['東京'], ['x\ry']])
  })
  it('keeps columns apart when cells or references are left out', async () => {
    const rows = `<row r="1">${text('A1', 'a')}${text('B1', 'b')}${text('C1', 'c')}</row><row r="2">${text('C2', 'z')}</row><row><c><v>1</v></c><c><v>2</v></c></row><row r="9"/>`
    expect((await read(zipOf(workbookOf({ s: sheet(rows) })))).rows).toEqual([
      [null, null, 'z'],
      [1, 2, null],
    ])
  })
  it('reads elements with a namespace prefix', async () => {
    const xml = `<x:worksheet xmlns:x="u"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>a</x:v></x:c></x:row><x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>`
    expect((await read(zipOf(workbookOf({ s: xml })))).rows).toEqual([[7]])
  })
  it('fills cells merged over rows, but not a title merged over columns', async () => {
    const rows = `<row r="1">${text('A1', '订单明细')}</row><row r="2">${text('A2', '客户')}${text('B2', '商品')}</row><row r="3">${text('A3', '张')}${text('B3', 'x')}</row><row r="4">${text('B4', 'y')}</row><row r="5">${text('A5', '李')}${text('B5', 'z')}</row>`
    const merges = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A3:A4"/></mergeCells>'
    const { rows: found, table } = await read(zipOf(workbookOf({ s: sheet(rows, merges) })))
    expect(table.columns).toEqual(['客户', '商品'])
    expect(found).toEqual([
      ['张', 'x'],
      ['张', 'y'],
      ['李', 'z'],
    ])
  })
  it('reads the first visible sheet with cells, or the one that is named', async () => {
    const one = sheet(`<row r="1">${text('A1', 'a')}</row><row r="2">${text('A2', 'hidden')}</row>`)
    const two = sheet(`<row r="1">${text('A1', 'a')}</row><row r="2">${text('A2', 'seen')}</row>`)
    const book = zipOf(workbookOf({ 隐藏: one, 空: sheet(''), 数据: two }, { states: { 隐藏: 'hidden' } }))
    expect((await read(book)).rows).toEqual([['seen']])
    expect((await read(book, { sheet: '隐藏' })).rows).toEqual([['hidden']])
    await expect(read(book, { sheet: 'x' })).rejects.toMatchObject({ code: 'SHEET_UNKNOWN' })
    await expect(read(book, { sheet: '空' })).rejects.toMatchObject({ code: 'FILE_EMPTY' })
  })
  it('reads dates by their style, also counted from 1904', async () => {
    const styles =
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    const rows = `<row r="1">${text('A1', 'a')}${text('B1', 'b')}</row><row r="2"><c r="A2" s="1"><v>40513.35138888889</v></c><c r="B2" s="2"><v>46112</v></c></row><row r="3"><c r="A3"><v>40513.5</v></c><c r="B3" t="e"><v>#N/A</v></c></row>`
    expect((await read(zipOf(workbookOf({ s: sheet(rows) }, { styles })))).rows).toEqual([
      ['2010-12-01 08:26:00', '2026-03-31'],
      [40513.5, null],
    ])
    const book = workbookOf({ s: sheet(rows) }, { styles, workbookPr: '<workbookPr date1904="1"/>' })
    expect((await read(zipOf(book))).rows[0]).toEqual(['2014-12-02 08:26:00', '2030-04-01'])
  })
  it('refuses one row that is too long and keeps the others', async () => {
    const rows = `<row r="1">${text('A1', 'a')}</row><row r="2">${text('A2', 'x'.repeat(10_000_000))}</row><row r="3">${text('A3', 'z')}</row>`
    const { rows: found, broken } = await read(zipOf(workbookOf({ s: sheet(rows) })))
    expect(found).toEqual([['z']])
    expect(broken.map((one) => one.reason)).toEqual(['row_too_long'])
  })
})

describe('a hostile workbook', () => {
  it('is refused as a bomb before anything is unpacked', async () => {
    const parts = workbookOf({ s: sheet('<row r="1"/>') })
    for (const size of [0xfffffffe, 500 * 1024 * 1024]) {
      const bomb = zipOf(parts, { 'xl/worksheets/sheet1.xml': size })
      await expect(read(bomb)).rejects.toMatchObject({ code: 'FILE_UNPACKS_TOO_LARGE' })
    }
  })
  it('is stopped when a part unpacks to more than it said', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `<row r="${i + 1}">${text(`A${i + 1}`, `v${i}`)}</row>`).join(
      '',
    )
    const { broken, rows: found } = await read(
      zipOf(workbookOf({ s: sheet(rows) }), { 'xl/worksheets/sheet1.xml': 200_000 }),
    ).catch((error: unknown) => ({ broken: [{ reason: String((error as { code?: string }).code) }], rows: [] }))
    expect(['file_cut_off', 'FILE_DAMAGED']).toContain(broken[0]?.reason)
    expect(found.length).toBeLessThan(5_000)
  })
  it.each([
    ['cut off', (whole: Buffer) => whole.subarray(0, whole.length - 40), 'FILE_DAMAGED'],
    [
      'with a broken directory',
      (whole: Buffer) => Buffer.concat([whole.subarray(0, -200), Buffer.alloc(150), whole.subarray(-50)]),
      'FILE_DAMAGED',
    ],
    ['without a workbook', () => zipOf({ 'readme.txt': 'hello' }), 'FILE_FORMAT_UNSUPPORTED'],
  ])('is refused when %s', async (_name, spoil, code) => {
    const whole = zipOf(workbookOf({ s: sheet(`<row r="1">${text('A1', 'a')}</row>`) }))
    await expect(read(spoil(whole))).rejects.toMatchObject({ code })
  })
})

describe('number formats', () => {
  it.each([
    ['General', 'number'],
    ['0.00', 'number'],
    ['#,##0.00_);[Red](#,##0.00)', 'number'],
    ['0.00E+00', 'number'],
    ['0"天"', 'number'],
    ['¥#,##0.00', 'number'],
    ['@', 'number'],
    ['yyyy-mm-dd', 'date'],
    ['mmm-yy', 'date'],
    ['m"月"d"日"', 'date'],
    ['[$-804]yyyy"年"m"月"d"日";@', 'date'],
    ['yyyy/m/d h:mm', 'dateTime'],
    ['yyyy-mm-dd hh:mm:ss.000', 'dateTime'],
    ['h:mm AM/PM', 'time'],
    ['[h]:mm:ss', 'time'],
    ['mm:ss', 'time'],
  ])('%s is a %s', (format, style) => {
    expect(styleOfFormat(format)).toBe(style)
  })
  it.each([
    [1, 'date', '1900-01-01'],
    [59, 'date', '1900-02-28'],
    [61, 'date', '1900-03-01'],
    [40513.35138888889, 'dateTime', '2010-12-01 08:26:00'],
    [40513.351388888, 'dateTime', '2010-12-01 08:26:00'],
    [45000.0000058, 'dateTime', '2023-03-15 00:00:00.501'],
    [0.5, 'time', '12:00:00'],
    [-1, 'date', null],
    [3_000_000, 'date', null],
  ] as const)('serial %s as %s is %s', (serial, style, shown) => {
    expect(serialToText(serial, style, false)).toBe(shown)
  })
})
