import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttributeChange, applyChange, foldAttribute, inOrder } from './attribute-fold.js'
import type { StoredValue } from './coerce.js'

const number = (value: string): StoredValue => ({ type: 'number', value })
const change = (
  operation: AttributeChange['operation'],
  value: StoredValue | null,
  ts: number,
  seq = BigInt(ts),
): AttributeChange => ({ operation, value, ts, seq })

describe('the fold of an attribute', () => {
  it('takes the latest by time, not by arrival', () => {
    const late = [change('set', number('5'), 20, 1n), change('set', number('7'), 10, 2n)]
    expect(foldAttribute(late)?.value).toEqual(number('5'))
  })

  it('counts increments after the last set, also when the set arrives late', () => {
    const changes = [
      change('set', number('5'), 1),
      change('increment', number('0.1'), 3),
      change('increment', number('0.2'), 4),
      change('set', number('10'), 2, 9n),
    ]
    expect(foldAttribute(changes)?.value).toEqual(number('10.3'))
  })

  it('sets once, appends without repeating, and forgets on unset', () => {
    const list = (...value: string[]): StoredValue => ({ type: 'list', value })
    expect(foldAttribute([change('set_once', number('1'), 1), change('set_once', number('2'), 2)])?.value).toEqual(
      number('1'),
    )
    expect(foldAttribute([change('append', list('a', 'b'), 1), change('append', list('b', 'c'), 2)])?.value).toEqual(
      list('a', 'b', 'c'),
    )
    expect(foldAttribute([change('set', number('1'), 1), change('unset', null, 2)])?.value).toBeNull()
    expect(foldAttribute([])).toBeUndefined()
  })

  it('is the same for every order of arrival, and step by step', () => {
    const anyChange = fc.record({
      operation: fc.constantFrom('set', 'set_once', 'increment', 'unset'),
      value: fc.integer({ min: -50, max: 50 }).map((n) => number(String(n / 10))),
      ts: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), (raw) => {
        const changes = raw.map((one, index) => ({ ...one, seq: BigInt(index) })) as AttributeChange[]
        const backwards = foldAttribute(changes.toReversed())
        expect(backwards).toEqual(foldAttribute(changes))
        const stepwise = inOrder(changes).reduce(
          (folded, next) => applyChange(folded, next),
          undefined as ReturnType<typeof foldAttribute>,
        )
        expect(stepwise).toEqual(backwards)
      }),
    )
  })
})
