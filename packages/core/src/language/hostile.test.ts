import { describe, expect, it } from 'vitest'
import type { Catalog } from '../catalog/catalog.js'
import { evaluate } from '../evaluate/evaluate.js'
import { person } from '../evaluate/testing/person.js'
import type { Definition } from './document.js'
import { parseDefinition } from './parse.js'
import { resolveDefinition } from './resolve.js'
import { sentence } from './sentence.js'
import { buildCatalog } from './testing/catalog-builder.js'

const base = {
  subjects: ['organisation'],
  events: { order: { amount: 'money', city: 'text', id: 'text' } },
  attributes: { city: 'text', born: 'date' },
  attributesOf: { organisation: { industry: 'text' } },
  relations: { employer: ['person', 'organisation', 'one', 'employs'], employs: ['organisation', 'person', 'many'] },
} as const

function problems(document: object, catalog: Catalog = buildCatalog(base)): string[] {
  const parsed = parseDefinition({ id: 'x', name: 'x', ...document })
  const result = parsed.ok ? resolveDefinition(parsed.definition, catalog) : parsed
  if (result.ok) return []
  expect(result.issues.every((issue) => /[\u4e00-\u9fff]/.test(issue.messageZh ?? ''))).toBe(true)
  return result.issues.map((issue) => `${issue.pointer}: ${issue.message}`)
}
const segment = (where: object) => ({ kind: 'segment', where })
const metric = (id: string, value: object) => ({ kind: 'metric', id, name: id, value })

describe('cycles', () => {
  const employs = { via: 'employs', where: { tag: 'who', is: 'a' }, gte: 1 }
  const circles: [string, object, readonly object[], string][] = [
    [
      'through metrics',
      metric('x', { metric: 'b' }),
      [metric('b', { metric: 'c' }), metric('c', { metric: 'x' }), metric('x', { did: 'order' })],
      '/value/metric: this makes a cycle: x → b → c → x',
    ],
    [
      'through a segment and a tag',
      segment({ tag: 'who', is: 'a' }),
      [
        { kind: 'tag', id: 'who', name: 'n', assign: { rules: [{ value: 'a', when: { member: { segment: 'x' } } }] } },
        { kind: 'segment', id: 'x', name: 'n', where: { did: 'order', gte: 1 } },
      ],
      '/where/tag: this makes a cycle: x → who → x',
    ],
    [
      'over a relation there and back',
      segment({ via: 'employer', where: { member: { segment: 'firms' } }, gte: 1 }),
      [
        { kind: 'segment', id: 'firms', name: 'n', subject: 'organisation', where: employs },
        { kind: 'tag', id: 'who', name: 'n', assign: { rules: [{ value: 'a', when: { member: { segment: 'x' } } }] } },
        { kind: 'segment', id: 'x', name: 'n', where: { did: 'order', gte: 1 } },
      ],
      '/where/where/member/segment: this makes a cycle: x → firms → who → x',
    ],
    [
      'through the past',
      { kind: 'tag', assign: { rules: [{ value: 'a', when: { tag: 'x', ago: '1d', is: 'a' } }] } },
      [],
      '/assign/rules/0/when/tag: this makes a cycle: x → x',
    ],
    [
      'through its own changes',
      { kind: 'tag', assign: { rules: [{ value: 'a', when: { did: { changes: { tag: 'x' } }, gte: 1 } }] } },
      [],
      '/assign/rules/0/when/did/changes/tag: this makes a cycle: x → x',
    ],
    [
      'through a node of a tree',
      segment({ member: { node: 'tree/a' } }),
      [
        { kind: 'segment', id: 'x', name: 'n', where: { did: 'order', gte: 1 } },
        {
          kind: 'tree',
          id: 'tree',
          name: 'n',
          root: {
            id: 'r',
            split: [
              { id: 'a', when: { member: { segment: 'x' } } },
              { id: 'b', other: true },
            ],
          },
        },
      ],
      '/where/member/node: this makes a cycle: x → tree → x',
    ],
  ]
  it.each(circles)('%s', (_name, document, definitions, problem) => {
    expect(problems(document, buildCatalog({ ...base, definitions }))).toContain(problem)
  })
  it('through a category', () => {
    const tag = {
      kind: 'tag',
      id: 'who',
      name: 'n',
      assign: { rules: [{ value: 'a', when: { member: { segment: 'x' } } }] },
    }
    const stored = { kind: 'segment', id: 'x', name: 'n', where: { did: 'order', gte: 1 } }
    const catalog = buildCatalog({ ...base, definitions: [tag, stored], categories: { c: ['who'] } })
    expect(problems(segment({ member: { category: 'c' } }), catalog)).toEqual([
      '/where/member/category: this makes a cycle: x → who → x',
    ])
  })
})

