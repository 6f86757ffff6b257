import type { AttributeChange } from '@tagtree/core/catalog/attribute-fold'
import type { StoredValue } from '@tagtree/core/catalog/coerce'
import type { Random } from '@tagtree/core/demo/random'
import type { ItemReader } from '@tagtree/core/evaluate/event-rows'
import type { EventFact, PublishedFact, RelationFact, SubjectFacts } from '@tagtree/core/evaluate/facts'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import { addSpan, startOfUnit, zoneOf } from '@tagtree/core/kernel/zone'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { WORLD_ZONES } from './world-catalog.js'

/** What the log wrote, before anybody asks: rows with their node, import and sequence number. */
export interface World {
  readonly timeZone: string
  readonly asOf: number
  /** null = everything is known. */
  readonly knownSeq: bigint | null
  readonly excludedImports: readonly number[]
  readonly attributes: 'current' | 'history'
  readonly unpublishedRuns: readonly bigint[]
  /** Profiles that are no persons, with the number of their subject kind. */
  readonly subjectOf?: ReadonlyMap<number, number>
  /** Node -> profile today; every node has one. */
  readonly profileOf: ReadonlyMap<number, number>
  readonly sightings: readonly Sighting[]
  readonly events: readonly StoredEvent[]
  readonly superseded: readonly { readonly seq: bigint; readonly bySeq: bigint; readonly importId: number }[]
  readonly changes: readonly StoredChange[]
  readonly listings: readonly StoredListing[]
  readonly identities: readonly (Place & { readonly kind: string; readonly value: string })[]
  /** Relations between nodes; absent = none. */
  readonly links?: readonly StoredLink[]
  /** The catalogue of goods; absent = none. */
  readonly items?: readonly StoredItem[]
  /** What runs of tags and segments published; absent = nothing. */
  readonly published?: readonly StoredPublication[]
}
/** An item of the catalogue `goods` as it was told once. */
export interface StoredItem {
  readonly item: string
  readonly ts: number
  readonly seq: bigint
  readonly importId: number
  readonly brand: string | null
  readonly price: string | null
}
/** A relation from one node to another; `node` and `stamped` are of the end it begins at. */
export interface StoredLink extends Place {
  readonly kind: string
  readonly to: Place
  readonly role: string
  readonly fromTs: number
  readonly toTs: number | null
}
/** A row of the history of a tag (`tag:<id>`) or segment (`segment:<id>`). */
export interface StoredPublication {
  readonly of: string
  readonly profile: number
  readonly asOf: number
  readonly run: bigint
  /** A code; null = blank. true and false of a segment, null = undecided. */
  readonly value: string | boolean | null
  /** Only of a family: whether the code came or went. */
  readonly isPresent: boolean
  /** Whether it is a tag of several values, each with a history of its own. */
  readonly isFamily?: boolean
}
export interface Place {
  readonly node: number
  /** Profile it was written under. */
  readonly stamped: number
  readonly importId: number
  readonly seq: bigint
}
export interface Sighting extends Place {
  readonly strong: boolean
  readonly firstTs: number
}
export interface StoredEvent extends Place {
  readonly fact: EventFact
}
export interface StoredChange extends Place {
  readonly attribute: string
  readonly change: AttributeChange
}
/** Whether a run put a profile on an uploaded list or took it off. */
export interface StoredListing {
  readonly list: string
  readonly profile: number
  readonly asOf: number
  readonly run: bigint
  readonly isOn: boolean
}

const CITIES = ['上海', '北京', 'Paris', 'paris', '华东/上海', '', "o'x"]
const NODES = 52
const PEOPLE = 40
const EVENTS = 400
/** Amounts that repeat, lie beside each other, are negative, zero and as large as a stored number may be. */
const AMOUNTS = ['0', '0.0001', '9.99', '10', '10.0001', '100', '100', '99.5', '-5', '250.25', '99999999999999.9999']

