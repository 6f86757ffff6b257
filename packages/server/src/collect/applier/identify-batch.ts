import { addComponent, type Component, type IdentityNode } from '@tagtree/core/identify/graph'
import {
  type IdentifiedFact,
  type IdentityWorld,
  identifyFact,
  type KnownIdentity,
  type Tenure,
} from '@tagtree/core/identify/identify-fact'
import type { Vault } from '../../identify/identity-vault.js'
import type { Names } from '../../store/names.js'
import type { Tx } from '../../store/postgres.js'
import type { CheckedSubject, PlacedFact } from './facts.js'
import type { IdentityState, KnownTenure } from './identity-state.js'
import { loadProfiles, loadTenures } from './load-identities.js'

/** One subject that one fact is about. */
export interface SubjectOfFact {
  readonly placed: PlacedFact
  readonly subject: CheckedSubject
  /** The row it becomes. */
  readonly seq: bigint
}

/** A node made in this batch. */
export interface NewNode {
  readonly node: IdentityNode
  readonly identity: KnownIdentity
  readonly tenure: number
  readonly from: number | null
  readonly seq: bigint
}

export interface IdentifiedBatch {
  /** Answer i belongs to subject i; `isNewProfile`: nobody knew any of its identities before. */
  readonly subjects: readonly {
    readonly fact: IdentifiedFact
    readonly isNewProfile: boolean
    readonly merges: number
  }[]
  /** Final profile of a node of this batch. */
  profileOf(node: IdentityNode): number
  readonly newNodes: readonly NewNode[]
  readonly firstNewNode: number
  /** Nodes of earlier batches whose profile changed. */
  readonly moved: readonly {
    readonly node: IdentityNode
    readonly from: number
    readonly to: number
    readonly seq: bigint
  }[]
  /** Whole components in which earlier profiles were united: final profile -> nodes. */
  readonly united: ReadonlyMap<number, readonly IdentityNode[]>
  /** Tenures of earlier batches whose login moved. */
  readonly logins: ReadonlyMap<number, number>
  /** Login of new nodes. */
  readonly tenures: ReadonlyMap<string, readonly Tenure[]>
  /** Identity of every node that is present in this batch. */
  readonly identityOf: ReadonlyMap<number, KnownIdentity>
}

/** Thrown inside one attempt: these profiles must be loaded completely first. */
class Incomplete extends Error {
  constructor(readonly profiles: readonly number[]) {
    super('incomplete components')
  }
}

/**
 * Takes the subjects of a batch into the identity graph, in log order. Only what the batch touches is loaded: the tenures
 * of its identities, and whole profiles where a union may happen. Nothing is written and nothing remembered yet.
 */
export async function identifyBatch(
  tx: Tx,
  workspaceId: number,
  subjects: readonly SubjectOfFact[],
  state: IdentityState,
  vault: Vault,
  names: Names,
  nextNode: number,
): Promise<IdentifiedBatch> {
  const identities = new Map<string, KnownIdentity>()
  for (const { subject } of subjects) for (const identity of subject.identities) identities.set(identity.key, identity)
  const known = await loadTenures(tx, workspaceId, identities, state, vault, names)
  const profileOfNode = new Map<number, number>()
  for (const tenures of known.values()) {
    for (const { node } of tenures) profileOfNode.set(node.id, state.profileOf.get(node.id)!)
  }
  const complete = new Map<number, IdentityNode[]>()
  let wanted = profilesThatMayUnite(subjects, known, profileOfNode)
  for (;;) {
    for (const [profile, nodes] of await loadProfiles(tx, workspaceId, wanted, names)) complete.set(profile, nodes)
    try {
      return attempt(subjects, known, profileOfNode, complete, nextNode)
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error
      wanted = [...error.profiles]
    }
  }
}

/** Profiles of facts whose identities are not all of one known profile. */
function profilesThatMayUnite(
  subjects: readonly SubjectOfFact[],
  known: ReadonlyMap<string, readonly KnownTenure[]>,
  profileOfNode: ReadonlyMap<number, number>,
): number[] {
  const wanted = new Set<number>()
  for (const { subject, placed } of subjects) {
    if (subject.identities.length < 2) continue
    const profiles = new Set<number>()
    let hasNew = false
    for (const { key } of subject.identities) {
      const tenures = known.get(key)
      const tenure = tenures?.findLast((one) => one.from === null || one.from <= placed.fact.ts)
      if (tenure === undefined) hasNew = true
      else profiles.add(profileOfNode.get(tenure.node.id)!)
    }
    if (profiles.size > 1 || (hasNew && profiles.size > 0)) for (const profile of profiles) wanted.add(profile)
  }
  return [...wanted]
}

