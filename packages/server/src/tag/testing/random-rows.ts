import type { Catalog, PropertyType } from '@tagtree/core/catalog/catalog'
import type { StoredValue } from '@tagtree/core/catalog/coerce'
import type { Random } from '@tagtree/core/demo/random'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import type { World } from './random-world.js'

const PEOPLE = 30
const EVENTS_EACH = 25

/**
 * A world for any catalogue: subjects of every kind with random attributes and events, whose texts are taken from `words`
 * (what definitions compare with), so that their rules hold for somebody.
 */
export function randomRows(random: Random, catalog: Catalog, words: readonly string[], asOf: number): World {
  const kinds = [...catalog.subjects.values()]
  const subjectOf = new Map(
    kinds.flatMap((kind, place) => range(PEOPLE).map((n) => [place * 100 + n + 1, kind] as const)),
  )
  let seq = 0n
  const place = (node: number) => {
    seq += 1n
    return { node, stamped: node, importId: 0, seq }
  }
  const past = (): number => asOf - Math.floor(random.unit() ** 2 * 400 * 86_400_000) - 1
  const names = [...catalog.events.keys()].filter((name) => name !== 'any')
  const value = (type: PropertyType): StoredValue => randomValue(random, type, words, past)
  const inMemory = (type: PropertyType): EventScopeValue => {
    const stored = value(type)
    return stored.type === 'number' ? parseDecimal(stored.value) : stored.value
  }
  return {
    timeZone: catalog.timeZone,
    asOf,
    knownSeq: null,
    excludedImports: [],
    attributes: 'current',
    unpublishedRuns: [],
    superseded: [],
    listings: [],
    identities: [],
    subjectOf: new Map([...subjectOf].map(([profile, kind]) => [profile, kind.number])),
    profileOf: new Map([...subjectOf.keys()].map((profile) => [profile, profile])),
    sightings: [...subjectOf.keys()].map((profile) => ({
      ...place(profile),
      strong: random.chance(0.9),
      firstTs: asOf - 500 * 86_400_000,
    })),
    events: [...subjectOf.keys()].flatMap((profile) =>
      range(EVENTS_EACH).map(() => {
        const at = place(profile)
        const event = random.one(names)
        const properties: Record<string, EventScopeValue> = {}
        const items: Record<string, EventScopeValue>[] = []
        const fields = [...catalog.events.get(event)!.properties.values()]
        if (fields.some(({ item }) => item)) for (let line = random.below(3); line > 0; line--) items.push({})
        for (const { name, type, item } of fields) {
          if (!item && random.chance(0.8)) properties[name] = inMemory(type)
          for (const line of item ? items : []) line[name.slice(name.indexOf('.') + 1)] = inMemory(type)
        }
        return { ...at, fact: { event, ts: past(), seq: at.seq, properties, items } }
      }),
    ),
    changes: [...subjectOf].flatMap(([profile, kind]) =>
      [...(catalog.attributes.get(kind.key)?.values() ?? [])]
        .filter(({ key }) => !key.startsWith('id.') && random.chance(0.8))
        .map(({ key, type }) => {
          const at = place(profile)
          return {
            ...at,
            attribute: key,
            change: { operation: 'set' as const, value: value(type), ts: past(), seq: at.seq },
          }
        }),
    ),
  }
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function randomValue(random: Random, type: PropertyType, words: readonly string[], past: () => number): StoredValue {
  switch (type) {
    case 'number':
    case 'money':
      return { type: 'number', value: String(random.one([0, 1, 2, 3, 4, 5, 9, 10, 60, 200, 500.5, 2000, 100_000])) }
    case 'text':
      return { type: 'text', value: random.one(words) }
    case 'date':
      return { type: 'date', value: random.chance(0.5) ? past() : past() - random.below(60) * 365 * 86_400_000 }
    case 'bool':
      return { type: 'bool', value: random.chance(0.5) }
    case 'list':
      return { type: 'list', value: [random.one(words), random.one(words)] }
  }
}

/** Every text in some documents: codes, names, literals. */
export function wordsOf(documents: unknown): string[] {
  const words = new Set<string>()
  const visit = (part: unknown): void => {
    if (typeof part === 'string' && part.length <= 64) words.add(part)
    else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit)
  }
  visit(documents)
  return [...words].sort()
}
