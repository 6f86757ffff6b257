import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDecimal } from '../../../kernel/decimal.js'
import { instantOfLocal, zoneOf } from '../../../kernel/zone.js'
import { dateReader, readUnambiguousDate } from './date-format.js'
import { makeLocalClock } from './local-clock.js'
import { makeCellReader } from './read-cell.js'
import { rawNumber, readNumber } from './read-number.js'

const at = (text: string): number => Date.parse(`${text}Z`)

describe('dates that can be meant in one way', () => {
  it.each([
    ['2010-12-01 08:26:00', '2010-12-01T08:26:00', false],
    ['2010-12-01T08:26:00', '2010-12-01T08:26:00', false],
    ['2010/12/1', '2010-12-01T00:00:00', false],
    ['2010.12.1 8:05', '2010-12-01T08:05:00', false],
    ['20101201', '2010-12-01T00:00:00', false],
    ['20101201082600', '2010-12-01T08:26:00', false],
    ['2026年1月2日', '2026-01-02T00:00:00', false],
    ['2026年1月2日 8时5分30秒', '2026-01-02T08:05:30', false],
    ['2026-01-31T10:00:00.250+08:00', '2026-01-31T02:00:00.250', true],
    ['2026-01-31T10:00Z', '2026-01-31T10:00:00', true],
    ['2024-02-29', '2024-02-29T00:00:00', false],
    ['2026-01-31 24:00', '2026-02-01T00:00:00', false],
    ['1700000000000', '2023-11-14T22:13:20', true],
  ])('%s', (text, shown, isInstant) => {
    expect(readUnambiguousDate(text)).toMatchObject({ ms: at(shown), isInstant })
  })
  it.each([
    '2010-13-01',
    '2025-02-29',
    '2010-12-01 25:00:00',
    '1/2/2010',
    '12.5',
    'soon',
    '2010-12-32',
    '20101301',
    '',
  ])('refuses %j', (text) => expect(readUnambiguousDate(text)).toBeNull())
  it('takes numbers for Excel days and ms since 1970', () => {
    expect(readUnambiguousDate(40513.35138888889)).toMatchObject({ ms: at('2010-12-01T08:26:00'), isInstant: false })
    expect(readUnambiguousDate(1_700_000_000_000)?.isInstant).toBe(true)
    expect(readUnambiguousDate(20101201)).toMatchObject({ ms: at('2010-12-01T00:00:00') })
  })
})

describe('dates by a format', () => {
  it.each([
    ['d/M/yyyy', '1/2/2010', '2010-02-01T00:00:00'],
    ['M/d/yyyy', '1/2/2010', '2010-01-02T00:00:00'],
    ['M/d/yy h:mm a', '12/1/10 8:26 PM', '2010-12-01T20:26:00'],
    ['yyyy年M月d日 ah:mm', '2010年12月1日 下午8:26', '2010-12-01T20:26:00'],
    ['dd.MM.yyyy HH:mm:ss', '01.12.2010 08:26:00', '2010-12-01T08:26:00'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSZ", '2010-12-01T08:26:00.5+01:00', '2010-12-01T07:26:00.500'],
    ['excel', '40513.35138888889', '2010-12-01T08:26:00'],
    ['unix', '1291191960', '2010-12-01T08:26:00'],
    ['unix_ms', '1291191960000', '2010-12-01T08:26:00'],
  ])('%s reads %s', (format, text, shown) => {
    expect(dateReader(format)?.(text)?.ms).toBe(at(shown))
  })
  it.each(['HH:mm', 'yyyy', 'yyyy-MM-dd QQ', 'yyyy-MM-dd dd', 'nonsense'])('%s is no format', (format) => {
    expect(dateReader(format)).toBeNull()
  })
})

describe('local clocks', () => {
  it('agree with the zone everywhere, gaps and doubled hours included', () => {
    for (const name of ['Asia/Shanghai', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe']) {
      const zone = zoneOf(name)
      const clock = makeLocalClock(zone)
      fc.assert(
        fc.property(fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2030, 0, 1) }), (localMs) => {
          expect(clock(localMs)).toBe(instantOfLocal(zone, localMs))
        }),
      )
      for (let local = Date.UTC(2011, 2, 1); local < Date.UTC(2011, 11, 1); local += 900_000) {
        expect(clock(local)).toBe(instantOfLocal(zone, local))
      }
    }
  })
})

