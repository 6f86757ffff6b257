import type { IdentityKindEntry } from '../../catalog/catalog.js'
import type { IdentityNode } from '../graph.js'
import {
  type Evidenced,
  type IdentifiedFact,
  type IdentityWorld,
  identifyFact,
  type KnownIdentity,
} from '../identify-fact.js'
import { DEFAULT_IDENTITY_KINDS, findIdentityKind } from '../kinds.js'
import { normaliseIdentity } from '../normalise.js'

const kinds = new Map<string, IdentityKindEntry>(DEFAULT_IDENTITY_KINDS.map((entry) => [entry.key, entry]))

/** A whole workspace's identities in memory, fed fact by fact in log order. */
export class MemoryWorld {
  readonly nodes: IdentityNode[] = []
  readonly evidence: Evidenced[] = []
  private readonly world: IdentityWorld = {
    graph: new Map(),
    tenures: new Map(),
    makeNode: (identity, subject) => {
      const { entry } = identity
      const node = {
        id: this.nodes.length + 1,
        subject,
        kind: entry.key,
        strong: entry.strong,
        limit: entry.strong ? entry.limit : null,
      }
      this.nodes.push(node)
      return node
    },
  }

  /** `identities` as `kind:value`; blocked and malformed ones are left out. null = none was left. */
  take(identities: readonly string[], ts = 0): IdentifiedFact | null {
    const known = identities.map(parseIdentity).filter((identity) => identity !== null)
    if (known.length === 0) return null
    const fact = identifyFact(this.world, 1, known, ts)
    this.evidence.push(...fact.evidence)
    return fact
  }

  /** Profile of an identity (of the tenure that holds at `ts`). */
  profileOf(identity: string, ts = Number.POSITIVE_INFINITY): number | undefined {
    const known = parseIdentity(identity)
    const tenures = known === null ? undefined : this.world.tenures.get(known.key)
    const tenure = tenures?.findLast((one) => one.from === null || one.from <= ts)
    return tenure === undefined ? undefined : this.world.graph.get(tenure.node.id)?.profile
  }

  /** Node id -> profile id, for all nodes. */
  profiles(): Map<number, number> {
    return new Map(this.nodes.map((node) => [node.id, this.world.graph.get(node.id)!.profile]))
  }
}

function parseIdentity(identity: string): KnownIdentity | null {
  const colon = identity.indexOf(':')
  const kind = identity.slice(0, colon)
  const entry = findIdentityKind(kinds, kind)!
  const normalised = normaliseIdentity(entry, identity.slice(colon + 1), new Set())
  return normalised.kind === 'ok' ? { entry, value: normalised.value, key: `${kind}:${normalised.value}` } : null
}