/** A world of about 40 profiles and 400 events with merges, missing values, equal moments and rows nobody may see. */
export function randomWorld(random: Random): World {
  const timeZone = random.one(WORLD_ZONES)
  const asOf = Date.UTC(
    2026,
    random.below(12),
    random.between(1, 28),
    random.below(24),
    random.below(60),
    0,
    random.below(1000),
  )
  const people = mergedNodes(random)
  const companies = new Map(Array.from({ length: COMPANIES }, (_, index) => companyNode(index)))
  const profileOf = new Map([...people, ...companies])
  const nodes = [...people.keys()]
  const companyNodes = [...companies.keys()]
  const moments = momentsAround(asOf, timeZone)
  let next = 1000n
  const place = (node = random.one(nodes)): Place => {
    next += BigInt(random.between(1, 3))
    const stamped = random.chance(0.5) ? profileOf.get(node)! : node
    return { node, stamped, importId: random.chance(0.8) ? 0 : random.between(1, 3), seq: next }
  }
  const moment = (): number => {
    if (random.chance(0.5)) return random.one(moments)
    return asOf - Math.floor(random.unit() ** 3 * 500 * 86_400_000)
  }
  const events = Array.from({ length: EVENTS }, (): StoredEvent => {
    const at = place()
    return { ...at, fact: randomEvent(random, moment(), at.seq, moments) }
  })
  const published = randomPublications(random, [...new Set(people.values())], moment)
  const world: World = {
    timeZone,
    subjectOf: new Map(companyNodes.map((node) => [profileOf.get(node)!, 2])),
    links: Array.from({ length: 90 }, (): StoredLink => {
      const kind = random.chance(0.7) ? 'employer' : 'referred_by'
      const fromTs = moment()
      return {
        ...place(),
        kind,
        to: place(random.one(kind === 'employer' ? companyNodes : nodes)),
        role: random.one(['', 'buyer', 'boss']),
        fromTs,
        toTs: random.chance(0.3) ? Math.max(fromTs, moment()) : null,
      }
    }),
    published,
    items: randomItems(random, moment, () => place().seq),
    asOf,
    knownSeq: random.chance(0.3) ? next - BigInt(random.below(120)) : null,
    excludedImports: random.chance(0.5) ? [random.between(1, 3)] : [],
    attributes: random.chance(0.5) ? 'current' : 'history',
    unpublishedRuns: Array.from({ length: 12 }, (_, index) => BigInt(random.below(60) + (index % 2) * 1000)),
    profileOf,
    events,
    sightings: [...nodes, ...companyNodes].flatMap((node) => {
      const strong = random.chance(0.7)
      const firstTs = asOf - random.between(-2, 400) * 86_400_000
      const again = random.chance(0.2) ? [{ ...place(node), strong, firstTs: firstTs - 86_400_000 }] : []
      return [{ ...place(node), strong, firstTs }, ...again]
    }),
    superseded: events
      .filter(() => random.chance(0.04))
      .map((event) => ({ seq: event.seq, bySeq: event.seq + BigInt(random.below(300)), importId: random.below(3) })),
    changes: [
      ...Array.from({ length: 260 }, () => randomChange(random, place(), moment(), CHANGES)),
      ...Array.from({ length: 40 }, () =>
        randomChange(random, place(random.one(companyNodes)), moment(), COMPANY_CHANGES),
      ),
    ],
    listings: Array.from({ length: 40 }, (_, run) => ({
      list: 'chosen',
      profile: random.one([...people.values()]),
      // The history keeps seconds.
      asOf: Math.floor(moment() / 1000) * 1000,
      run: BigInt(run),
      isOn: random.chance(0.7),
    })),
    identities: nodes
      .filter(() => random.chance(0.4))
      .map((node) => ({ ...place(node), kind: 'phone', value: `1380000000${random.below(4)}` })),
  }
  return world
}

const COMPANIES = 10

/** Goods that are told more than once, in part by imports that were undone. */
function randomItems(random: Random, moment: () => number, seq: () => bigint): StoredItem[] {
  return Array.from({ length: 8 }, () => ({
    item: random.one(['A100', 'B200', 'B200', 'D400']),
    ts: moment(),
    seq: seq(),
    importId: random.below(4),
    brand: random.chance(0.8) ? random.one(['Acme', 'Zeta']) : null,
    price: random.chance(0.8) ? random.one(['10', '9.99', '100']) : null,
  }))
}

