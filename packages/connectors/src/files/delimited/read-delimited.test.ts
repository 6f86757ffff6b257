import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, readWhole } from '../file-testkit.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

const read = (content: string | Uint8Array, options = {}) => readWhole(folder.write('any.bin', content), options)
const shop = 'id,城市,amount\n1,北京,2.5\n2,上海,\n3,"广州,天河",4\n'

describe('a delimited file', () => {
  it('gives its rows by line, with empty cells as null', async () => {
    const { rows, numbers, table } = await read(shop)
    expect(rows).toEqual([
      ['1', '北京', '2.5'],
      ['2', '上海', null],
      ['3', '广州,天河', '4'],
    ])
    expect(numbers).toEqual([2, 3, 4])
    expect(table).toMatchObject({ format: 'csv', encoding: 'utf-8', delimiter: ',', header: true })
  })

  const encodings: [string, (text: string) => Uint8Array, string][] = [
    ['UTF-8 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-16 LE', (text) => iconv.encode(text, 'utf-16le', { addBOM: true }), 'utf-16le'],
    ['UTF-16 BE', (text) => iconv.encode(text, 'utf-16be', { addBOM: true }), 'utf-16be'],
    ['UTF-16 without a mark', (text) => iconv.encode(text, 'utf-16le', { addBOM: false }), 'utf-16le'],
    ['GBK', (text) => iconv.encode(text, 'gbk'), 'gb18030'],
    ['GB18030 with four-byte characters', (text) => iconv.encode(`${text}4,𠮷野家,1\n`, 'gb18030'), 'gb18030'],
    ['gzip of GB18030', (text) => gzipSync(iconv.encode(text, 'gb18030')), 'gb18030'],
    ['gzip of two members', (text) => Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))]), 'utf-8'],
  ]
  it.each(encodings)('is read from %s', async (_name, encode, label) => {
    const { rows, table } = await read(encode(shop))
    expect(table.encoding).toBe(label)
    expect(rows.slice(0, 3).map((row) => row[1])).toEqual(['北京', '上海', '广州,天河'])
  })

  it('is read in the encoding the user names', async () => {
    const { rows } = await read(iconv.encode('id,name\n1,é\n', 'latin1'), { encoding: 'windows-1252' })
    expect(rows).toEqual([['1', 'é']])
    await expect(read('a,b\n', { encoding: 'klingon' })).rejects.toMatchObject({ code: 'FILE_ENCODING_UNKNOWN' })
  })

  it.each([
    ['\t', 'a\tb\n1\t2,5\n'],
    [';', 'a;b\n1;2,5\n2;3,5\n'],
    ['|', 'a|b\n1|2,5\n'],
    [',', 'a,b\n1,"2;5"\n'],
    [';', 'sep=;\na;b\n1;2\n'],
    [',', 'only\n1\n2\n'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    const { table, rows } = await read(text)
    expect(table.delimiter).toBe(delimiter)
    expect(rows.length).toBeGreaterThan(0)
  })

  it.each(['\n', '\r\n', '\r'])('may end its lines with %j', async (end) => {
    expect((await read(['a,b', '1,2', '3,4', ''].join(end))).rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
  })
})

describe('quotes', () => {
  const cases: [string, string, unknown[][], [number, string][]][] = [
    [
      'may span lines and hold doubled quotes',
      'a,b\n1,"x\ny ""z"""\n2,w\n',
      [
        ['1', 'x\ny "z"'],
        ['2', 'w'],
      ],
      [],
    ],
    [
      'inside of a plain cell are characters',
      'a,b\n1,5" pipe\n2,w\n',
      [
        ['1', '5" pipe'],
        ['2', 'w'],
      ],
      [],
    ],
    [
      'may have blanks around them',
      'a,b\n1, "x" \n2,w\n',
      [
        ['1', 'x'],
        ['2', 'w'],
      ],
      [],
    ],
    [
      'never closed break their own line only',
      'a,b\n1,"x\n2,y\n3,z\n',
      [
        ['2', 'y'],
        ['3', 'z'],
      ],
      [[2, 'quote_broken']],
    ],
    [
      'never closed, with good quotes behind, break their own line only',
      'a,b\n1,"x\n2,"y"\n3,""\n4,"z"\n',
      [
        ['2', 'y'],
        ['3', null],
        ['4', 'z'],
      ],
      [[2, 'quote_broken']],
    ],
    ['closed too early break their own line only', 'a,b\n1,"x"y\n2,"z"\n', [['2', 'z']], [[2, 'quote_broken']]],
    [
      'that swallow a line and end with the wrong width are taken back',
      'a,b,c\n1,"x,9\n2,y"\n3,z,7\n',
      [['3', 'z', '7']],
      [
        [2, 'quote_broken'],
        [3, 'cells_fewer'],
      ],
    ],
    ['at the very end break the last line', 'a,b\n1,x\n2,"y', [['1', 'x']], [[3, 'quote_broken']]],
  ]
  it.each(cases)('%s', async (_name, text, rows, broken) => {
    const found = await read(text)
    expect(found.rows).toEqual(rows)
    expect(found.broken.map((one) => [one.number, one.reason])).toEqual(broken)
  })

  it('stay linear in a hostile file', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},"${'""'.repeat(20)},x`)
    const begun = performance.now()
    const { broken, rows } = await read(`a,b,c,d\n${lines.join('\n')}\nlast,1,2,3\n`)
    expect(rows.at(-1)).toEqual(['last', '1', '2', '3'])
    expect(broken.length + rows.length).toBe(20_001)
    expect(performance.now() - begun).toBeLessThan(10_000)
  })
})