function attempt(
  subjects: readonly SubjectOfFact[],
  known: ReadonlyMap<string, readonly KnownTenure[]>,
  profileOfNode: ReadonlyMap<number, number>,
  complete: ReadonlyMap<number, readonly IdentityNode[]>,
  firstNewNode: number,
): IdentifiedBatch {
  const before = new Map<number, number>(profileOfNode)
  const graph: IdentityWorld['graph'] = new Map()
  for (const [profile, nodes] of complete) {
    addComponent(graph, profile, nodes)
    for (const node of nodes) before.set(node.id, profile)
  }
  const partial = addPartialComponents(graph, known, profileOfNode, complete)
  const newNodes: NewNode[] = []
  const identityOf = new Map<number, KnownIdentity>()
  let seq = 0n
  const tenures = new Map<string, Tenure[]>()
  for (const [key, list] of known)
    tenures.set(
      key,
      list.map((tenure) => ({ ...tenure })),
    )
  const world: IdentityWorld = {
    graph,
    tenures,
    makeNode: (identity, subject, tenure, from) => {
      const { entry } = identity
      const node: IdentityNode = {
        id: firstNewNode + newNodes.length,
        subject,
        kind: entry.key,
        strong: entry.strong,
        limit: entry.strong ? entry.limit : null,
      }
      newNodes.push({ node, identity, tenure, from, seq })
      return node
    },
    beforeUnion: (left, right) => {
      const missing = [left, right].filter((component) => partial.has(component)).map((component) => component.profile)
      if (missing.length > 0) throw new Incomplete(missing)
    },
  }
  const lostAt = new Map<number, bigint>()
  const logins = new Map<number, number>()
  const identified = subjects.map((one) => {
    seq = one.seq
    const firstOwn = firstNewNode + newNodes.length
    const { subject, placed } = one
    const fact = identifyFact(world, subject.subject.number, subject.identities, placed.fact.ts)
    for (const { loser } of fact.merged) if (!lostAt.has(loser)) lostAt.set(loser, one.seq)
    for (const { node, loginTs } of fact.logins)
      if (node.id < firstNewNode && loginTs !== null) logins.set(node.id, loginTs)
    return {
      fact,
      isNewProfile: fact.present.every((node) => node.id >= firstOwn),
      merges: fact.merged.filter(({ winner, loser }) => winner < firstOwn && loser < firstOwn).length,
    }
  })
  for (const { subject } of subjects) {
    for (const identity of subject.identities) {
      for (const { node } of tenures.get(identity.key) ?? []) identityOf.set(node.id, identity)
    }
  }
  const moved: { node: IdentityNode; from: number; to: number; seq: bigint }[] = []
  const united = new Map<number, readonly IdentityNode[]>()
  for (const component of new Set(graph.values())) {
    if (partial.has(component)) continue
    const earlier = component.nodes.filter((node) => node.id < firstNewNode)
    const profiles = new Set(earlier.map((node) => before.get(node.id)!))
    if (profiles.size > 1) united.set(component.profile, component.nodes)
    for (const node of earlier) {
      const from = before.get(node.id)!
      if (from !== component.profile) moved.push({ node, from, to: component.profile, seq: lostAt.get(from) ?? seq })
    }
  }
  return {
    subjects: identified,
    profileOf: (node) => graph.get(node.id)!.profile,
    newNodes,
    firstNewNode,
    moved,
    united,
    logins,
    tenures,
    identityOf,
  }
}

/** Nodes of profiles that were not loaded whole: enough to see that two of them are one profile already. */
function addPartialComponents(
  graph: IdentityWorld['graph'],
  known: ReadonlyMap<string, readonly KnownTenure[]>,
  profileOfNode: ReadonlyMap<number, number>,
  complete: ReadonlyMap<number, readonly IdentityNode[]>,
): Set<Component> {
  const byProfile = new Map<number, Component>()
  for (const tenures of known.values()) {
    for (const { node } of tenures) {
      const profile = profileOfNode.get(node.id)!
      if (complete.has(profile)) continue
      let component = byProfile.get(profile)
      if (component === undefined) {
        component = { profile, nodes: [] }
        byProfile.set(profile, component)
      }
      component.nodes.push(node)
      graph.set(node.id, component)
    }
  }
  return new Set(byProfile.values())
}
