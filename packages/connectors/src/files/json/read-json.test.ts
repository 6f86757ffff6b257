import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, readWhole } from '../file-testkit.js'

let folder: Awaited<ReturnType<typeof makeFolder>>
beforeAll(async () => {
  folder = await makeFolder()
})
afterAll(() => folder.remove())
const read = (content: string | Uint8Array, options = {}) => readWhole(folder.write('any.bin', content), options)

describe('NDJSON', () => {
  it('flattens objects and keeps arrays', async () => {
    const { table, rows } = await read('{"id":1,"user":{"city":"北京","tags":["a"]}}\n{"id":2,"vip":true}\n')
    expect(table.format).toBe('ndjson')
    expect(table.columns).toEqual(['id', 'user.city', 'user.tags', 'vip'])
    expect(rows).toEqual([
      [1, '北京', ['a'], null],
      [2, null, null, true],
    ])
  })
  it('keeps long numbers and 1e400 does not end anything', async () => {
    const { rows } = await read('{"id":123456789012345678,"s":"9999999999999999 \\" x","n":1e400}\n')
    expect(rows).toEqual([['123456789012345678', '9999999999999999 " x', Number.POSITIVE_INFINITY]])
  })
  it('repairs halves of surrogate pairs in values and refuses none of the row', async () => {
    const { rows } = await read('{"s":"a\\ud800b","t":"\\ud83d\\ude00"}\n')
    expect(rows).toEqual([['a\ufffdb', '😀']])
  })
  it('rejects a broken line and keeps its neighbours', async () => {
    const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`
    const lines = [
      '{"a":1}',
      '{"a":',
      '[1]',
      deep,
      '{"__proto__":{"x":1}}',
      '{"a":{"constructor":1}}',
      `{"a":"${'x'.repeat(10_000_000)}"}`,
      '{"a":NaN}',
      '',
      '{"a":2}',
    ]
    const { rows, broken, numbers } = await read(`${lines.join('\n')}\n`)
    expect(rows).toEqual([[1], [2]])
    expect(numbers).toEqual([1, 10])
    expect(broken.map((one) => [one.number, one.reason])).toEqual([
      [2, 'json_broken'],
      [3, 'json_not_object'],
      [4, 'json_too_deep'],
      [5, 'key_forbidden'],
      [6, 'key_forbidden'],
      [7, 'row_too_long'],
      [8, 'json_broken'],
    ])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
  it('refuses a line of invalid UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"x"}\n{"a":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n{"a":"y"}\n'),
    ])
    const { rows, broken } = await read(bytes)
    expect(rows).toEqual([['x'], ['y']])
    expect(broken.map((one) => one.reason)).toEqual(['encoding_broken'])
  })
  it('is read from gzip up to the damage', async () => {
    const whole = gzipSync(Array.from({ length: 30_000 }, (_, i) => `{"i":${i},"s":"${Math.sin(i)}"}`).join('\n'))
    const { rows, broken } = await read(whole.subarray(0, whole.length - 5_000))
    expect(rows.length).toBeGreaterThan(1_000)
    expect(broken.map((one) => one.reason)).toEqual(['file_cut_off'])
  })
})

describe('a JSON array', () => {
  const cases: [string, string, unknown[][], string[]][] = [
    ['on one line', '[{"a":1},{"a":2}]', [[1], [2]], []],
    [
      'pretty printed',
      '[\n  {\n    "a": 1,\n    "b": {"c": [1, {"d": 2}]}\n  },\n  {"a": 2}\n]\n',
      [
        [1, [1, { d: 2 }]],
        [2, null],
      ],
      [],
    ],
    ['inside of an object', '{\n"count": 2,\n"rows": [{"a":1}, {"a":2}]\n}', [[1], [2]], []],
    ['with brackets in strings', '[{"a":"}],{"},{"a":"\\"]"}]', [['}],{'], ['"]']], []],
    ['with a broken element', '[{"a":1},{"a":},{"a":3}]', [[1], [3]], ['json_broken']],
    ['with a string that never ends', '[{"a":1},\n{"a":"x},\n{"a":3}\n]', [[1], [3]], ['json_broken']],
    ['with a missing brace', '[{"a":1},\n{"a":2,\n{"a":3},\n{"a":4}\n]', [[1], [3], [4]], ['json_broken']],
    ['with a brace too many', '[{"a":1}},{"a":2},{"a":3}]', [[1], [2], [3]], ['json_broken']],
    ['with brackets crossed', '[{"a":[1},{"a":2},{"a":3}]', [[2], [3]], ['json_broken']],
    ['that never ends', '[{"a":1},{"a":2}', [[1], [2]], ['file_cut_off']],
    ['cut inside of an element', '[{"a":1},{"a":', [[1]], ['file_cut_off']],
    ['of something else', '[{"a":1},2,"x",null]', [[1]], ['json_not_object', 'json_not_object', 'json_not_object']],
  ]
  it.each(cases)('%s', async (_name, text, rows, broken) => {
    const found = await read(text)
    expect(found.table.format).toBe('json')
    expect(found.rows).toEqual(rows)
    expect(found.broken.map((one) => one.reason)).toEqual(broken)
  })
  it('of many rows comes through whole, whatever the block borders', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ i, s: `值 ${i} "x" ]},{` }))
    const found = await read(JSON.stringify(rows))
    expect(found.broken).toEqual([])
    expect(found.rows).toEqual(rows.map((row) => [row.i, row.s]))
  })
  it('with a 10 MB element loses only that one', async () => {
    const { rows, broken } = await read(`[{"a":1},\n{"a":"${'x'.repeat(10_000_000)}"},\n{"a":3}]`)
    expect(rows).toEqual([[1], [3]])
    expect(broken.map((one) => one.reason)).toEqual(['row_too_long'])
  })
})
