import type { Catalog } from '@tagtree/core/catalog/catalog'
import { findIdentityKind } from '@tagtree/core/identify/kinds'
import { maskIdentity } from '@tagtree/core/identify/mask'
import { normaliseIdentity } from '@tagtree/core/identify/normalise'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import { inWorkspace, type Tx } from '../store/postgres.js'
import type { ScanState } from '../store/scan-state.js'
import type { Vault } from './identity-vault.js'

/** What reading one subject needs. */
export interface SubjectScope {
  readonly workspaceId: number
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
  readonly vault: Vault
  readonly catalog: Catalog
  readonly scan: ScanState
}

/** One identity of a profile; a shared device shows once per tenure. */
export interface SubjectIdentity {
  readonly nodeId: number
  readonly kind: string
  readonly value: string
  readonly strong: boolean
  /** ms; the device belongs to this subject since then, null = since ever. */
  readonly tenureFrom: number | null
  /** ms of the first fact that came with it; null = none that counts. */
  readonly firstSeen: number | null
}

export interface Subject {
  readonly profileId: number
  /** Key of the subject kind. */
  readonly subject: string
  /** Numbers it had before profiles were united; they lead here. */
  readonly formerIds: readonly number[]
  /** ms; null = no fact counts any more. */
  readonly firstSeen: number | null
  readonly identities: readonly SubjectIdentity[]
}

interface NodeRow {
  readonly node_id: number
  readonly subject: number
  readonly kind: string
  readonly value_enc: Buffer
  readonly strong: boolean
  readonly tenure_ts: string | null
  readonly first_ts: string | null
}

/** The profile a number leads to now: its own, or the one it went into. null = there never was one. */
export async function findProfile(pool: pg.Pool, workspaceId: number, id: number): Promise<number | null> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ profile_id: number }>(
      'select profile_id from identity_node where workspace_id = $1 and node_id = $2',
      [workspaceId, id],
    )
    return rows[0]?.profile_id ?? null
  })
}

/** Profiles that hold an identity, by its blind value: nothing is decrypted and nothing plain is compared. */
export async function findByIdentity(
  scope: Pick<SubjectScope, 'workspaceId' | 'pool' | 'vault' | 'catalog'>,
  value: string,
  kind?: string,
): Promise<readonly { readonly profileId: number; readonly kind: string }[]> {
  const { workspaceId, pool, vault, catalog } = scope
  const kinds = kind === undefined ? [...catalog.identityKinds.keys()] : [kind]
  const blinds = kinds.flatMap((key) => {
    const entry = findIdentityKind(catalog.identityKinds, key)
    if (entry === undefined) return []
    const normalised = normaliseIdentity(entry, value, new Set())
    return normalised.kind === 'ok' ? [{ key, blind: vault.blind(workspaceId, key, normalised.value) }] : []
  })
  return inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ profile_id: number; kind: string }>(
      `select distinct n.profile_id, n.kind from unnest($2::text[], $3::text[]) as t(kind, blind)
       join identity_node n on n.workspace_id = $1 and n.kind = t.kind and n.value_blind = decode(t.blind, 'hex')
       order by n.profile_id, n.kind limit 100`,
      [workspaceId, blinds.map((one) => one.key), blinds.map((one) => one.blind.toString('hex'))],
    )
    return rows.map((row) => ({ profileId: row.profile_id, kind: row.kind }))
  })
}

/** Who somebody is. `masked` shows identities only in part. @throws AppError NOT_FOUND */
export async function readSubject(scope: SubjectScope, id: number, masked: boolean): Promise<Subject> {
  const { workspaceId, pool, vault, catalog, scan } = scope
  const profileId = await requireProfile(scope, id)
  return inWorkspace(pool, workspaceId, async (tx) => {
    const nodes = await tx.query<NodeRow>(
      `select n.node_id, n.subject, n.kind, n.value_enc, n.strong, n.tenure_ts,
              (select min(first_ts) from node_presence p
               where p.workspace_id = $1 and p.node_id = n.node_id and p.import_id <> all($3::int[])) as first_ts
       from identity_node n where n.workspace_id = $1 and n.profile_id = $2
       order by n.strong desc, n.kind, n.node_id`,
      [workspaceId, profileId, scan.excludedImports],
    )
    const identities = nodes.rows.map((row) => {
      const value = vault.decryptIdentity(workspaceId, row.kind, row.node_id, row.value_enc)
      return {
        nodeId: row.node_id,
        kind: row.kind,
        value: masked ? maskIdentity(row.kind, value) : value,
        strong: row.strong,
        tenureFrom: row.tenure_ts === null ? null : Number(row.tenure_ts),
        firstSeen: row.first_ts === null ? null : Number(row.first_ts),
      }
    })
    const number = nodes.rows[0]!.subject
    const stamped = await readStampedProfiles(tx, workspaceId, profileId)
    const seen = identities.flatMap(({ firstSeen }) => firstSeen ?? [])
    return {
      profileId,
      subject: [...catalog.subjects.values()].find((subject) => subject.number === number)?.key ?? 'person',
      formerIds: stamped.filter((one) => one !== profileId),
      firstSeen: seen.length === 0 ? null : Math.min(...seen),
      identities,
    }
  })
}

/** The profile a number leads to. @throws AppError NOT_FOUND */
export async function requireProfile(scope: Pick<SubjectScope, 'pool' | 'workspaceId'>, id: number): Promise<number> {
  const profileId = await findProfile(scope.pool, scope.workspaceId, id)
  if (profileId !== null) return profileId
  throw new AppError('NOT_FOUND', { words: { what: { en: 'profile', zh: '档案' }, name: String(id) } })
}

/** Every profile number that rows of this profile may be stamped with: bound beside the override, so that the key prunes. */
export async function readStampedProfiles(tx: Tx, workspaceId: number, profileId: number): Promise<number[]> {
  const { rows } = await tx.query<{ profile_id: number }>(
    `select $2::int as profile_id
     union
     select h.profile_id from identity_node n
     join node_profile h on h.workspace_id = $1 and h.node_id = n.node_id
     where n.workspace_id = $1 and n.profile_id = $2
     order by 1`,
    [workspaceId, profileId],
  )
  return rows.map((row) => row.profile_id)
}