describe('a broken row', () => {
  it('with the wrong number of cells says how many', async () => {
    const { rows, broken } = await read('a,b\n1,2,3\n4\n5,6,,,\n7,8\n,\n\n')
    expect(rows).toEqual([
      ['5', '6'],
      ['7', '8'],
    ])
    expect(broken).toEqual([
      { number: 2, reason: 'cells_more', text: '1,2,3' },
      { number: 3, reason: 'cells_fewer', text: '4' },
    ])
  })

  it('of 10 MB is refused without harming its neighbours', async () => {
    const { rows, broken } = await read(
      `a,b\n1,2\n3,${'x'.repeat(10_000_000)}\n4,5\n6,"${'y'.repeat(10_000_000)}"\n7,8\n`,
    )
    expect(rows).toEqual([
      ['1', '2'],
      ['4', '5'],
      ['7', '8'],
    ])
    expect(broken.map((one) => [one.number, one.reason])).toEqual([
      [3, 'row_too_long'],
      [5, 'row_too_long'],
    ])
  })

  it('of undecodable bytes is refused alone', async () => {
    const bytes = Buffer.concat([Buffer.from('a,b\n1,北\n2,'), Buffer.from([0xff, 0xfe]), Buffer.from('\n3,京\n')])
    const { rows, broken } = await read(bytes)
    expect(rows).toEqual([
      ['1', '北'],
      ['3', '京'],
    ])
    expect(broken.map((one) => [one.number, one.reason])).toEqual([[3, 'encoding_broken']])
  })

  it('marks where a gzip file is cut off; what came before stays', async () => {
    const text = `a,b\n${Array.from({ length: 50_000 }, (_, i) => `${i},${Math.sin(i)}`).join('\n')}\n`
    const whole = gzipSync(text)
    const { rows, broken } = await read(whole.subarray(0, whole.length / 2))
    expect(rows.length).toBeGreaterThan(1_000)
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, i) => [String(i), String(Math.sin(i))]))
    expect(broken.map((one) => one.reason)).toEqual(['file_cut_off'])
  })
})

describe('a header', () => {
  it('that is repeated is a rejected row', async () => {
    const { rows, broken } = await read('a,b\n1,2\na,b\n3,4\n')
    expect(rows).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
    expect(broken).toEqual([{ number: 3, reason: 'header_repeated', text: 'a,b' }])
  })
  it('that is missing gives numbered columns and a warning', async () => {
    const { table, rows } = await read('1,2010-12-01,x\n2,2010-12-02,y\n')
    expect(table.columns).toEqual(['column_1', 'column_2', 'column_3'])
    expect(table.warnings).toEqual([{ code: 'header_missing', words: {} }])
    expect(rows).toHaveLength(2)
  })
  it('is taken on the user’s word', async () => {
    expect((await read('x,y\nz,w\n', { header: false })).rows).toHaveLength(2)
    expect((await read('2019,2020\n1,2\n', { header: true })).table.columns).toEqual(['2019', '2020'])
  })
  it('gets unique and harmless names', async () => {
    const { table } = await read('金额,,金额,__proto__,constructor\nx,y,z,p,c\n')
    expect(table.columns).toEqual(['金额', 'column_2', '金额 (2)', 'column_4', 'column_5'])
    expect(table.warnings.map((warning) => warning.code)).toEqual([
      'header_empty',
      'header_duplicate',
      'header_reserved',
      'header_reserved',
    ])
  })
  it('may stand below a title', async () => {
    const { table, rows } = await read('2024年订单明细,,\n制表人,王,\nid,name,amount\n1,x,2\n3,y,4\n')
    expect(table.columns).toEqual(['id', 'name', 'amount'])
    expect(rows).toHaveLength(2)
  })
})

describe('a file that is no table', () => {
  it.each([
    ['a PDF document', '%PDF-1.7\n%âãÏÓ\n'],
    ['an old Excel workbook (.xls) or one protected by a password', Buffer.from('d0cf11e0a1b11ae100000000', 'hex')],
    ['an HTML or XML document', '<!DOCTYPE html><html><body>login</body></html>'],
    ['no text and no known table format', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 37) % 31))],
    ['a PDF document', gzipSync('%PDF-1.7\n')],
  ])('is refused as %s', async (found, content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'FILE_FORMAT_UNSUPPORTED', words: { found } })
  })
  it.each(['', '\n \n', '\ufeff'])('is refused when it is empty: %j', async (content) => {
    await expect(read(content)).rejects.toMatchObject({ code: 'FILE_EMPTY' })
  })
  it('is refused when its gzip holds nothing', async () => {
    await expect(read(gzipSync('a,b\n1,2\n').subarray(0, 10))).rejects.toMatchObject({ code: 'FILE_DAMAGED' })
  })
})
