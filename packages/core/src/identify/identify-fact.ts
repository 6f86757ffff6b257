import type { IdentityKindEntry } from '../catalog/catalog.js'
import { addNode, type Component, type IdentityGraph, type IdentityNode, type Refusal, unite } from './graph.js'

/** One tenure of a weak identity, or a strong identity (then the only one). */
export interface Tenure {
  readonly node: IdentityNode
  /** The tenure begins here; null = since ever. */
  readonly from: number | null
  /** Latest moment a strong identity was seen with it, at most `LOGIN_GRAIN_MS` behind; null = never. */
  loginTs: number | null
}

/** A normalised identity of a fact. */
export interface KnownIdentity {
  readonly entry: IdentityKindEntry
  readonly value: string
  /** Equal for equal (kind, value). */
  readonly key: string
}

/** The part of the graph that the facts at hand may touch, and the way to make new nodes. */
export interface IdentityWorld {
  readonly graph: IdentityGraph
  /** Identity key -> its tenures by number; missing = never seen. */
  readonly tenures: Map<string, Tenure[]>
  /** Gives a new node the next id; called in log order. */
  makeNode(identity: KnownIdentity, subject: number, tenure: number, from: number | null): IdentityNode
  /** Called before two components are compared; may throw when one of them is not there completely. */
  beforeUnion?(left: Component, right: Component): void
}

/** Why an identity of a fact was left out of it. */
export type LeftOut = Refusal | 'late_login' | 'shared_by_many'

export interface Evidenced {
  readonly a: number
  readonly b: number
  /** null = accepted. */
  readonly reason: LeftOut | null
}

export interface IdentifiedFact {
  /** The node the fact belongs to: its strongest identity. */
  readonly node: IdentityNode
  /** All nodes this fact shows to be alive, the first included. */
  readonly present: readonly IdentityNode[]
  readonly evidence: readonly Evidenced[]
  readonly leftOut: readonly { readonly identity: KnownIdentity; readonly reason: LeftOut }[]
  /** Profiles that ceased to exist by this fact. */
  readonly merged: readonly { readonly winner: number; readonly loser: number }[]
  /** Tenures whose loginTs moved. */
  readonly logins: readonly Tenure[]
}

/** A login is noted again only when it is this much later than the noted one: not every event is a write. */
export const LOGIN_GRAIN_MS = 3_600_000
/** A weak identity with this many owners is a thing of everybody (a till, a terminal): it tells nothing any more. */
export const MAX_TENURES = 200

/**
 * Takes one fact into the graph, in log order. Identities may come in any order and must not be empty; the strongest one
 * is the anchor, each other one is united with it or left out:
 * - a strong one is left out when the union would hold more identities of a kind than its limit;
 * - a weak one whose tenure belongs to somebody else begins a new tenure at `ts`, unless the moment lies before what is
 *   already known of the present owner (a late login: repairing that is a command of its own).
 * A fact without a strong identity belongs to the tenure that contains its ts.
 */
export function identifyFact(
  world: IdentityWorld,
  subject: number,
  identities: readonly KnownIdentity[],
  ts: number,
): IdentifiedFact {
  const ordered = order(identities)
  const merged: { winner: number; loser: number }[] = []
  const evidence: Evidenced[] = []
  const leftOut: { identity: KnownIdentity; reason: LeftOut }[] = []
  const logins: Tenure[] = []
  const first = ordered[0]!
  const anchor = tenureAt(world, first, subject, ts)
  const present: IdentityNode[] = [anchor.node]

  const join = (node: IdentityNode): Refusal | null => {
    const left = world.graph.get(anchor.node.id)!
    const right = world.graph.get(node.id)!
    if (left !== right) world.beforeUnion?.(left, right)
    const union = unite(world.graph, anchor.node, node)
    if (union.kind === 'united') merged.push({ winner: union.winner, loser: union.loser })
    const reason = union.kind === 'refused' ? union.reason : null
    evidence.push({ a: anchor.node.id, b: node.id, reason })
    if (reason === null) present.push(node)
    return reason
  }
  const noteLogin = (tenure: Tenure): void => {
    if (tenure.loginTs !== null && ts < tenure.loginTs + LOGIN_GRAIN_MS) return
    tenure.loginTs = ts
    logins.push(tenure)
  }

  for (const identity of ordered.slice(1)) {
    const tenure = tenureAt(world, identity, subject, ts)
    const reason = join(tenure.node)
    const isLogin = anchor.node.strong && !tenure.node.strong
    if (reason === null) {
      if (isLogin) noteLogin(tenure)
    } else if (!isLogin) {
      leftOut.push({ identity, reason })
    } else {
      const begun = beginTenure(world, identity, subject, tenure, ts)
      if (typeof begun === 'string') leftOut.push({ identity, reason: begun })
      else if (join(begun.node) === null) noteLogin(begun)
    }
  }
  return { node: anchor.node, present, evidence, leftOut, merged, logins }
}

/** Strong before weak, then by priority; the rest only makes the order total. */
function order(identities: readonly KnownIdentity[]): KnownIdentity[] {
  const distinct = new Map(identities.map((identity) => [identity.key, identity]))
  if (distinct.size === 1) return [...distinct.values()]
  return [...distinct.values()].sort(
    (a, b) =>
      Number(b.entry.strong) - Number(a.entry.strong) ||
      a.entry.priority - b.entry.priority ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  )
}

/** The tenure that contains `ts`; an identity never seen gets its first one, which reaches back for ever. */
function tenureAt(world: IdentityWorld, identity: KnownIdentity, subject: number, ts: number): Tenure {
  const known = world.tenures.get(identity.key)
  if (known === undefined) return addTenure(world, identity, subject, [], null)
  for (let i = known.length - 1; i > 0; i--) {
    const tenure = known[i]!
    if (tenure.from !== null && tenure.from <= ts) return tenure
  }
  return known[0]!
}

function beginTenure(
  world: IdentityWorld,
  identity: KnownIdentity,
  subject: number,
  current: Tenure,
  ts: number,
): Tenure | LeftOut {
  const known = world.tenures.get(identity.key)!
  const isLast = known.at(-1) === current
  if (!isLast || (current.loginTs !== null && ts < current.loginTs)) return 'late_login'
  if (known.length >= MAX_TENURES) return 'shared_by_many'
  return addTenure(world, identity, subject, known, ts)
}

function addTenure(
  world: IdentityWorld,
  identity: KnownIdentity,
  subject: number,
  known: Tenure[],
  from: number | null,
): Tenure {
  const node = world.makeNode(identity, subject, known.length, from)
  addNode(world.graph, node)
  const tenure: Tenure = { node, from, loginTs: null }
  known.push(tenure)
  if (known.length === 1) world.tenures.set(identity.key, known)
  return tenure
}
