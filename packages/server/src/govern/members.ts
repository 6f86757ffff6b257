import type { Role } from '@tagtree/core/contract/endpoint'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { userByName } from './people.js'

export interface MemberRecord {
  readonly user: string
  readonly displayName: string
  readonly role: Role
}

/** The people of a workspace, by name. Administrators of the installation enter without being listed. */
export async function listMembers(pool: pg.Pool, workspaceId: number): Promise<MemberRecord[]> {
  const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
    tx.query<{ name: string; display_name: string; role: Role }>(
      `select u.name, u.display_name, m.role from workspace_member m join app_user u on u.id = m.user_id
       where m.workspace_id = $1 order by u.name`,
      [workspaceId],
    ),
  )
  return rows.map((row) => ({ user: row.name, displayName: row.display_name, role: row.role }))
}

/** @throws AppError NOT_FOUND */
export async function setMember(pool: pg.Pool, workspaceId: number, user: string, role: Role): Promise<MemberRecord> {
  return inWorkspace(pool, workspaceId, async (tx) => {
    const person = await userByName(tx, user)
    await tx.query(
      `insert into workspace_member (workspace_id, user_id, role) values ($1, $2, $3)
       on conflict (workspace_id, user_id) do update set role = excluded.role`,
      [workspaceId, person.id, role],
    )
    return { user, displayName: person.displayName, role }
  })
}

/** @throws AppError NOT_FOUND */
export async function removeMember(pool: pg.Pool, workspaceId: number, user: string): Promise<void> {
  await inWorkspace(pool, workspaceId, async (tx) => {
    const person = await userByName(tx, user)
    const gone = await tx.query('delete from workspace_member where workspace_id = $1 and user_id = $2', [
      workspaceId,
      person.id,
    ])
    if (gone.rowCount === 0) {
      throw new AppError('NOT_FOUND', { words: { what: { en: 'member', zh: '成员' }, name: user } })
    }
  })
}
