/**
 * The identity graph in memory: nodes, and the components (profiles) they form. Both the applier (with the part of the
 * graph that a batch touches) and replay (with whole components) work on it, through `unite` alone.
 */
export interface IdentityNode {
  readonly id: number
  /** Number of the subject kind. */
  readonly subject: number
  readonly kind: string
  readonly strong: boolean
  /** How many nodes of this kind one profile may hold; null = any number. */
  readonly limit: number | null
}

/** A set of united nodes; `profile` is the smallest node id in it. */
export interface Component {
  profile: number
  readonly nodes: IdentityNode[]
}

/** Why two nodes were not united. `limit`: too many identities of one kind; `weak_bridge`: a shared thing such as a
 *  device would glue two known people together. */
export type Refusal = 'limit' | 'weak_bridge' | 'subject'

export type Union =
  | { readonly kind: 'same' }
  | { readonly kind: 'united'; readonly winner: number; readonly loser: number }
  | { readonly kind: 'refused'; readonly reason: Refusal }

/** Node id -> the component it belongs to. */
export type IdentityGraph = Map<number, Component>

/** Puts a node into the graph as a profile of its own. */
export function addNode(graph: IdentityGraph, node: IdentityNode): void {
  graph.set(node.id, { profile: node.id, nodes: [node] })
}

/** Puts the nodes of one known profile into the graph. */
export function addComponent(graph: IdentityGraph, profile: number, nodes: readonly IdentityNode[]): void {
  const component: Component = { profile, nodes: [...nodes] }
  for (const node of nodes) graph.set(node.id, component)
}

/** Unites the profiles of two nodes, unless a limit or a shared thing forbids it. Both must be in the graph. */
export function unite(graph: IdentityGraph, a: IdentityNode, b: IdentityNode): Union {
  const left = graph.get(a.id)!
  const right = graph.get(b.id)!
  if (left === right) return { kind: 'same' }
  const reason = refusal(left, right, a, b)
  if (reason !== null) return { kind: 'refused', reason }
  const [winner, loser] = left.profile < right.profile ? [left, right] : [right, left]
  const [large, small] = left.nodes.length >= right.nodes.length ? [left, right] : [right, left]
  const profiles = { winner: winner.profile, loser: loser.profile }
  large.profile = winner.profile
  for (const node of small.nodes) {
    large.nodes.push(node)
    graph.set(node.id, large)
  }
  return { kind: 'united', ...profiles }
}

function refusal(left: Component, right: Component, a: IdentityNode, b: IdentityNode): Refusal | null {
  if (a.subject !== b.subject) return 'subject'
  const weak = !a.strong || !b.strong
  if (weak && hasStrong(left) && hasStrong(right)) return 'weak_bridge'
  const counts = new Map<string, number>()
  for (const component of [left, right]) {
    for (const node of component.nodes) {
      if (node.limit === null) continue
      const count = (counts.get(node.kind) ?? 0) + 1
      if (count > node.limit) return 'limit'
      counts.set(node.kind, count)
    }
  }
  return null
}

function hasStrong(component: Component): boolean {
  return component.nodes.some((node) => node.strong)
}
