import { describe, expect, it } from 'vitest'
import type { RelationFact, SubjectFacts } from '../../../evaluate/facts.js'
import { ask, askValue } from '../../../evaluate/testing/ask.js'
import { number, person, text } from '../../../evaluate/testing/person.js'
import { smallShop } from '../../../evaluate/testing/small-shop.js'
import type { ViaValue } from '../../document.js'

const asOf = Date.UTC(2026, 0, 31)
const options = { catalog: smallShop(), asOf }
const link = (other: SubjectFacts, more: Partial<RelationFact> = {}): RelationFact => ({
  direction: 'from',
  role: '',
  from: 0,
  to: null,
  seq: 1n,
  other,
  ...more,
})
const buyer = (profile: number, points: number | null, orders = 0) =>
  person(profile, {
    events: Array.from({ length: orders }, () => ({ event: 'order', at: 1 })),
    attributes:
      points === null ? {} : { points: [[0, number(points)]], hobbies: [[0, { type: 'list', value: ['b', 'a'] }]] },
  })
const people = [buyer(11, 1, 1), buyer(12, 2), buyer(13, null, 2), { ...buyer(14, 9), strong: false }]
/** employs is stored under its own key, employer reads it from the other end. */
const company = person(1, { related: new Map([['employs', people.map((one) => link(one))]]) })
const ofCompany = (value: ViaValue, facts = company) => askValue(value, facts, { ...options, subject: 'organisation' })

describe('via', () => {
  it.each<[ViaValue, string | null | readonly string[]]>([
    [{ via: 'employs' }, '4'],
    [{ via: 'employs', where: { did: 'order', gte: 1 } }, '2'],
    [{ via: 'employs', where: { attr: 'points', gte: 2 } }, '2'],
    [{ via: 'employs', where: { attr: 'points', gte: 2 }, get: 'share' }, '0.5'],
    [{ via: 'employs', of: { attr: 'points' }, get: 'sum' }, '12'],
    [{ via: 'employs', of: { attr: 'points' }, get: 'avg' }, '4'],
    [{ via: 'employs', of: { attr: 'points' }, get: 'min' }, '1'],
    [{ via: 'employs', of: { attr: 'points' }, get: 'max', where: { did: 'order', gte: 1 } }, '1'],
    [{ via: 'employs', of: { attr: 'points' }, get: 'avg', where: { attr: 'points', gt: 9 } }, null],
    [{ via: 'employs', of: { attr: 'points' }, get: 'sum', where: { attr: 'points', gt: 9 } }, '0'],
    // A visitor is related, but no definition of customers speaks of her.
    [{ via: 'employs', of: { metric: 'orders' }, get: 'sum' }, '3'],
    [{ via: 'employs', where: { tag: 'tier', is: 'none' } }, '1'],
    [{ via: 'employs', where: { via: 'employer', gte: 1 } }, '0'],
  ])('%j is %s', (value, expected) => {
    expect(ofCompany(value)).toBe(expected)
  })

  it('lists distinct texts in the order of their bytes', () => {
    const cities = ['😀', '\uf8ff', 'a', 'a'].map((city, index) =>
      person(index + 11, { attributes: { city: [[0, text(city)]] } }),
    )
    const facts = person(1, { related: new Map([['employs', cities.map((one) => link(one))]]) })
    expect(tagOf({ via: 'employs', of: { attr: 'city' }, get: 'list' }, facts)).toEqual(['a', '\uf8ff', '😀'])
    expect(tagOf({ via: 'employs', of: { attr: 'hobbies' }, get: 'list' }, facts)).toBeNull()
    expect(tagOf({ via: 'employs', of: { attr: 'hobbies' }, get: 'list' }, company)).toEqual(['a', 'b'])
  })

  it('holds while the link does, for those who are alive, each once', () => {
    const one = buyer(11, 1)
    const count = (more: Partial<RelationFact>, other = one) =>
      ofCompany(
        { via: 'employs', role: 'boss' },
        person(1, { related: new Map([['employs', [link(other, { role: 'boss', ...more })]]]) }),
      )
    expect(count({})).toBe('1')
    expect(count({ role: 'clerk' })).toBe('0')
    expect(count({ from: asOf })).toBe('1')
    expect(count({ from: asOf + 1 })).toBe('0')
    expect(count({ to: asOf })).toBe('0')
    expect(count({ to: asOf + 1 })).toBe('1')
    expect(count({}, { ...one, firstTs: asOf })).toBe('0')
    const twice = person(1, { related: new Map([['employs', [link(one), link(one, { seq: 2n })]]]) })
    expect(ofCompany({ via: 'employs' }, twice)).toBe('1')
  })

  it('reads a relation from its other end, two levels deep', () => {
    const boss = person(11, { related: new Map([['employs', [link(company, { direction: 'to' })]]]) })
    expect(askValue({ via: 'employer' }, boss, options)).toBe('1')
    const colleagues: ViaValue = { via: 'employer', where: { via: 'employs', where: { did: 'order', gte: 1 }, gte: 2 } }
    expect(askValue(colleagues, boss, options)).toBe('1')
    expect(ofCompany({ via: 'employs' }, person(1, { related: boss.related! }))).toBe('0')
  })
})

function tagOf(value: ViaValue, facts: SubjectFacts) {
  return ask({ kind: 'tag', subject: 'organisation', family: 'multi', assign: { value } }, facts, options)
}
