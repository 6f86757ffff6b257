import { describe, expect, it } from 'vitest'
import { canonicalHash, canonicalJson } from './canonical.js'

describe('the canonical form', () => {
  it('sorts keys and leaves defaults out', () => {
    expect(canonicalJson({ gte: 1, within: 'ever', get: 'count', did: 'order.paid', nth: 1 })).toBe(
      '{"did":"order.paid","gte":1}',
    )
    expect(canonicalJson({ since: { attr: 'birthday' }, unit: 'days' })).toBe('{"since":{"attr":"birthday"}}')
  })
  it('keeps what is a default elsewhere', () => {
    expect(canonicalJson({ among: [], of: { metric: 'm' }, get: 'count' })).toBe(
      '{"among":[],"get":"count","of":{"metric":"m"}}',
    )
  })
  it('writes negated operators as not', () => {
    expect(canonicalJson({ attr: 'city', isNot: '北京' })).toBe('{"not":{"attr":"city","is":"北京"}}')
    expect(
      canonicalJson({
        all: [
          { attr: 'city', notIn: ['a'] },
          { tag: 't', hasNone: ['b'] },
        ],
      }),
    ).toBe('{"all":[{"not":{"attr":"city","in":["a"]}},{"not":{"hasAny":["b"],"tag":"t"}}]}')
  })
  it('has one hash for definitions that compute the same under other names', () => {
    const one = { kind: 'segment', id: 'a', name: 'A', version: 1, where: { attr: 'city', isNot: 'x' } }
    const other = {
      kind: 'segment',
      id: 'b',
      name: { zh: 'B' },
      subject: 'person',
      where: { not: { attr: 'city', is: 'x' } },
    }
    expect(canonicalHash(one)).toBe(canonicalHash(other))
    expect(canonicalHash(one)).toMatch(/^[0-9a-f]{32}$/)
    expect(canonicalHash({ ...one, where: { attr: 'city', is: 'x' } })).not.toBe(canonicalHash(one))
  })
})
