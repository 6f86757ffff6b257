import { describe, expect, it } from 'vitest'
import type { StoredValue } from '../catalog/coerce.js'
import type { DidValue, Test } from '../language/document.js'
import type { RelationFact } from './facts.js'
import { ask, askCondition, askValue } from './testing/ask.js'
import { number, person, text } from './testing/person.js'
import { smallShop } from './testing/small-shop.js'

const asOf = Date.UTC(2026, 0, 31)
const day = (n: number) => Date.UTC(2026, 0, n)
const catalog = smallShop()
const options = { catalog, asOf }

describe('changes of an attribute', () => {
  const facts = person(1, {
    attributes: {
      city: [
        [day(1), text('Lyon')],
        [day(2), text('Lyon')],
        [day(3), text('Paris')],
        [day(4), null],
        [day(5), null],
        [day(6), text('Paris')],
        [asOf, text('Nice')],
      ],
      hobbies: [
        [day(1), { type: 'list', value: ['a'] }],
        [day(2), { type: 'list', value: ['a', 'b'] }],
      ],
      points: [
        [day(1), number(5)],
        [day(2), number(3)],
        [day(3), number(9)],
      ],
    },
  })
  const count = (attr: string, where?: Test, more: Partial<DidValue> = {}) =>
    askValue({ did: { changes: { attr } }, ...(where ? { where } : {}), ...more }, facts, options)
  it.each<[string, Test | undefined, string]>([
    ['city', undefined, '4'],
    ['city', { prop: 'op', is: 'added' }, '2'],
    ['city', { prop: 'op', is: 'set' }, '1'],
    ['city', { prop: 'op', is: 'removed' }, '1'],
    ['city', { prop: 'from', is: 'Lyon' }, '1'],
    ['city', { prop: 'from', known: false }, '2'],
    ['city', { prop: 'to', isNot: { attr: 'city' } }, '1'],
    ['city', { clock: 'day', gte: 4 }, '2'],
    ['points', { prop: 'to', lt: { prop: 'from' } }, '1'],
    ['hobbies', { prop: 'to', hasAny: ['b'] }, '1'],
  ])('%s where %j: %s', (attr, where, expected) => {
    expect(count(attr, where)).toBe(expected)
  })
  it('have moments, windows and gaps like events', () => {
    expect(count('city', undefined, { within: { from: '2026-01-03', to: '2026-01-05' } })).toBe('2')
    expect(count('city', undefined, { get: { gaps: 'max' } })).toBe('2')
    const since = { since: { did: { changes: { attr: 'city' } }, get: 'lastAt' } } as const
    expect(askValue(since, facts, options)).toBe('25')
  })
})

describe('changes of what was published', () => {
  const facts = person(1, {
    published: {
      'tag:tier': [
        [day(1), 'many', 'set'],
        [day(2), 'many', 'set'],
        [day(3), 'some', 'set'],
        [day(4), null, 'set'],
        [day(5), 'none', 'set'],
      ],
      'tag:hobby': [
        [day(1), 'a', 'added'],
        [day(1), 'b', 'added'],
        [day(2), 'b', 'added'],
        [day(3), 'a', 'removed'],
        [day(4), 'c', 'removed'],
      ],
      'segment:buyers': [
        [day(1), true, 'added'],
        [day(2), true, 'added'],
        [day(3), false, 'removed'],
      ],
      'list:vip': [[day(1), true, 'added']],
    },
  })
  it.each<[DidValue['did'], Test | undefined, string]>([
    [{ changes: { tag: 'tier' } }, undefined, '4'],
    [{ changes: { tag: 'tier' } }, { prop: 'to', lt: { prop: 'from' } }, '1'],
    [{ changes: { tag: 'tier' } }, { prop: 'to', gte: 'some' }, '2'],
    [{ changes: { tag: 'tier' } }, { prop: 'to', between: ['none', 'some'] }, '2'],
    [{ changes: { tag: 'tier' } }, { prop: 'op', is: 'removed' }, '1'],
    [{ changes: { tag: 'hobby' } }, undefined, '3'],
    [{ changes: { tag: 'hobby' } }, { prop: 'to', is: 'b' }, '1'],
    [{ changes: { tag: 'hobby' } }, { prop: 'from', is: 'a' }, '1'],
    [{ changes: { segment: 'buyers' } }, undefined, '2'],
    [{ changes: { segment: 'buyers' } }, { prop: 'to', is: false }, '1'],
    [{ changes: { list: 'vip' } }, { prop: 'op', is: 'added' }, '1'],
  ])('%j where %j: %s', (did, where, expected) => {
    expect(askValue({ did, ...(where ? { where } : {}) }, facts, options)).toBe(expected)
  })
})

it('changes of a relation: when it began and ended', () => {
  const link: RelationFact = { direction: 'to', role: '', from: day(1), to: day(5), seq: 7n, other: person(9) }
  const open: RelationFact = { ...link, from: day(2), to: null }
  const later: RelationFact = { ...link, from: day(3), to: asOf }
  const facts = person(1, { related: new Map([['employs', [link, open, later]]]) })
  const count = (op: string) =>
    askValue({ did: { changes: { relation: 'employer' } }, where: { prop: 'op', is: op } }, facts, options)
  expect([count('added'), count('removed'), count('set')]).toEqual(['3', '1', '0'])
})