describe('references', () => {
  const catalog = buildCatalog({
    ...base,
    definitions: [
      metric('old', { did: 'order' }),
      metric('broken', { did: 'order', get: { sum: 'amount' } }),
      { kind: 'tag', id: 'size', name: 'n', subject: 'organisation', assign: { value: { attr: 'industry' } } },
      { kind: 'segment', id: 'best', name: 'n', where: { did: 'order', gte: 1 }, take: { random: 9, seed: 's' } },
    ],
  })
  const archived = new Map(catalog.definitions)
  archived.set('old', { ...archived.get('old')!, archived: true })
  const withoutAmount = new Map(catalog.events).set('order', { ...catalog.events.get('order')!, properties: new Map() })
  it.each<[object, string]>([
    [{ metric: 'old', gte: 1 }, '/where/metric: metric "old" is archived: restore it or use another'],
    [{ metric: 'gone', gte: 1 }, '/where/metric: no metric "gone"'],
    [
      { tag: 'size', is: 'x' },
      '/where/tag: tag "size" is about organisation, this is about person: reach it with via:',
    ],
    [
      { via: 'employer', where: { via: 'employs', where: { tag: 'size', is: 'x' }, gte: 1 }, gte: 1 },
      '/where/where/where/tag: tag "size" is about organisation, this is about person: reach it with via:',
    ],
    [{ metric: 'broken', gte: 1 }, '/where/metric: in metric "broken": /value/get/sum: no property "amount" in order'],
    [
      { member: { segment: 'best' }, ago: '1d' },
      '/where/ago: segment "best" is a snapshot (take): only the one published last can be asked for',
    ],
  ])('%j', (where, problem) => {
    const changed = {
      ...catalog,
      definitions: archived,
      ...('metric' in where && where.metric === 'broken' ? { events: withoutAmount } : {}),
    }
    expect(problems(segment(where), changed)).toContainEqual(expect.stringContaining(problem))
  })
})

