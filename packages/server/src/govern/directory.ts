import type { Role, Scope } from '@tagtree/core/contract/endpoint'
import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import { inTransaction } from '../store/postgres.js'
import { type Directory, scopesIn } from './caller.js'
import type { Principal, WorkspaceRecord } from './principal.js'
import { hashToken, kindOfToken } from './tokens.js'
import { listAllWorkspaces } from './workspaces.js'

/** Other processes notice a revoked key or a changed role after at most this long; this one at once. */
const rememberedMs = 10_000

export interface CachedDirectory extends Directory {
  /** After any change of people, keys, members or workspaces. */
  forget(): void
}

/** Looks callers and workspaces up in PostgreSQL and remembers them for seconds. Runs no timer. */
export function makeDirectory(pool: pg.Pool): CachedDirectory {
  const principals = new LRUCache<string, Principal>({ max: 5_000, ttl: rememberedMs })
  const workspaces = new LRUCache<'all', readonly WorkspaceRecord[]>({ max: 1, ttl: rememberedMs })
  const all = async () => {
    const known = workspaces.get('all')
    if (known) return known
    const fresh = await inTransaction(pool, listAllWorkspaces)
    workspaces.set('all', fresh)
    return fresh
  }
  return {
    async principalOf(token) {
      const kind = kindOfToken(token)
      if (kind === null) return null
      const hash = hashToken(token)
      const name = hash.toString('base64')
      const known = principals.get(name)
      if (known) return known
      const found = kind === 'session' ? await personOf(pool, hash) : await keyOf(pool, hash)
      if (found) principals.set(name, found)
      return found
    },
    workspaceBySlug: async (slug) => (await all()).find((workspace) => workspace.slug === slug) ?? null,
    workspaceById: async (id) => (await all()).find((workspace) => workspace.id === id) ?? null,
    workspacesOf: async (principal) => (await all()).filter(({ id }) => scopesIn(principal, id).length > 0),
    forget() {
      principals.clear()
      workspaces.clear()
    },
  }
}

async function personOf(pool: pg.Pool, tokenHash: Buffer): Promise<Principal | null> {
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ id: number; name: string; display_name: string; instance_admin: boolean }>(
      `select u.id, u.name, u.display_name, u.instance_admin from session s join app_user u on u.id = s.user_id
       where s.token_hash = $1 and s.expires_at > now() and u.disabled_at is null`,
      [tokenHash],
    )
    const person = rows[0]
    if (!person) return null
    await tx.query(`select set_config('app.user', $1, true)`, [String(person.id)])
    const memberships = await tx.query<{ workspace_id: number; role: Role }>(
      'select workspace_id, role from workspace_member where user_id = $1',
      [person.id],
    )
    return {
      kind: 'person',
      userId: person.id,
      name: person.name,
      displayName: person.display_name,
      instanceAdmin: person.instance_admin,
      roles: new Map(memberships.rows.map((row) => [row.workspace_id, row.role])),
      tokenHash,
    }
  })
}

async function keyOf(pool: pg.Pool, keyHash: Buffer): Promise<Principal | null> {
  return inTransaction(pool, async (tx) => {
    await tx.query(`select set_config('app.key_hash', $1, true)`, [keyHash.toString('hex')])
    const { rows } = await tx.query<{ workspace_id: number; id: number; name: string; scopes: Scope[] }>(
      `select workspace_id, id, name, scopes from api_key
       where key_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
      [keyHash],
    )
    const key = rows[0]
    if (!key) return null
    return { kind: 'key', keyId: key.id, name: key.name, workspaceId: key.workspace_id, scopes: key.scopes }
  })
}