describe('another moment', () => {
  const facts = person(1, {
    firstTs: day(2),
    events: [
      { event: 'order', at: day(3) },
      { event: 'order', at: day(10) },
    ],
    attributes: {
      city: [
        [day(1), text('Lyon')],
        [day(10), text('Paris')],
      ],
    },
    published: {
      'list:vip': [
        [day(5), true, 'added'],
        [day(8), false, 'removed'],
      ],
      'segment:best': [[day(6), true, 'added']],
    },
    lists: new Set(['vip']),
  })
  it('recomputes values from what was before it', () => {
    const city = (at: string) => ask({ kind: 'tag', assign: { value: { attr: 'city', at } } }, facts, options)
    expect(city('2026-01-02')).toBeNull()
    expect(city('2026-01-03')).toBe('Lyon')
    expect(city('2026-01-10')).toBe('Lyon')
    expect(city('2026-01-10T00:00:00.001Z')).toBe('Paris')
    expect(city('2026-01-31')).toBe('Paris')
    expect(city('2026-02-01')).toBeNull()
    const orders = (at: string) => askValue({ metric: 'orders', at }, facts, options)
    expect([orders('2026-01-02'), orders('2026-01-03'), orders('2026-01-11')]).toEqual([null, '0', '2'])
  })
  it('compares tags of two moments by their rank', () => {
    expect(askCondition({ tag: 'tier', gt: { tag: 'tier', ago: '25d' } }, facts, options)).toBe(true)
    expect(askCondition({ tag: 'tier', ago: '25d', is: 'some' }, facts, options)).toBe(true)
    expect(askCondition({ tag: 'tier', ago: '30d', known: true }, facts, options)).toBe(false)
    expect(askCondition({ tag: 'tier', at: { start: 'month' }, known: true }, facts, options)).toBe(false)
  })
  it('says whether somebody was a member then', () => {
    const member = (target: object, at?: string) =>
      askCondition({ member: target, ...(at === undefined ? {} : { at }) } as never, facts, options)
    expect(member({ segment: 'buyers' }, '2026-01-03')).toBe(false)
    expect(member({ segment: 'buyers' }, '2026-01-04')).toBe(true)
    expect(member({ segment: 'buyers' }, '2026-02-04')).toBeNull()
    expect(member({ list: 'vip' })).toBe(true)
    expect(member({ list: 'vip' }, '2026-01-06')).toBe(true)
    expect(member({ list: 'vip' }, '2026-01-09')).toBe(false)
    expect(member({ segment: 'best' })).toBe(true)
    expect(member({ category: 'value' })).toBe(true)
    expect(member({ category: 'value' }, '2026-01-02')).toBe(false)
    expect(member({ category: 'none' })).toBe(false)
    expect(member({ node: 'tree/home' })).toBe(true)
    expect(member({ node: 'tree/home' }, '2026-01-10')).toBe(false)
    expect(member({ node: 'tree/buys' }, '2026-01-10')).toBe(true)
  })
})

it('a tree gives the way to the leaf', () => {
  const value = (facts: Parameters<typeof person>[1]) =>
    ask(catalog.definitions.get('tree')!.body, person(1, facts), options)
  expect(value({})).toBe('rest')
  expect(value({ events: [{ event: 'order', at: 1 }] })).toBe('buys/away')
  expect(value({ strong: false })).toBeNull()
})

describe('corrections', () => {
  const tag = {
    kind: 'tag',
    id: 't',
    only: { did: 'order', gte: 1 },
    corrections: { keep: '10d' },
    values: [{ code: 'a' }, { code: 'b' }, { code: 'c' }],
    assign: { rules: [{ value: 'a', when: { did: 'order', gte: 1 } }] },
  }
  const said = (at: number, ...codes: string[]) => [at, { type: 'list', value: codes }] as const
  const value = (...corrections: (readonly [number, StoredValue | null])[]) =>
    ask(tag, person(1, { events: [{ event: 'order', at: 1 }], attributes: { 'corrected.t': corrections } }), options)
  it('win while they are kept, the last one first', () => {
    expect(value()).toBe('a')
    expect(value(said(day(30), 'b'))).toBe('b')
    expect(value(said(day(30), 'b'), said(day(30), 'c'))).toBe('c')
    expect(value(said(day(30)))).toBeNull()
    expect(value(said(day(30), 'gone'))).toBeNull()
    expect(value(said(day(29), 'b'), [day(30), null])).toBe('a')
    expect(value(said(day(21), 'b'))).toBe('a')
    expect(value(said(day(21) + 1, 'b'))).toBe('b')
    expect(value(said(asOf, 'b'))).toBe('a')
  })
  it('speak where the tag does not', () => {
    expect(ask(tag, person(1, { attributes: { 'corrected.t': [said(day(30), 'b')] } }), options)).toBe('b')
  })
})

it('what a model or a query gave is what it published last', () => {
  const facts = person(1, {
    published: {
      'tag:t': [
        [day(1), 'x', 'set'],
        [day(20), 'y', 'set'],
        [asOf + 1, 'z', 'set'],
      ],
    },
  })
  const given = (more: object = {}) =>
    ask({ kind: 'tag', id: 't', assign: { given: { model: 'm' }, ...more } }, facts, options)
  expect(given()).toBe('y')
  expect(given({ expires: '10d' })).toBeNull()
})