describe('size', () => {
  const literals = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`)
  it('refuses a list of 10,000 literals at its place and says what to do', () => {
    expect(problems(segment({ attr: 'city', in: literals(10_000) }))).toEqual([
      '/where/in: a list has at most 1000 literals: upload it as a list',
    ])
    expect(problems(segment({ attr: 'city', in: literals(1000) }))).toEqual([])
  })
  it('takes a document of 500 leaves, and refuses one of 5,000', () => {
    const leaves = (count: number) =>
      segment({ any: literals(count).map((city) => ({ did: 'order', where: { prop: 'city', is: city }, gte: 1 })) })
    expect(problems(leaves(500))).toEqual([])
    expect(problems(leaves(5000))).toEqual([': a definition has at most 2000 parts'])
  })
  it('refuses a nesting of 100 and of 100,000', () => {
    const nested = (depth: number) => {
      let where: object = { did: 'order', gte: 1 }
      for (let level = 0; level < depth; level++) where = { not: where }
      return segment(where)
    }
    expect(problems(nested(29))).toEqual([])
    for (const depth of [100, 100_000]) {
      expect(problems(nested(depth))[0]).toMatch(/: a definition is at most 32 levels deep$/)
    }
  })
  const chain = (length: number, step: (below: string) => object) =>
    buildCatalog({
      ...base,
      definitions: Array.from({ length }, (_, index) =>
        metric(`m${index}`, index === 0 ? { did: 'order' } : step(`m${index - 1}`)),
      ),
    })
  it('takes a chain of 99 definitions, each used twice, and refuses a longer one', () => {
    const twice = (below: string) => ({ calc: 'max', of: [{ metric: below }, { metric: below }] })
    const catalog = chain(99, twice)
    const parsed = parseDefinition(metric('x', twice('m98')))
    const resolved = parsed.ok ? resolveDefinition(parsed.definition, catalog) : parsed
    expect(resolved.ok).toBe(true)
    if (!resolved.ok) return
    const facts = person(1, { events: [{ event: 'order', at: 1 }] })
    expect(evaluate(resolved.definition, facts, { catalog, asOf: 10, fits: new Map() })).toBe(100_000_000n)
    expect(sentence(resolved.definition, catalog, 'en')).toBe('the largest of m98 and m98')
    expect(problems(metric('x', twice('m150')), chain(151, twice))).toEqual([
      ': more than 100 definitions rest on each other here: shorten the chain',
    ])
  })
  it('ends at once where a chain of 1,000 was stored', () => {
    expect(
      problems(
        metric('x', { metric: 'm999' }),
        chain(1000, (below) => ({ metric: below })),
      ),
    ).toEqual([': more than 100 definitions rest on each other here: shorten the chain'])
  })
})

describe('times and types that cannot be', () => {
  it.each<[object, string]>([
    [{ did: 'order', within: { last: '500y' }, gte: 1 }, '/where/within/last: a span is number and unit'],
    [{ did: 'order', within: { last: '0d' }, gte: 1 }, '/where/within/last: a span is number and unit'],
    [{ did: 'order', within: { next: '1d' }, gte: 1 }, '/where/within: events lie in the past'],
    [{ did: 'order', within: { from: '2026-02-30' }, gte: 1 }, '/where/within/from: a moment is a day'],
    [{ did: 'order', within: { for: '1d' }, gte: 1 }, '/where/within/for: a window is ever or an object'],
    [{ did: 'order', within: { skip: '1d', to: '2026-01-01' }, gte: 1 }, '/where/within/skip: skip moves the start'],
    [
      { did: 'order', within: { from: '2026-01-01', to: '2026-02-01', for: '1d' }, gte: 1 },
      '/where/within/for: to and for',
    ],
    [{ did: 'order', get: { sum: 'city' }, gte: 1 }, '/where/get/sum: sum does not go with text'],
    [{ attr: 'born', gte: 18 }, '/where/gte: this is a date'],
    [{ attr: 'city', gt: 'a' }, '/where/gt: this is text, "gt" does not go with it'],
    [
      { did: 'order', where: { prop: 'amount', gt: { attr: 'city' } }, gte: 1 },
      '/where/where/gt: the left side is a number, this is text',
    ],
    [{ did: 'order', where: { prop: 'city', in: { attr: 'city' } }, gte: 1 }, '/where/where/in: a list is needed here'],
    [
      { per: 'day', of: { did: 'order', get: { last: 'city' } }, get: 'sum', gte: 1 },
      '/where/of: sum needs a number per bucket',
    ],
    [
      { per: 'day', of: { did: 'order' }, having: { contains: 'a' }, gte: 1 },
      '/where/having/contains: this is a number',
    ],
    [{ clock: 'hour', of: { attr: 'city' }, is: 1 }, '/where/of: clock reads a date'],
    [{ via: 'employer', of: { attr: 'industry' }, get: 'sum', gte: 1 }, '/where/of: sum needs a number'],
    [{ via: 'employs', gte: 1 }, '/where/via: relation "employs" begins at organisation, this is about person'],
    [{ trigger: 'sku', is: 'a' }, '/where/trigger: trigger: is only known inside a journey'],
  ])('%j', (where, problem) => {
    expect(problems(segment(where))).toContainEqual(expect.stringContaining(problem))
  })
  it('via goes two levels deep, and not three', () => {
    const two = { via: 'employer', where: { via: 'employs', where: { did: 'order', gte: 1 }, gte: 1 }, gte: 1 }
    expect(problems(segment(two))).toEqual([])
    const three = { via: 'employer', where: { via: 'employs', where: { via: 'employer', gte: 1 }, gte: 1 }, gte: 1 }
    expect(problems(segment(three))).toEqual(['/where/where/where/via: via goes two levels deep at most'])
  })
})

it('every definition that resolves can be evaluated for nobody in particular', () => {
  const bodies: readonly object[] = [
    segment({ sequence: [{ did: 'order', key: 'id' }], notThen: { did: 'order', key: 'id', within: '1d' } }),
    { kind: 'tag', family: 'multi', assign: { top: 'city', did: 'order', n: 3 } },
    metric('x', { among: [{ attr: 'city' }], of: { did: 'order' }, get: 'mean' }),
  ]
  const catalog = buildCatalog(base)
  for (const body of bodies) {
    const parsed = parseDefinition({ id: 'x', name: 'x', ...body })
    const definition = (parsed.ok ? parsed.definition : null) as Definition
    expect(() => evaluate(definition, person(1), { catalog, asOf: 1, fits: new Map() })).not.toThrow()
  }
})
