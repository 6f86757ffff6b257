import type pg from 'pg'
import type { BlindIdentity } from '../../identify/blind-identity.js'
import { inWorkspace } from '../../store/postgres.js'
import type { ContentCounts, UnmatchedReason, UnmatchedRow } from '../../tag/lists/list-content.js'

/** Who is meant by one row: identities, or the number of a profile. All must lead to one person. */
export interface GivenPerson {
  readonly row: number
  readonly identities: readonly { readonly kind: string; readonly value: string }[]
  readonly profileIds: readonly number[]
}

export interface MatchScope {
  readonly pool: pg.Pool
  readonly workspaceId: number
  readonly blind: BlindIdentity
  /** Number of the subject kind that the list is about. */
  readonly subject: number
}

/** Rows that named nobody of which the place is remembered; all are counted. */
const MOST_REMEMBERED = 200_000
const rowsPerLookup = 5_000

/** Finds whom the rows of a list mean, by blind identities alone; gathers what became of them. */
export class PeopleMatcher {
  readonly #scope: MatchScope
  readonly #profiles = new Set<number>()
  readonly #nodes: number[] = []
  readonly #unmatched: UnmatchedRow[] = []
  #rows = 0
  #duplicate = 0
  #lost = 0

  constructor(scope: MatchScope) {
    this.#scope = scope
  }

  /** One node per person who was found, each person once. */
  get nodes(): readonly number[] {
    return this.#nodes
  }

  get unmatched(): readonly UnmatchedRow[] {
    return this.#unmatched
  }

  get counts(): ContentCounts {
    return { rows: this.#rows, matched: this.#nodes.length, duplicate: this.#duplicate, unmatched: this.#lost }
  }

  async take(people: readonly GivenPerson[]): Promise<void> {
    for (let from = 0; from < people.length; from += rowsPerLookup) {
      const part = people.slice(from, from + rowsPerLookup)
      const found = await this.#lookUp(part)
      for (const [index, person] of part.entries()) this.#place(person, found.get(index) ?? [])
    }
  }

  /** A row that could not even be read. */
  lose(row: number, reason: UnmatchedReason): void {
    this.#rows += 1
    this.#lost += 1
    if (this.#unmatched.length < MOST_REMEMBERED) this.#unmatched.push([row, reason])
  }

  #place(person: GivenPerson, hits: readonly Hit[]): void {
    const fault = faultOf(person, hits)
    if (fault !== null) {
      this.lose(person.row, fault)
      return
    }
    this.#rows += 1
    const profile = hits[0]!.profileId
    if (this.#profiles.has(profile)) {
      this.#duplicate += 1
      return
    }
    this.#profiles.add(profile)
    this.#nodes.push(hits[0]!.nodeId)
  }

  async #lookUp(people: readonly GivenPerson[]): Promise<ReadonlyMap<number, Hit[]>> {
    const { pool, workspaceId, blind, subject } = this.#scope
    const wanted = people.flatMap(({ identities }, index) =>
      identities.map(({ kind, value }) => ({ index, kind, blind: blind(kind, value) })),
    )
    const numbers = people.flatMap(({ profileIds }, index) => profileIds.map((id) => ({ index, id })))
    const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
      tx.query<{ index: number; node_id: number; profile_id: number }>(
        `select t.index, n.node_id, n.profile_id from unnest($3::int[], $4::text[], $5::text[]) as t(index, kind, blind)
         join identity_node n on n.workspace_id = $1 and n.kind = t.kind and n.value_blind = decode(t.blind, 'hex')
         where n.subject = $2 and n.profile_id > 0
         union all
         select t.index, n.node_id, n.profile_id from unnest($6::int[], $7::bigint[]) as t(index, id)
         join identity_node n on n.workspace_id = $1 and n.node_id = t.id
         where n.subject = $2 and n.profile_id > 0
         order by 1, 2`,
        [
          workspaceId,
          subject,
          wanted.map((one) => one.index),
          wanted.map((one) => one.kind),
          wanted.map((one) => one.blind),
          numbers.map((one) => one.index),
          numbers.map((one) => one.id),
        ],
      ),
    )
    const found = new Map<number, Hit[]>()
    for (const { index, node_id: nodeId, profile_id: profileId } of rows) {
      const hits = found.get(index)
      if (hits === undefined) found.set(index, [{ nodeId, profileId }])
      else hits.push({ nodeId, profileId })
    }
    return found
  }
}

function faultOf({ identities, profileIds }: GivenPerson, hits: readonly Hit[]): UnmatchedReason | null {
  const named = identities.length + profileIds.length
  if (named === 0) return 'empty'
  if (hits.length === 0) return 'unknown'
  if (hits.every((hit) => hit.profileId === hits[0]!.profileId)) return null
  return named === 1 ? 'shared' : 'several'
}

interface Hit {
  readonly nodeId: number
  readonly profileId: number
}
