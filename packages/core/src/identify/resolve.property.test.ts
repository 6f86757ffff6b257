import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolve } from './resolve.js'
import { MemoryWorld } from './testing/memory-world.js'

const anyIdentity = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((n) => `user_id:u${n}`),
  fc.integer({ min: 1, max: 8 }).map((n) => `phone:1390000001${n}`),
  fc.integer({ min: 1, max: 5 }).map((n) => `email:p${n}@example.com`),
  fc.integer({ min: 1, max: 5 }).map((n) => `device_id:d${n}`),
  fc.integer({ min: 1, max: 5 }).map((n) => `anonymous_id:a${n}`),
)
const anyFact = fc.record({
  identities: fc.array(anyIdentity, { minLength: 1, maxLength: 4 }),
  ts: fc.integer({ min: 0, max: 30 }).map((hours) => hours * 3_600_000),
})
const anyHistory = fc.array(anyFact, { minLength: 1, maxLength: 40 })

describe('laws of identity', () => {
  it('replay of the recorded evidence equals what was decided online', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const world = new MemoryWorld()
        for (const { identities, ts } of history) world.take(identities, ts)
        const { profileOf, outcomes } = resolve(world.nodes, world.evidence)
        expect(profileOf).toEqual(world.profiles())
        outcomes.forEach((outcome, index) => {
          expect(outcome === null).toBe(world.evidence[index]!.reason === null)
        })
      }),
      { numRuns: 500 },
    )
  })

  it('evidence seen again changes nothing', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const world = new MemoryWorld()
        for (const { identities, ts } of history) world.take(identities, ts)
        const twice = resolve(world.nodes, [...world.evidence, ...world.evidence])
        expect(twice.profileOf).toEqual(world.profiles())
      }),
      { numRuns: 200 },
    )
  })

  it('merges commute where neither a limit nor a second strong identity is involved', () => {
    const roomy = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 25,
    })
    fc.assert(
      fc.property(
        roomy.chain((facts) => fc.tuple(fc.constant(facts), fc.shuffledSubarray(facts, { minLength: facts.length }))),
        ([facts, shuffled]) => {
          const groups = (order: readonly (readonly number[])[]): string[] => {
            const world = new MemoryWorld()
            for (const fact of order) world.take(fact.map((n) => `anonymous_id:a${n}`))
            const members = new Map<number, number[]>()
            for (let n = 1; n <= 20; n++) {
              const profile = world.profileOf(`anonymous_id:a${n}`)
              if (profile !== undefined) members.set(profile, [...(members.get(profile) ?? []), n])
            }
            return [...members.values()].map((group) => group.join()).sort()
          }
          expect(groups(shuffled)).toEqual(groups(facts))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('a profile is named by its smallest node and never exceeds a limit', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const world = new MemoryWorld()
        for (const { identities, ts } of history) world.take(identities, ts)
        const members = new Map<number, typeof world.nodes>()
        for (const node of world.nodes) {
          const profile = world.profiles().get(node.id)!
          members.set(profile, [...(members.get(profile) ?? []), node])
        }
        for (const [profile, nodes] of members) {
          expect(Math.min(...nodes.map((node) => node.id))).toBe(profile)
          expect(nodes.filter((node) => node.kind === 'user_id').length).toBeLessThanOrEqual(1)
          expect(nodes.filter((node) => node.kind === 'phone').length).toBeLessThanOrEqual(3)
        }
      }),
      { numRuns: 200 },
    )
  })
})

const shared = fileURLToPath(new URL('../../../../../shared', import.meta.url))
const oracle = `${shared}/oracles/identity_toy.json`

describe.skipIf(!existsSync(oracle))('the toy data set (passed over when ../shared is absent)', () => {
  const rows = (file: string): string[][] =>
    readFileSync(`${shared}/data/identity-toy/${file}`, 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(','))
  const expected = () =>
    JSON.parse(readFileSync(oracle, 'utf8')) as {
      clusters: string[][]
      events: { policy_user_id_wins: { owner_of_event: Record<string, string> } }
    }

  it('links records that share a phone, an e-mail or an openid exactly as the oracle does', () => {
    const world = new MemoryWorld()
    const profileOfRecord = rows('records.csv').map(([id, , , phone, email, openid]) => {
      const identities = [
        [`phone:${phone}`, phone],
        [`email:${email}`, email],
        [`openid:${openid}`, openid],
      ]
      const given = identities.filter(([, value]) => value !== '').map(([identity]) => identity!)
      return { id: id!, node: world.take(given)?.node }
    })
    const profiles = world.profiles()
    const clusters = new Map<string, string[]>()
    for (const { id, node } of profileOfRecord) {
      const key = node === undefined ? id : String(profiles.get(node.id))
      clusters.set(key, [...(clusters.get(key) ?? []), id])
    }
    const inOrder = (all: readonly string[][]): string[] => all.map((cluster) => cluster.toSorted().join()).sort()
    expect(inOrder([...clusters.values()])).toEqual(inOrder(expected().clusters))
  })

  it('gives each event of a device to the user the oracle names', () => {
    const world = new MemoryWorld()
    const events = rows('events.csv').map(([id, t, device, user]) => ({
      id: id!,
      ts: Number(t) * 60_000,
      device,
      user,
    }))
    events.sort((a, b) => a.ts - b.ts)
    const nodes = events.map((event) => {
      const identities = [`device_id:${event.device}`, ...(event.user ? [`user_id:${event.user}`] : [])]
      return { ...event, node: world.take(identities, event.ts)!.node }
    })
    const profiles = world.profiles()
    const users = new Map<number, string>()
    for (const { user } of events) if (user) users.set(world.profileOf(`user_id:${user}`)!, user)
    const owners = Object.fromEntries(
      nodes.map(({ id, node, device }) => [id, users.get(profiles.get(node.id)!) ?? `anon:${device}`]),
    )
    expect(owners).toEqual(expected().events.policy_user_id_wins.owner_of_event)
  })
})