/** An item as it is known: the newest of its rows that may be seen counts as a whole. */
export function itemsOf(world: World): ItemReader {
  const known = (world.items ?? [])
    .filter((one) => !world.excludedImports.includes(one.importId))
    .filter((one) => world.knownSeq === null || one.seq <= world.knownSeq)
    .toSorted((a, b) => a.ts - b.ts || (a.seq < b.seq ? -1 : 1))
  return (_catalogue, item) => {
    const newest = known.findLast((one) => one.item === item)
    if (newest === undefined) return null
    return { brand: newest.brand, price: newest.price === null ? null : parseDecimal(newest.price) }
  }
}

/** A company's node and its profile: the last two are one. */
function companyNode(index: number): readonly [number, number] {
  return [101 + index, index === COMPANIES - 1 ? 100 + index : 101 + index]
}

/** Histories of a ranked tag, a family and a segment, with repeated values and several runs of one moment. */
function randomPublications(random: Random, profiles: readonly number[], moment: () => number): StoredPublication[] {
  return Array.from({ length: 150 }, (_, index): StoredPublication => {
    const of = random.one(['tag:rank', 'tag:rank', 'tag:styles', 'segment:watched'])
    const value: Record<string, StoredPublication['value']> = {
      'tag:rank': random.one(['low', 'mid', 'high', null]),
      'tag:styles': random.one(['red', 'blue']),
      'segment:watched': random.one([true, false, null]),
    }
    return {
      of,
      profile: random.one(profiles),
      // The history keeps seconds.
      asOf: Math.floor(moment() / 1000) * 1000,
      run: BigInt(1000 + index),
      value: value[of]!,
      isPresent: of !== 'tag:styles' || random.chance(0.6),
      isFamily: of === 'tag:styles',
    }
  })
}

/** Some nodes belong to the profile of an older one; a profile is its smallest node. */
function mergedNodes(random: Random): Map<number, number> {
  const profiles = Array.from({ length: PEOPLE }, (_, index) => index + 1)
  const late = Array.from({ length: NODES - PEOPLE }, (_, index) => PEOPLE + index + 1)
  return new Map([
    ...profiles.map((one) => [one, one] as const),
    ...late.map((one) => [one, random.one(profiles)] as const),
  ])
}

/** Instants at which windows of the generated definitions begin or end, and a millisecond to either side. */
function momentsAround(asOf: number, timeZone: string): number[] {
  const zone = zoneOf(timeZone)
  const edges = [
    asOf,
    ...['7d', '30d', '1mo', '1y'].map((text) => addSpan(zone, asOf, spanOf(text), -1)),
    ...(['day', 'week', 'month', 'quarter', 'year'] as const).flatMap((unit) => [
      startOfUnit(zone, unit, asOf),
      startOfUnit(zone, unit, asOf, -1),
    ]),
  ]
  return edges.flatMap((edge) => [edge - 1, edge, edge + 1])
}

function spanOf(text: string) {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(text)!
  return { count: Number(count), unit: unit as 'd' | 'mo' | 'y' }
}

function randomEvent(random: Random, ts: number, seq: bigint, moments: readonly number[]): EventFact {
  const maybe = (value: () => EventScopeValue): EventScopeValue => (random.chance(0.8) ? value() : null)
  const amount = (): EventScopeValue => parseDecimal(random.one(AMOUNTS))
  const name = random.one(['order.paid', 'order.paid', 'page.viewed', 'message.sent'])
  const known: Record<string, EventScopeValue> = {}
  const set = (key: string, value: EventScopeValue): void => {
    if (value !== null) known[key] = value
  }
  set(
    'city',
    maybe(() => random.one(CITIES)),
  )
  if (name === 'page.viewed')
    set(
      'seconds',
      maybe(() => parseDecimal(random.between(-2, 60))),
    )
  if (name !== 'order.paid') return { event: name, ts, seq, properties: known, items: [] }
  set(
    'order_id',
    maybe(() => `o${random.below(60)}`),
  )
  set('amount', maybe(amount))
  set(
    'gift',
    maybe(() => random.chance(0.5)),
  )
  set(
    'due',
    maybe(() => random.one(moments)),
  )
  set(
    'labels',
    maybe(() => ['a', 'b', 'c'].filter(() => random.chance(0.4))),
  )
  set(
    'note',
    maybe(() => random.one(['Hello World', 'hello', 'WORLD', 'ä'])),
  )
  const items = Array.from({ length: random.below(4) }, () => {
    const line: Record<string, EventScopeValue> = {}
    if (random.chance(0.85)) line.sku = random.one(['A100', 'B200', 'C300'])
    if (random.chance(0.85)) line.qty = parseDecimal(random.between(0, 4))
    if (random.chance(0.85)) line.price = amount()
    return line
  })
  return { event: name, ts, seq, properties: known, items }
}

