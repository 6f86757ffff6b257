import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, readWhole } from '../file-testkit.js'

/** Files written by ClickHouse (FORMAT Parquet); five rows of every type, and 3,000 rows in groups of 700. */
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())

describe('a Parquet file', () => {
  it.each(['zstd', 'snappy', 'none'])('packed with %s gives every value without loss', async (codec) => {
    const { rows, table, numbers } = await readWhole(fixture(`all-types.${codec}.parquet`))
    const row = (n: number) => Object.fromEntries(table.columns.map((name, at) => [name, rows[n]?.[at]]))
    expect(table).toMatchObject({ format: 'parquet', totalRows: 5 })
    expect(numbers).toEqual([1, 2, 3, 4, 5])
    expect(row(0)).toEqual({
      id: 0,
      big: '9007199254740993',
      huge: '18446744073709551615',
      price: '12345678901234.5678',
      small: -1.05,
      f32: 2.55,
      f64: 2.55,
      at: '2010-12-01T08:26:00.123Z',
      day: '2026-01-02',
      city: '北京',
      yes: true,
      list: [1, 2, 0],
      m: { a: 'b' },
    })
    expect(row(1)).toMatchObject({ f64: null, price: '12345678901235.5678' })
    expect(row(2).city).toBeNull()
  })

  it('is read group by group', async () => {
    const { rows, table } = await readWhole(fixture('groups.parquet'))
    expect(table.totalRows).toBe(3000)
    expect(rows).toEqual(Array.from({ length: 3000 }, (_, n) => [n, `row ${n}`]))
  })

  it('leaves out columns nobody wants, and may be wrapped in gzip', async () => {
    const path = folder.write('x', gzipSync(readFileSync(fixture('groups.parquet'))))
    const { rows } = await readWhole(path)
    expect(rows).toHaveLength(3000)
  })

  it('that is cut off is refused', async () => {
    const whole = readFileSync(fixture('groups.parquet'))
    await expect(readWhole(folder.write('y', whole.subarray(0, 10_000)))).rejects.toMatchObject({
      code: 'FILE_DAMAGED',
    })
  })

  it('with broken pages gives what came before them', async () => {
    const whole = Buffer.from(readFileSync(fixture('groups.parquet')))
    whole.fill(0xab, 12_000, 12_400)
    const { rows, broken } = await readWhole(folder.write('z', whole))
    expect(rows.length).toBeLessThan(3000)
    expect(rows.slice(0, 700)).toEqual(Array.from({ length: 700 }, (_, n) => [n, `row ${n}`]))
    expect(broken.map((one) => one.reason)).toEqual(['file_cut_off'])
  })
})
