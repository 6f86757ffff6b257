import type { Random } from '@tagtree/core/demo/random'
import { type Place, randomWorld, type World } from '../../testing/random-world.js'

/** Row numbers of the later batch begin here. */
export const LATER_SEQ = 65_536n

/**
 * The world after more has arrived: later events and late ones, changes of attributes, orders whose lines were replaced,
 * profiles that merged or parted, and an import that was undone. Everything new has row numbers from LATER_SEQ on.
 */
export function laterWorld(random: Random, world: World): World {
  const profileOf = laterProfiles(random, world)
  const fresh = randomWorld(random)
  const shift = world.asOf - fresh.asOf + random.between(-3, 30) * 86_400_000
  const kindOf = (node: number): number => world.subjectOf?.get(world.profileOf.get(node)!) ?? 1
  const nodesOf = (kind: number): number[] => [...profileOf.keys()].filter((node) => kindOf(node) === kind)
  const placed = <Row extends Place>(row: Row): Row => {
    const node = random.one(nodesOf(kindOf(row.node)))
    return { ...row, node, stamped: random.chance(0.5) ? profileOf.get(node)! : node, seq: row.seq + LATER_SEQ }
  }
  return {
    ...world,
    profileOf,
    attributes: 'history',
    excludedImports: random.chance(0.5) ? [2] : [],
    events: [
      ...world.events,
      ...fresh.events.map((row) => {
        const { fact, ...place } = placed(row)
        return { ...place, fact: { ...fact, ts: fact.ts + shift, seq: place.seq } }
      }),
    ],
    changes: [
      ...world.changes,
      ...fresh.changes.map((row) => {
        const { change, ...place } = placed(row)
        return { ...place, change: { ...change, ts: change.ts + shift, seq: place.seq } }
      }),
    ],
    sightings: [
      ...world.sightings,
      ...fresh.sightings
        .filter(() => random.chance(0.3))
        .map((row) => ({ ...placed(row), firstTs: row.firstTs + shift })),
    ],
    links: [
      ...(world.links ?? []),
      ...(fresh.links ?? []).map((row) => ({
        ...placed(row),
        to: placed(row.to),
        fromTs: row.fromTs + shift,
        toTs: row.toTs === null ? null : row.toTs + shift,
      })),
    ],
    identities: [...world.identities, ...fresh.identities.map(placed)],
    superseded: [
      ...world.superseded,
      ...world.events
        .filter(() => random.chance(0.04))
        .map((event, index) => ({ seq: event.seq, bySeq: LATER_SEQ + BigInt(index), importId: random.below(4) })),
    ],
  }
}

/** Some profiles went into older ones, and a node of another parted from it. */
function laterProfiles(random: Random, { profileOf: before, subjectOf }: World): Map<number, number> {
  const after = new Map(before)
  const isPerson = (profile: number): boolean => (subjectOf?.get(profile) ?? 1) === 1
  for (let merge = 0; merge < 4; merge++) {
    const profiles = [...new Set(after.values())].filter(isPerson).sort((a, b) => a - b)
    const [one, other] = [random.one(profiles), random.one(profiles)]
    for (const [node, profile] of after) if (profile === Math.max(one, other)) after.set(node, Math.min(one, other))
  }
  const joined = [...before].filter(([node, profile]) => node !== profile && isPerson(profile))
  if (joined.length > 0) {
    const [node] = random.one(joined)
    after.set(node, node)
  }
  return after
}

/** Nodes whose profile is another one now. */
export function movedNodes(before: World, after: World): [node: number, former: number][] {
  return [...before.profileOf].filter(([node, profile]) => after.profileOf.get(node) !== profile)
}
