import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zoneOf } from '../kernel/zone.js'
import { coerceValue } from './coerce.js'
import { flattenProperties } from './flatten.js'
import { inferType } from './infer-type.js'
import { storedNumber } from './stored-number.js'
import { storedText } from './stored-text.js'

const zone = zoneOf('Asia/Shanghai')

describe('numbers at the door', () => {
  it.each([
    [12, '12'],
    [-0, '0'],
    ['0012.50', '12.5'],
    ['.5', '0.5'],
    ['-7.', '-7'],
    ['1.23456', '1.2346'],
    ['1.23445', '1.2344'],
    ['1.23455', '1.2346'],
    ['1.234450000000001', '1.2345'],
    [0.1, '0.1'],
    ['1e3', '1000'],
    ['12e-5', '0.0001'],
    ['5e-5', '0'],
    ['15e-5', '0.0002'],
    ['99999999999999.9999', '99999999999999.9999'],
    [1e21, null],
    ['100000000000000', null],
    ['1e400', null],
    [Number.NaN, null],
    [Number.POSITIVE_INFINITY, null],
    ['NaN', null],
    ['1,000', null],
    ['0x10', null],
    ['', null],
  ])('stores %s as %s', (input, expected) => expect(storedNumber(input)).toBe(expected))

  it('is stable: what is stored is stored again as itself', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e13, max: 1e13, noNaN: true }), (value) => {
        const once = storedNumber(value)
        expect(once).not.toBeNull()
        expect(storedNumber(once!)).toBe(once)
        expect(Math.abs(Number(once) - value)).toBeLessThanOrEqual(0.00005 + Math.abs(value) * 1e-15)
      }),
    )
  })
})

describe('values at the door', () => {
  it.each([
    ['2026-01-31', 'date', Date.UTC(2026, 0, 30, 16)],
    ['2026/1/31 08:30', 'date', Date.UTC(2026, 0, 31, 0, 30)],
    ['2026-01-31T08:30:00.250Z', 'date', Date.UTC(2026, 0, 31, 8, 30, 0, 250)],
    ['2026-01-31T08:30:00+02:00', 'date', Date.UTC(2026, 0, 31, 6, 30)],
    [Date.UTC(2026, 0, 31), 'date', Date.UTC(2026, 0, 31)],
    ['是', 'bool', true],
    [0, 'bool', false],
    [12.5, 'text', '12.5'],
    [' Ａ级 ', 'text', 'A级'],
    ['a', 'list', ['a']],
  ] as const)('reads %s as %s', (raw, type, expected) => {
    expect(coerceValue(raw, type, zone)).toMatchObject({ value: expected })
  })

  it.each([
    ['2026-02-30', 'date', 'not_a_date'],
    ['1850-01-01', 'date', 'not_a_date'],
    ['soon', 'date', 'not_a_date'],
    ['XL', 'number', 'not_a_number'],
    [{ a: 1 }, 'text', 'not_a_text'],
    ['maybe', 'bool', 'not_a_bool'],
    [[{ a: 1 }], 'list', 'not_a_list'],
    ['x'.repeat(70_000), 'text', 'text_too_long'],
  ] as const)('refuses %s as %s', (raw, type, fault) => expect(coerceValue(raw, type, zone)).toBe(fault))

  it('takes null, nothing and empty text of another type for missing', () => {
    expect([null, undefined].map((raw) => coerceValue(raw, 'text', zone))).toEqual([null, null])
    expect(coerceValue(' ', 'number', zone)).toBeNull()
    expect(coerceValue('', 'date', zone)).toBeNull()
  })

  it('keeps prose as sent and repairs half characters', () => {
    const prose = `  ${'ﬁ'.repeat(200)}`
    expect(storedText(prose)).toBe(prose)
    expect(storedText('a\ud800b')).toBe('a\ufffdb')
  })
})

describe('names and types that nobody declared', () => {
  it('infers a type from what was seen', () => {
    expect(inferType([1, 2.5])).toBe('number')
    expect(inferType([null, true])).toBe('bool')
    expect(inferType(['2026-01-31', '2026-01-31T10:00:00Z'])).toBe('date')
    expect(inferType(['2026-01-31', 'soon'])).toBe('text')
    expect(inferType(['001', '2'])).toBe('text')
    expect(inferType([1, 'XL'])).toBe('text')
    expect(inferType([['a', 1]])).toBe('list')
    expect(inferType([null, '', { a: 1 }])).toBeNull()
  })

  it('flattens objects and refuses hostile, doubled and too deep names', () => {
    const hostile = JSON.parse('{"a":{"b":1},"a.b":2,"__proto__":{"x":1},"":3,"ok":[1],"items":[]}') as Record<
      string,
      never
    >
    const { properties, faults } = flattenProperties(hostile, new Set(['items']))
    expect(properties).toEqual([
      { name: 'a.b', value: 1 },
      { name: 'ok', value: [1] },
    ])
    expect(faults).toEqual([
      { pointer: '/a.b', fault: 'name_twice' },
      { pointer: '/__proto__', fault: 'name_invalid' },
      { pointer: '/', fault: 'name_invalid' },
    ])
    const deep = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) as Record<string, never>
    expect(flattenProperties(deep).faults).toMatchObject([{ fault: 'too_deep' }])
  })
})
