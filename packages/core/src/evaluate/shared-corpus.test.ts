import { describe, expect, it } from 'vitest'
import type { Catalog, PropertyType } from '../catalog/catalog.js'
import type { StoredValue } from '../catalog/coerce.js'
import { Random } from '../demo/random.js'
import { parseDecimal } from '../kernel/decimal.js'
import type { EventScopeValue } from '../language/event-scope/event-scope.js'
import { hasSharedLanguage, sharedCatalog } from '../language/testing/shared-language.js'
import { evaluateWorld } from './evaluate-world.js'
import type { EventFact, RelationFact, SubjectFacts } from './facts.js'
import { person } from './testing/person.js'

const DAY = 86_400_000
const asOf = Date.UTC(2026, 10, 20, 4)
const TEXTS = [
  '北京',
  '金卡',
  'email',
  'store',
  'app',
  '理财',
  'A100',
  '安踏',
  '课程',
  '流失客户',
  'nps',
  '制造业',
  '女',
]

/** Reads ../shared/language beside the repository; passes over when that folder is absent. */
describe.runIf(hasSharedLanguage)('the shared corpus in memory', () => {
  it('gives every document a value for every subject of a random world', () => {
    const catalog = sharedCatalog()
    const random = new Random(4, 1, 1)
    const worlds = new Map(
      [...catalog.subjects.keys()].map((kind, at) => [kind, subjectsOf(kind, at, catalog, random)]),
    )
    link(catalog, worlds, random)
    const values = (catalogue: string, item: string) =>
      catalogue === 'goods' ? { brand: item === 'A100' ? '安踏' : 'x', list_price: parseDecimal(item.length) } : null
    const bodies = [...catalog.definitions.values()].map((entry) => entry.body)
    const silent: string[] = []
    for (const [kind, subjects] of worlds) {
      const own = bodies.filter((body) => (body.subject ?? 'person') === kind)
      const world = evaluateWorld(own, subjects, {
        catalog,
        asOf,
        others: worlds,
        items: values,
        listValues: () => TEXTS,
      })
      for (const [id, found] of world) {
        expect(found.size, id).toBe(subjects.length)
        if ([...found.values()].every((value) => value === null)) silent.push(id)
      }
    }
    // Only what staff, queries and models give is blank for everybody.
    expect(silent.length).toBeLessThan(bodies.length / 8)
  }, 60_000)
})

function subjectsOf(kind: string, at: number, catalog: Catalog, random: Random): SubjectFacts[] {
  return Array.from({ length: kind === 'person' ? 60 : 8 }, (_, index): SubjectFacts => {
    const attributes = [...(catalog.attributes.get(kind) ?? [])].filter(() => random.below(4) > 0)
    return {
      ...person(at * 1000 + index + 1),
      related: new Map(),
      events: kind === 'person' ? Array.from({ length: 80 }, (_one, seq) => eventOf(catalog, random, seq)) : [],
      attributes: new Map(
        attributes.map(([key, { type }]) => [
          key,
          [{ operation: 'set' as const, value: storedOf(type, random), ts: random.below(asOf), seq: 1n }],
        ]),
      ),
    }
  })
}

function eventOf(catalog: Catalog, random: Random, seq: number): EventFact {
  const entries = [...catalog.events.values()]
  const entry = random.below(3) === 0 ? catalog.events.get('order.paid')! : entries[random.below(entries.length)]!
  const plain: Record<string, EventScopeValue> = {}
  const lines: Record<string, EventScopeValue>[] = Array.from({ length: random.below(3) }, () => ({}))
  for (const { name, type, item } of entry.properties.values()) {
    if (!item && random.below(5) > 0) plain[name] = drawn(type, random)
    if (item) for (const line of lines) line[name.slice(name.indexOf('.') + 1)] = drawn(type, random)
  }
  return { event: entry.name, ts: asOf - random.below(400 * DAY), seq: BigInt(seq), properties: plain, items: lines }
}

function drawn(type: PropertyType, random: Random): EventScopeValue {
  if (type === 'number' || type === 'money') return parseDecimal(random.below(50_000) / 100)
  if (type === 'date') return asOf + (random.below(60) - 30) * DAY
  if (type === 'bool') return random.below(2) === 0
  const text = TEXTS[random.below(TEXTS.length)]!
  return type === 'list' ? [text] : text
}

function storedOf(type: PropertyType, random: Random): StoredValue {
  const value = drawn(type, random)
  if (typeof value === 'bigint') return { type: 'number', value: String(random.below(50_000)) }
  if (typeof value === 'number') return { type: 'date', value }
  if (typeof value === 'boolean') return { type: 'bool', value }
  return typeof value === 'string' ? { type: 'text', value } : { type: 'list', value: value as string[] }
}

/** Each subject is linked to two of the other end, both ways. */
function link(catalog: Catalog, worlds: ReadonlyMap<string, readonly SubjectFacts[]>, random: Random): void {
  for (const { key, from, to, inverseOf } of catalog.relations.values()) {
    if (inverseOf !== null) continue
    const others = worlds.get(to)!
    const put = (facts: SubjectFacts, fact: RelationFact): void => {
      const links = facts.related as Map<string, RelationFact[]>
      links.set(key, [...(links.get(key) ?? []), fact])
    }
    for (const facts of worlds.get(from)!) {
      for (let count = 0; count < 2; count++) {
        const other = others[random.below(others.length)]!
        const fact = { role: '', from: 0, to: null, seq: 1n }
        put(facts, { ...fact, direction: 'from', other })
        put(other, { ...fact, direction: 'to', other: facts })
      }
    }
  }
}
