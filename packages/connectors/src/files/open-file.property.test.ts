import { gzipSync } from 'node:zlib'
import { AppError } from '@tagtree/core/kernel/app-error'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, readWhole } from './file-testkit.js'
import { csvOf } from './table-testkit.js'
import { workbookOf, zipOf } from './xlsx/zip-testkit.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

/** A file is read to its end or refused with a code; nothing else may happen. */
async function isReadOrRefused(content: Uint8Array): Promise<void> {
  try {
    await readWhole(folder.write('any', content))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    expect(error.code).not.toBe('INTERNAL')
  }
}

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      ';',
      '\t',
      '{',
      '}',
      '[',
      ']',
      ':',
      '\\',
      '"a":',
      '1e400',
      '__proto__',
      '北京',
      '\ufeff',
      '\u0000',
    ),
    fc.string({ maxLength: 8 }),
  ),
  { maxLength: 60 },
)

describe('any bytes', () => {
  it('are read or refused, never something else', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), isReadOrRefused), { numRuns: 300 })
  })
  it('of text with quotes, brackets and line ends are read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', '[', '{', 'a,b\n'), pieces, fc.boolean(), async (start, parts, zipped) => {
        const bytes = Buffer.from(start + parts.join(''))
        await isReadOrRefused(zipped ? gzipSync(bytes).subarray(0, bytes.length + 20) : bytes)
      }),
      { numRuns: 500 },
    )
  })
  it('of a workbook with spoilt bytes are read or refused', async () => {
    const cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    const whole = zipOf(workbookOf({ s: `<worksheet><sheetData>${cell.repeat(20)}</sheetData></worksheet>` }))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), async (changes) => {
        const spoilt = Buffer.from(whole)
        for (const [at, byte] of changes) spoilt[at] = byte
        await isReadOrRefused(spoilt)
      }),
      { numRuns: 300 },
    )
  })
})

describe('any table written as CSV', () => {
  it('comes back as it was', async () => {
    const cell = fc.option(
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
        .filter((text) => !/^\s|\s$|[\r\ufeff\uffff]/.test(text)),
      { nil: null },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1 }), cell, cell), { minLength: 2, maxLength: 20 }),
        async (rows) => {
          const table = { columns: ['id', 'x', 'y'], rows: rows.map(([id, x, y]) => ({ id: String(id), x, y })) }
          const found = await readWhole(folder.write('t.csv', csvOf(table)), {
            delimiter: ',',
            encoding: 'utf-8',
            header: true,
          })
          expect(found.broken).toEqual([])
          expect(found.rows).toEqual(table.rows.map((row) => [row.id, row.x, row.y]))
        },
      ),
      { numRuns: 200 },
    )
  })
})
