import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decimalFromScaled,
  decimalToScaled,
  digitsOf,
  divideDecimals,
  formatDecimal,
  multiplyDecimals,
  ONE,
  parseDecimal,
  parseStored,
  roundDecimal,
} from './decimal.js'

describe('parseDecimal', () => {
  it.each([
    ['1', '1'],
    ['-0.5', '-0.5'],
    ['+2.55', '2.55'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.5E-2', '0.015'],
    ['0.000000005', '0'],
    ['0.000000015', '0.00000002'],
    ['1e-300', '0'],
    ['0e999', '0'],
  ])('reads %s as %s', (text, shown) => {
    const read = parseDecimal(text)
    expect(read === null ? null : formatDecimal(read)).toBe(shown)
  })
  it.each(['', '.', '-', 'NaN', 'Infinity', '1e400', '1,000', '0x10', '1 2', '--1', '９'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeNull()
  })
  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])('refuses the float %s', (float) => {
    expect(parseDecimal(float)).toBeNull()
  })
  it('gives back what formatDecimal wrote', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 26n), max: 10n ** 26n }), (value) => {
        expect(parseDecimal(formatDecimal(value))).toBe(value)
      }),
    )
  })
})

describe('rounding', () => {
  it('is half-even on both sides of zero', () => {
    const round = (text: string, decimals: number) => formatDecimal(roundDecimal(parseDecimal(text) ?? 0n, decimals))
    expect(['0.00005', '0.00015', '-0.00005', '-0.00015', '2.5', '1.23456'].map((text) => round(text, 4))).toEqual([
      '0',
      '0.0002',
      '0',
      '-0.0002',
      '2.5',
      '1.2346',
    ])
  })
  it('truncates products and quotients toward zero', () => {
    expect(divideDecimals(-ONE, 3n * ONE)).toBe(-33333333n)
    expect(divideDecimals(ONE, 0n)).toBeNull()
    expect(multiplyDecimals(-1n, 5n)).toBe(0n)
  })
})

describe('parseStored', () => {
  const stored = (input: string | number) => {
    const read = parseStored(input)
    return read.ok ? formatDecimal(read.decimal) : read.reason
  }
  it('rounds once, half to even, at the fourth decimal', () => {
    expect(['0.00005', '0.000050000000001', '0.00015', '0.00025', '-0.00015'].map(stored)).toEqual([
      '0',
      '0.0001',
      '0.0002',
      '0.0002',
      '-0.0002',
    ])
    expect([stored(0.1), stored(1.005), stored(1e-7)]).toEqual(['0.1', '1.005', '0'])
  })
  it('refuses what does not fit fourteen digits and what is no number', () => {
    expect(stored('99999999999999.9999')).toBe('99999999999999.9999')
    for (const text of ['1e400', '100000000000000', '99999999999999.99995', '-1e14'])
      expect(stored(text)).toBe('too_large')
    for (const text of ['', 'abc', 'NaN', '1,000', 'Infinity']) expect(stored(text)).toBe('not_a_number')
    expect(stored(Number.NaN)).toBe('not_a_number')
  })
})

it('changes to the scale of a column and back, cutting toward zero', () => {
  expect(decimalToScaled(parseDecimal('-1.99999') ?? 0n, 4)).toBe(-19_999n)
  expect(decimalFromScaled(3n, 0)).toBe(parseDecimal(3))
})

it('counts the digits a literal needs', () => {
  expect(digitsOf(1234.5)).toEqual({ total: 5, decimals: 1 })
  expect(digitsOf(1e21)).toEqual({ total: 22, decimals: 0 })
  expect(digitsOf(0.00001)).toEqual({ total: 5, decimals: 5 })
  expect(digitsOf(Number.NaN)).toBeNull()
})
