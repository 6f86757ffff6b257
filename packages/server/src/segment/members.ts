import type { RawValue } from '@tagtree/core/collect/incoming'
import type { PublishedAudience } from './audience.js'
import type { SegmentScope } from './segment-scope.js'

export interface MemberIdentity {
  readonly kind: string
  readonly value: string
}
/** Attributes and identities of many profiles at once. */
export interface MemberReader {
  /** profile id -> identities, as the reader may see them. */
  identitiesOf(
    workspaceId: number,
    profileIds: readonly number[],
  ): Promise<ReadonlyMap<number, readonly MemberIdentity[]>>
  /** profile id -> attribute key -> value; missing attributes are absent. */
  attributesOf(
    workspaceId: number,
    profileIds: readonly number[],
  ): Promise<ReadonlyMap<number, Readonly<Record<string, RawValue>>>>
}

export interface Member {
  profileId: number
  identities: { kind: string; value: string }[]
  attributes: JsonObject
}
type JsonObject = { [key: string]: JsonValue }
type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject

/** Members of a published audience with profile ids above `after`, ascending, at most `limit`. */
export async function readMembers(
  reader: MemberReader,
  scope: SegmentScope,
  workspaceId: number,
  published: PublishedAudience,
  after: number,
  limit: number,
): Promise<Member[]> {
  const statement = published.audience.members(after, limit)
  const rows = await scope.clickhouse.query<{ profile_id: number }>(statement.sql, { params: statement.params })
  return readMembersOf(
    reader,
    workspaceId,
    rows.map((row) => row.profile_id),
  )
}

/** Profiles as members, in their order. */
export async function readMembersOf(
  reader: MemberReader,
  workspaceId: number,
  ids: readonly number[],
): Promise<Member[]> {
  if (ids.length === 0) return []
  const [identities, attributes] = await Promise.all([
    reader.identitiesOf(workspaceId, ids),
    reader.attributesOf(workspaceId, ids),
  ])
  return ids.map((profileId) => ({
    profileId,
    identities: (identities.get(profileId) ?? []).map((identity) => ({ ...identity })),
    attributes: { ...(attributes.get(profileId) as JsonObject | undefined) },
  }))
}