function randomChange(random: Random, place: Place, ts: number, kinds: Changes): StoredChange {
  const attribute = random.one(Object.keys(kinds))
  const { operations, value } = kinds[attribute]!
  const operation = random.one(operations)
  const stored = operation === 'unset' ? null : value(random)
  return { ...place, attribute, change: { operation, value: stored, ts, seq: place.seq } }
}

const SETS = ['set', 'set', 'set_once', 'unset'] as const
type Changes = Readonly<
  Record<string, { operations: readonly AttributeChange['operation'][]; value: (random: Random) => StoredValue }>
>
const COMPANY_CHANGES: Changes = {
  industry: { operations: SETS, value: (random) => ({ type: 'text', value: random.one(['retail', 'mining', 'o']) }) },
  employees: { operations: SETS, value: (random) => ({ type: 'number', value: random.one(['3', '40', '40.5', '0']) }) },
}
const CHANGES: Changes = {
  city: { operations: SETS, value: (random) => ({ type: 'text', value: random.one(CITIES) }) },
  level: { operations: SETS, value: (random) => ({ type: 'text', value: random.one(['gold', 'silver']) }) },
  nick: { operations: SETS, value: (random) => ({ type: 'text', value: random.one(['Ann', 'bob']) }) },
  'tag.grade': { operations: SETS, value: (random) => ({ type: 'text', value: random.one(['A', 'B', 'C', 'other']) }) },
  'tag.mood': { operations: SETS, value: (random) => ({ type: 'text', value: random.one(['fine', 'sad']) }) },
  'tag.topics': {
    operations: SETS,
    value: (random) => ({ type: 'list', value: ['z', 'x', 'y', 'w'].filter(() => random.chance(0.5)) }),
  },
  // Corrections are set or taken back; a code may have left the tag since.
  'corrected.tier': {
    operations: ['set', 'set', 'unset'],
    value: (random) => ({ type: 'list', value: random.one([['low'], ['mid'], ['high'], ['gone'], []]) }),
  },
  'corrected.styles': {
    operations: ['set', 'set', 'unset'],
    value: (random) => ({ type: 'list', value: ['blue', 'gone', 'red'].filter(() => random.chance(0.5)) }),
  },
  points: {
    operations: [...SETS, 'increment'],
    value: (random) => ({ type: 'number', value: random.one(['1', '0', '-2.5', '100', '99999999999999.9999']) }),
  },
  birthday: {
    operations: SETS,
    value: (random) => ({
      type: 'date',
      value: Date.UTC(random.between(1900, 2030), random.below(12), random.between(1, 29)),
    }),
  },
  vip: { operations: SETS, value: (random) => ({ type: 'bool', value: random.chance(0.5) }) },
  interests: {
    operations: [...SETS, 'append'],
    value: (random) => ({ type: 'list', value: ['x', 'y', 'z'].filter(() => random.chance(0.5)) }),
  },
}

