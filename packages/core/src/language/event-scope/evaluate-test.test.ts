import { describe, expect, it } from 'vitest'
import { parseDecimal } from '../../kernel/decimal.js'
import type { EventValue, Test } from '../document.js'
import { evaluateEventValue } from './evaluate-event-value.js'
import { evaluateTest } from './evaluate-test.js'
import type { EventScope, EventScopeValue } from './event-scope.js'

const day = (text: string): number | null => {
  const instant = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text)
  return Number.isNaN(instant) ? null : instant
}
const properties: Record<string, EventScopeValue> = {
  amount: parseDecimal('200.5'),
  quantity: parseDecimal('3'),
  zero: 0n,
  city: '北京',
  path: '华东/上海/浦东',
  code: '12',
  title: 'Red SHOES Ä',
  gift: true,
  paid_at: day('2026-01-15T10:00:00Z'),
  skus: ['A100', 'B200'],
  none: [],
}
const scope: EventScope = {
  prop: (name) => properties[name] ?? null,
  clock: (field) => (field === 'hour' ? parseDecimal(10) : field === 'holiday' ? null : '2026-01-15'),
  operand: (value) => ('list' in value ? ['北京', '上海'] : 'attr' in value && value.attr === 'city' ? '上海' : null),
  instant: day,
  window: (window) =>
    typeof window === 'object' && 'last' in window
      ? { from: day('2026-01-10') as number, to: day('2026-01-20') as number }
      : null,
  anniversary: (_instant, window) => (typeof window === 'object' && 'coming' in window ? true : null),
}

const cases: [Test, boolean | null][] = [
  [{ prop: 'amount', gte: 200 }, true],
  [{ prop: 'amount', gt: 200.5 }, false],
  [{ prop: 'amount', is: 200.5 }, true],
  [{ prop: 'amount', isNot: 200.5 }, false],
  [{ prop: 'amount', lte: 200.4999 }, false],
  [{ prop: 'amount', between: [200.5, 300] }, true],
  [{ prop: 'amount', lt: { prop: 'quantity' } }, false],
  [{ prop: 'amount', is: 'two hundred' }, null],
  [{ prop: 'missing', gte: 1 }, null],
  [{ prop: 'missing', isNot: 1 }, null],
  [{ prop: 'missing', known: false }, true],
  [{ prop: 'amount', known: true }, true],
  [{ prop: 'city', is: '北京' }, true],
  [{ prop: 'city', isNot: { attr: 'city' } }, true],
  [{ prop: 'city', is: { attr: 'other' } }, null],
  [{ prop: 'city', in: ['上海', '北京'] }, true],
  [{ prop: 'city', notIn: { list: 'big' } }, false],
  [{ prop: 'city', in: { attr: 'other' } }, null],
  [{ prop: 'missing', notIn: ['a'] }, null],
  [{ prop: 'code', is: 12 }, true],
  [{ prop: 'code', in: [11, 12] }, true],
  [{ prop: 'quantity', in: [1, 3] }, true],
  [{ prop: 'quantity', in: ['3'] }, false],
  [{ prop: 'title', contains: 'shoes' }, true],
  [{ prop: 'title', contains: 'ä' }, false],
  [{ prop: 'title', startsWith: 'red' }, true],
  [{ prop: 'title', endsWith: 'Ä' }, true],
  [{ prop: 'amount', contains: '2' }, null],
  [{ prop: 'path', under: '华东/上海' }, true],
  [{ prop: 'path', under: '华东/上' }, false],
  [{ prop: 'path', under: '华东/上海/浦东' }, true],
  [{ prop: 'gift', is: true }, true],
  [{ prop: 'gift', isNot: true }, false],
  [{ prop: 'skus', hasAny: ['B200', 'C'] }, true],
  [{ prop: 'skus', hasAll: ['B200', 'C'] }, false],
  [{ prop: 'skus', hasAll: ['B200', 'A100'] }, true],
  [{ prop: 'skus', hasNone: ['C'] }, true],
  [{ prop: 'skus', hasAll: [true] }, false],
  [{ prop: 'none', hasNone: ['C'] }, true],
  [{ prop: 'missing', hasNone: ['C'] }, null],
  [{ prop: 'paid_at', gte: '2026-01-15' }, true],
  [{ prop: 'paid_at', lt: '2026-01-15T09:59:59Z' }, false],
  [{ prop: 'paid_at', lt: 'no date' }, null],
  [{ prop: 'paid_at', in: ['2026-01-15T10:00:00Z'] }, true],
  [{ prop: 'paid_at', during: { last: '10d' } }, true],
  [{ prop: 'paid_at', during: { period: 'x' } }, null],
  [{ prop: 'paid_at', anniversary: { coming: '1w' } }, true],
  [{ prop: 'amount', during: { last: '10d' } }, null],
  [{ clock: 'hour', gte: 10 }, true],
  [{ clock: 'holiday', known: true }, false],
  [
    {
      all: [
        { prop: 'missing', is: 1 },
        { prop: 'amount', lt: 0 },
      ],
    },
    false,
  ],
  [
    {
      all: [
        { prop: 'missing', is: 1 },
        { prop: 'amount', gt: 0 },
      ],
    },
    null,
  ],
  [
    {
      any: [
        { prop: 'missing', is: 1 },
        { prop: 'amount', gt: 0 },
      ],
    },
    true,
  ],
  [
    {
      any: [
        { prop: 'missing', is: 1 },
        { prop: 'amount', lt: 0 },
      ],
    },
    null,
  ],
  [{ not: { prop: 'missing', is: 1 } }, null],
  [{ prop: 'missing', between: [1, 2] }, null],
  [{ prop: 'amount', between: [{ prop: 'missing' }, 10] }, false],
  [{ calc: 'mul', of: [{ prop: 'amount' }, { prop: 'quantity' }], is: 601.5 }, true],
  [{ prop: 'amount', gt: { calc: 'mul', of: [{ prop: 'quantity' }, 60] } }, true],
]

