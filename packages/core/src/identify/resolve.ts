import { addNode, type IdentityGraph, type IdentityNode, type Refusal, unite } from './graph.js'

/** A statement that two nodes are one subject. */
export interface Evidence {
  readonly a: number
  readonly b: number
}

export interface Resolution {
  /** Node id -> profile id (the smallest node id of its component). */
  readonly profileOf: ReadonlyMap<number, number>
  /** Answer i belongs to evidence i: null = accepted, else why it was refused. */
  readonly outcomes: readonly (Refusal | null)[]
}

/**
 * Replays evidence in log order from nothing. Equal to what `identifyFact` decided online, as both unite through the
 * same rule and a refusal never turns into an acceptance while evidence is only added. Evidence about nodes that are not
 * among `nodes` is an error of the caller.
 */
export function resolve(nodes: readonly IdentityNode[], evidence: readonly Evidence[]): Resolution {
  const graph: IdentityGraph = new Map()
  const byId = new Map<number, IdentityNode>()
  for (const node of nodes) {
    addNode(graph, node)
    byId.set(node.id, node)
  }
  const outcomes = evidence.map(({ a, b }) => {
    const union = unite(graph, byId.get(a)!, byId.get(b)!)
    return union.kind === 'refused' ? union.reason : null
  })
  const profileOf = new Map<number, number>()
  for (const [id, component] of graph) profileOf.set(id, component.profile)
  return { profileOf, outcomes }
}