/** The world as its subjects of one kind (or all) are known: hidden rows left out, nodes put together. */
export function factsOf(world: World, subject?: number): SubjectFacts[] {
  const isKnown = (row: { importId: number; seq: bigint }): boolean =>
    !world.excludedImports.includes(row.importId) && (world.knownSeq === null || row.seq <= world.knownSeq)
  const replaced = new Set(
    world.superseded.filter((row) => isKnown({ importId: row.importId, seq: row.bySeq })).map((row) => row.seq),
  )
  const all = new Map<number, SubjectFacts>()
  for (const profile of new Set(world.profileOf.values())) {
    const own = <T extends Place>(rows: readonly T[]): T[] =>
      rows.filter((row) => world.profileOf.get(row.node) === profile && isKnown(row))
    const seen = own(world.sightings).filter((one) => one.firstTs < world.asOf)
    if (seen.length === 0) continue
    const attributes = new Map<string, AttributeChange[]>()
    for (const { attribute, change } of own(world.changes)) {
      attributes.set(attribute, [...(attributes.get(attribute) ?? []), change])
    }
    const strong = seen.filter((one) => one.strong).map((one) => one.firstTs)
    all.set(profile, {
      profile,
      strong: strong.length > 0,
      ...(strong.length > 0 ? { strongFrom: Math.min(...strong) } : {}),
      firstTs: Math.min(...seen.map((one) => one.firstTs)),
      events: own(world.events)
        .map((event) => event.fact)
        .filter((fact) => !replaced.has(fact.seq)),
      attributes,
      lists: new Set(listsOf(world, profile)),
      identities: new Map([['phone', own(world.identities).map((one) => one.value)]]),
      related: new Map(),
      published: publishedOf(world, profile),
    })
  }
  relate(world, all, isKnown)
  return [...all.values()].filter(
    (facts) => subject === undefined || (world.subjectOf?.get(facts.profile) ?? 1) === subject,
  )
}

/** Puts each known link at both its ends; ends that are not there have none. */
function relate(
  world: World,
  all: ReadonlyMap<number, SubjectFacts>,
  isKnown: (row: { importId: number; seq: bigint }) => boolean,
): void {
  for (const link of world.links ?? []) {
    const [from, to] = [link.node, link.to.node].map((node) => all.get(world.profileOf.get(node)!))
    if (!isKnown(link)) continue
    const common = { role: link.role, from: link.fromTs, to: link.toTs, seq: link.seq }
    const add = (one: SubjectFacts, direction: 'from' | 'to', other: SubjectFacts): void => {
      const related = one.related as Map<string, RelationFact[]>
      related.set(link.kind, [...(related.get(link.kind) ?? []), { ...common, direction, other }])
    }
    if (from !== undefined) add(from, 'from', to ?? UNSEEN)
    if (to !== undefined) add(to, 'to', from ?? UNSEEN)
  }
}

/** Somebody whom a link names and who was not seen yet. */
const UNSEEN: SubjectFacts = {
  profile: -1,
  strong: false,
  firstTs: Number.POSITIVE_INFINITY,
  events: [],
  attributes: new Map(),
  lists: new Set(),
  identities: new Map(),
}

function publishedOf(world: World, profile: number): Map<string, PublishedFact[]> {
  const published = new Map<string, PublishedFact[]>()
  const add = (of: string, fact: PublishedFact): void => {
    published.set(of, [...(published.get(of) ?? []), fact])
  }
  const isSeen = (run: bigint): boolean => !world.unpublishedRuns.includes(run)
  for (const one of world.published ?? []) {
    if (one.profile !== profile || !isSeen(one.run)) continue
    const isFamily = one.isFamily === true
    const isThere = isFamily ? one.isPresent : one.value === true
    const op = one.of.startsWith('tag:') && !isFamily ? 'set' : isThere ? 'added' : 'removed'
    add(one.of, { ts: one.asOf, seq: one.run, value: one.value, op })
  }
  for (const one of world.listings) {
    if (one.profile === profile && isSeen(one.run)) {
      add(`list:${one.list}`, { ts: one.asOf, seq: one.run, value: one.isOn, op: one.isOn ? 'added' : 'removed' })
    }
  }
  return published
}

/** Lists whose newest visible upload holds the profile. */
function listsOf(world: World, profile: number): string[] {
  const newest = new Map<string, StoredListing>()
  for (const one of world.listings) {
    if (one.profile !== profile || one.asOf > world.asOf || world.unpublishedRuns.includes(one.run)) continue
    const former = newest.get(one.list)
    const isNewer = former === undefined || one.asOf > former.asOf || (one.asOf === former.asOf && one.run > former.run)
    if (isNewer) newest.set(one.list, one)
  }
  return [...newest].filter(([, one]) => one.isOn).map(([list]) => list)
}
