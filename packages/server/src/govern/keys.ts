import type { Scope } from '@tagtree/core/contract/endpoint'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { hashToken, newApiKey } from './tokens.js'

export interface KeyRecord {
  readonly id: number
  readonly name: string
  readonly prefix: string
  readonly scopes: Scope[]
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}
interface KeyRow {
  id: number
  name: string
  prefix: string
  scopes: Scope[]
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
}
const columns = 'id, name, prefix, scopes, created_at, expires_at, revoked_at'

/** The keys of a workspace, newest first; revoked ones stay listed. */
export async function listKeys(pool: pg.Pool, workspaceId: number): Promise<KeyRecord[]> {
  const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
    tx.query<KeyRow>(`select ${columns} from api_key where workspace_id = $1 order by id desc`, [workspaceId]),
  )
  return rows.map(toKey)
}

/** Makes a key. The whole key is in this answer and nowhere else. */
export async function createKey(
  pool: pg.Pool,
  workspaceId: number,
  input: { name: string; scopes: readonly Scope[]; expiresAt?: string | undefined; createdBy: number | null },
): Promise<KeyRecord & { readonly key: string }> {
  const { key, prefix } = newApiKey()
  const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
    tx.query<KeyRow>(
      `insert into api_key (workspace_id, name, prefix, key_hash, scopes, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
      [
        workspaceId,
        input.name,
        prefix,
        hashToken(key),
        [...new Set(input.scopes)],
        input.createdBy,
        input.expiresAt ?? null,
      ],
    ),
  )
  return { key, ...toKey(rows[0]!) }
}

/** A revoked key stays revoked. @throws AppError NOT_FOUND */
export async function revokeKey(pool: pg.Pool, workspaceId: number, id: number): Promise<KeyRecord> {
  const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
    tx.query<KeyRow>(
      `update api_key set revoked_at = coalesce(revoked_at, now()) where workspace_id = $1 and id = $2
       returning ${columns}`,
      [workspaceId, id],
    ),
  )
  if (rows[0]) return toKey(rows[0])
  throw new AppError('NOT_FOUND', { words: { what: { en: 'API key', zh: 'API 密钥' }, name: id } })
}

function toKey(row: KeyRow): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }
}
