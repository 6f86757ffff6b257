import { describe, expect, it } from 'vitest'
import type { Definition } from '../language/document.js'
import { evaluateWorld } from './evaluate-world.js'
import { person, text } from './testing/person.js'
import { smallShop } from './testing/small-shop.js'

const day = (n: number) => Date.UTC(2026, 0, n)
const asOf = day(31)
const buyer = (profile: number, orders: number, city: string | null = null) =>
  person(profile, {
    events: Array.from({ length: orders }, (_, index) => ({ event: 'order', at: day(index * 2 + 1) })),
    attributes: city === null ? {} : { city: [[0, text(city)]] },
  })
const people = [buyer(1, 1, 'a'), buyer(2, 3, 'a'), buyer(3, 3, 'b'), buyer(4, 0, 'b'), buyer(5, 9)]
const evaluate = (...bodies: object[]) => {
  const catalog = smallShop(bodies.map((body, index) => ({ id: `x${index}`, name: 'n', ...body })))
  const definitions = bodies.map((_, index) => catalog.definitions.get(`x${index}`)!.body) as Definition[]
  const world = evaluateWorld(definitions, people, { catalog, asOf })
  return definitions.map(({ id }) => [...world.get(id)!.values()])
}
const members = (values: readonly unknown[] | undefined) =>
  people.flatMap(({ profile }, index) => (values?.[index] === true ? [profile] : []))

describe('groups', () => {
  it('compare everybody with those of her city; who has none is unknown', () => {
    const among = { among: [{ attr: 'city' }], of: { metric: 'orders' }, get: 'mean' }
    const [above, big] = evaluate(
      { kind: 'segment', where: { metric: 'orders', gt: among } },
      { kind: 'segment', where: { metric: 'orders', gt: { ...among, atLeast: 3 } } },
    )
    expect(above).toEqual([false, true, true, false, null])
    expect(big).toEqual([null, null, null, null, null])
  })
  it('are fitted at the moment that is asked for', () => {
    const [half] = evaluate(
      { kind: 'segment', where: { tag: 'x1', at: '2026-01-02', is: 'high' } },
      { kind: 'tag', assign: { cut: { metric: 'orders' }, at: { method: 'mean' }, values: ['low', 'high'] } },
    )
    expect(half).toEqual([true, true, true, false, true])
  })
})

describe('take', () => {
  const where = { attr: 'city', known: true }
  it.each<[object, readonly number[]]>([
    [{ top: 1, by: { metric: 'orders' } }, [2]],
    [{ top: 2, by: { metric: 'orders' } }, [2, 3]],
    [{ top: 2, by: { metric: 'orders' }, order: 'asc' }, [1, 4]],
    [{ top: 1, by: { metric: 'orders' }, per: [{ attr: 'city' }] }, [2, 3]],
    [{ top: 9, by: { did: 'order', get: { gaps: 'avg' } } }, [2, 3]],
    [{ random: 9, seed: 's' }, [1, 2, 3, 4]],
  ])('%j takes %j', (take, expected) => {
    expect(members(evaluate({ kind: 'segment', where, take })[0])).toEqual(expected)
  })
  it('draws the same people for the same seed', () => {
    const random = (seed: string) => members(evaluate({ kind: 'segment', where, take: { random: 2, seed } })[0])
    expect(random('s')).toEqual(random('s'))
    expect(random('s')).toHaveLength(2)
    expect(new Set(['s', 't', 'u', 'v', 'w'].map((seed) => String(random(seed)))).size).toBeGreaterThan(1)
  })
})

it('samples a share of everybody', () => {
  const [all, some] = evaluate(
    { kind: 'segment', where: { member: { sample: { share: 1, seed: 's' } } } },
    { kind: 'segment', where: { member: { sample: { share: 0.4, seed: 's' } } } },
  )
  expect(members(all)).toHaveLength(5)
  expect(members(some).length).toBeLessThan(5)
})