describe('evaluateTest', () => {
  it.each(cases)('%j is %s', (test, expected) => {
    expect(evaluateTest(test, scope)).toBe(expected)
  })
})

const values: [EventValue, string | null][] = [
  [{ calc: 'div', of: [{ prop: 'amount' }, { prop: 'quantity' }] }, '66.83333333'],
  [{ calc: 'div', of: [{ calc: 'sub', of: [0, { prop: 'amount' }] }, { prop: 'quantity' }] }, '-66.83333333'],
  [{ calc: 'div', of: [{ prop: 'amount' }, { prop: 'zero' }] }, null],
  [{ calc: 'add', of: [{ prop: 'amount' }, { prop: 'missing' }] }, null],
  [{ calc: 'add', of: [{ prop: 'amount' }, { prop: 'city' }] }, null],
  [{ calc: 'sub', of: [{ prop: 'amount' }, 1, 2] }, '197.5'],
  [{ calc: 'min', of: [{ prop: 'amount' }, 1] }, '1'],
  [{ calc: 'max', of: [{ prop: 'amount' }, 1] }, '200.5'],
  [{ calc: 'abs', of: [-1.25] }, '1.25'],
  [{ calc: 'round', of: [2.5] }, '2'],
  [{ calc: 'round', of: [3.5] }, '4'],
  [{ calc: 'log', of: [{ prop: 'quantity' }] }, '1.098612'],
  [{ calc: 'log', of: [0] }, null],
  [{ calc: 'size', of: [{ prop: 'skus' }] }, '2'],
  [{ calc: 'size', of: [{ prop: 'missing' }] }, null],
]

describe('evaluateEventValue', () => {
  it.each(values)('%j is %s', (value, expected) => {
    expect(evaluateEventValue(value, scope)).toBe(expected === null ? null : parseDecimal(expected))
  })
  it('takes the first true branch of a case and skips unknown ones', () => {
    const value: EventValue = {
      case: [
        { when: { prop: 'missing', is: 1 }, value: 'unknown' },
        { when: { prop: 'city', is: '北京' }, value: 'home' },
        { when: { prop: 'amount', gt: 0 }, value: 'later' },
      ],
      otherwise: 'else',
    }
    expect(evaluateEventValue(value, scope)).toBe('home')
    expect(evaluateEventValue({ case: [{ when: { prop: 'missing', is: 1 }, value: 'x' }] }, scope)).toBeNull()
  })
})