describe('numbers as they are written', () => {
  it.each([
    ['12', '12'],
    ['-0.5', '-0.5'],
    ['+2.55', '2.55'],
    ['1,234.50', '1234.5'],
    ['12,3456,7890', '1234567890'],
    ['¥1,234.50', '1234.5'],
    ['￥ 99', '99'],
    ['99元', '99'],
    ['USD 12.30', '12.3'],
    ['(12.50)', '-12.5'],
    ['-$12.50', '-12.5'],
    ['$-12.50', '-12.5'],
    ['12.50-', '-12.5'],
    ['12%', '0.12'],
    ['１２．５', '12.5'],
    ['1e3', '1000'],
    ['1 234', '1234'],
    ['12345678901234.5678', '12345678901234.5678'],
    ['0.00000001', '0.00000001'],
  ])('%s is %s', (text, shown) => {
    const value = readNumber(text, '.')
    expect(value === null ? null : formatDecimal(value)).toBe(shown)
  })
  it.each(['', 'abc', '1.2.3', '12,34', '--5', '1e400', 'NaN', 'Infinity', '0x10', '¥', '-', '.', '5 apples'])(
    '%j is none',
    (text) => expect(readNumber(text, '.')).toBeNull(),
  )
  it('may have a decimal comma', () => {
    expect(readNumber('1.234,56', ',')).toBe(readNumber('1234.56', '.'))
  })
  it('come out as JSON numbers of four decimals, or as text when a float is too small for them', () => {
    expect(rawNumber(readNumber('2.00005', '.')!)).toBe(2)
    expect(rawNumber(readNumber('2.00015', '.')!)).toBe(2.0002)
    expect(rawNumber(readNumber('99999999999999.9999', '.')!)).toBe('99999999999999.9999')
    fc.assert(
      fc.property(fc.integer({ min: -1e15, max: 1e15 }), (scaled) => {
        expect(readNumber(String(rawNumber(BigInt(scaled) * 10_000n)), '.')).toBe(BigInt(scaled) * 10_000n)
      }),
    )
  })
})

describe('cells', () => {
  const local = (ms: number): number => ms
  it.each([
    ['text', ' a ', 'a'],
    ['text', 17850, '17850'],
    ['text', 1e21, '1000000000000000000000'],
    ['text', '', null],
    ['text', { a: 1 }, '{"a":1}'],
    ['number', 'n/a', null],
    ['number', '-', null],
    ['number', 'abc', { fault: 'number_unreadable' }],
    ['number', 'NaN', { fault: 'number_unreadable' }],
    ['number', Number.NaN, { fault: 'number_unreadable' }],
    ['number', Number.POSITIVE_INFINITY, { fault: 'number_out_of_range' }],
    ['number', '1e400', { fault: 'number_out_of_range' }],
    ['number', '100000000000000', { fault: 'number_out_of_range' }],
    ['number', [1], { fault: 'number_unreadable' }],
    ['date', '2010-13-45 25:61:00', { fault: 'date_unreadable' }],
    ['date', '1850-01-01', { fault: 'date_out_of_range' }],
    ['date', 'null', null],
    ['bool', '是', true],
    ['bool', 0, false],
    ['bool', 'maybe', { fault: 'bool_unreadable' }],
    ['text', 'x'.repeat(70_000), { fault: 'text_too_long' }],
  ] as const)('of %s: %j', (type, cell, value) => {
    expect(makeCellReader({ type }, local)(cell as never)).toEqual(value)
  })
  it('split lists and know their own words for nothing', () => {
    expect(makeCellReader({ type: 'list', split: '、' }, local)('读书、 跑步、')).toEqual(['读书', '跑步'])
    expect(makeCellReader({ type: 'date', missing: ['1900-01-01'] }, local)('1900-01-01')).toBeNull()
    expect(makeCellReader({ type: 'text', missing: ['未知'] }, local)('未知')).toBeNull()
  })
})
