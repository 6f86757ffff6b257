import type { RelationFact, SubjectFacts } from '@tagtree/core/evaluate/facts'
import { lastPublished } from '@tagtree/core/evaluate/published'
import { type Reads, readsOf } from '@tagtree/core/explain/reads'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { readEventFacts } from './event-facts.js'
import { type FactSource, knownRows, type ProfilePlaces, profileOf, sourceParams } from './fact-source.js'
import { readAttributeFacts, readIdentityFacts, readPublishedFacts, readSightings } from './other-facts.js'

/** Finds where the rows of profiles lie. */
export type FindPlaces = (profiles: readonly number[]) => Promise<readonly ProfilePlaces[]>

/** Relations lead so deep into each other, as in the language. */
const DEEPEST = 2
/** More related subjects are not followed. */
const MOST_RELATED = 2_000

/**
 * Everything some definitions read of one subject, as the log has it: for the evaluator, in place of tables. Those who were
 * not seen before the moment are first seen at it.
 * @throws AppError FACTS_TOO_MANY
 */
export async function loadFacts(
  source: FactSource,
  findPlaces: FindPlaces,
  profile: number,
  definitions: readonly Definition[],
): Promise<SubjectFacts> {
  const reads = readsOf(definitions, source.catalog)
  const [facts] = await loadAll(source, findPlaces, [profile], reads, reads.relations.size === 0 ? 0 : DEEPEST)
  return facts!
}

async function loadAll(
  source: FactSource,
  findPlaces: FindPlaces,
  profiles: readonly number[],
  reads: Reads,
  depth: number,
): Promise<SubjectFacts[]> {
  const places = await findPlaces(profiles)
  const [sightings, events, attributes, identities, published, links] = await Promise.all([
    readSightings(source, places),
    readEventFacts(source, places, reads),
    readAttributeFacts(source, places, reads),
    readIdentityFacts(source, places, reads),
    readPublishedFacts(source, places, reads),
    depth === 0 ? new Map<number, Link[]>() : readLinks(source, places, reads),
  ])
  const others = await loadOthers(source, findPlaces, links, reads, depth)
  return profiles.map((profile): SubjectFacts => {
    const seen = sightings.get(profile)
    const history = published.get(profile) ?? new Map()
    const related = new Map<string, RelationFact[]>()
    for (const { kind, other, ...fact } of links.get(profile) ?? []) {
      related.set(kind, [...(related.get(kind) ?? []), { ...fact, other: others.get(other)! }])
    }
    const facts = {
      profile,
      ...(seen ?? { strong: false, firstTs: source.asOf }),
      events: events.get(profile) ?? [],
      attributes: attributes.get(profile) ?? new Map(),
      lists: new Set<string>(),
      identities: identities.get(profile) ?? new Map(),
      related,
      published: history,
    }
    for (const list of reads.lists) {
      if (lastPublished(`list:${list}`, facts, source.asOf)?.op === 'added') facts.lists.add(list)
    }
    return facts
  })
}

async function loadOthers(
  source: FactSource,
  findPlaces: FindPlaces,
  links: ReadonlyMap<number, readonly Link[]>,
  reads: Reads,
  depth: number,
): Promise<Map<number, SubjectFacts>> {
  const wanted = [...new Set([...links.values()].flat().map((link) => link.other))]
  if (wanted.length > MOST_RELATED) throw new AppError('FACTS_TOO_MANY', { words: { most: MOST_RELATED } })
  if (wanted.length === 0) return new Map()
  const found = await loadAll(source, findPlaces, wanted, reads, depth - 1)
  return new Map(found.map((facts) => [facts.profile, facts]))
}

interface Link extends Omit<RelationFact, 'other'> {
  readonly kind: string
  readonly other: number
}

/** Links at both ends: a profile that is both ends of one has it twice. */
async function readLinks(
  source: FactSource,
  places: readonly ProfilePlaces[],
  { relations }: Reads,
): Promise<Map<number, Link[]>> {
  const [from, to] = [profileOf('from_node', 'from_profile'), profileOf('to_node', 'to_profile')]
  const rows = await source.clickhouse.query<{
    kind: string
    role: string
    from_is: number
    to_is: number
    since: string
    until: string | null
    row: string
  }>(
    `SELECT kind, role, ${from} AS from_is, ${to} AS to_is, toUnixTimestamp64Milli(from_ts) AS since,
            toUnixTimestamp64Milli(to_ts) AS until, seq AS row
     FROM relations
     WHERE kind IN {kinds:Array(String)} AND (from_node IN {nodes:Array(UInt32)} OR to_node IN {nodes:Array(UInt32)})
       AND (from_is IN {profiles:Array(UInt32)} OR to_is IN {profiles:Array(UInt32)})
       AND from_ts <= fromUnixTimestamp64Milli({asOf:Int64})${knownRows(source)}
     LIMIT {most:UInt32}`,
    {
      params: {
        ...sourceParams(source),
        kinds: [...relations],
        nodes: places.flatMap((place) => place.nodes),
        profiles: places.map((place) => place.profile),
        most: MOST_RELATED * 10,
      },
    },
  )
  const own = new Set(places.map((place) => place.profile))
  const links = new Map<number, Link[]>()
  const add = (profile: number, link: Link): void => {
    if (own.has(profile)) links.set(profile, [...(links.get(profile) ?? []), link])
  }
  for (const row of rows) {
    const { kind, role } = row
    const fact = {
      kind,
      role,
      from: Number(row.since),
      to: row.until === null ? null : Number(row.until),
      seq: BigInt(row.row),
    }
    add(row.from_is, { ...fact, direction: 'from', other: row.to_is })
    add(row.to_is, { ...fact, direction: 'to', other: row.from_is })
  }
  return links
}
