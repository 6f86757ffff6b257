import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inTransaction, type Tx } from '../store/postgres.js'
import { hashPassword, readablePassword } from './passwords.js'

/** A person as answers show her. */
export interface UserRecord {
  readonly name: string
  readonly displayName: string
  readonly instanceAdmin: boolean
  readonly disabled: boolean
  readonly createdAt: string
}
interface UserRow {
  id: number
  name: string
  display_name: string
  instance_admin: boolean
  disabled_at: Date | null
  created_at: Date
}
const columns = 'id, name, display_name, instance_admin, disabled_at, created_at'

/**
 * Makes the user `admin` when there is nobody yet. Answers the password to show once; null when there was somebody or
 * the password was given.
 */
export async function makeFirstUser(pool: pg.Pool, given: string | null): Promise<{ readonly shown: string } | null> {
  const { rows } = await inTransaction(pool, (tx) => tx.query('select from app_user limit 1'))
  if (rows.length > 0) return null
  const password = given ?? readablePassword()
  const hash = await hashPassword(password)
  const made = await inTransaction(pool, (tx) =>
    tx.query(
      `insert into app_user (name, display_name, password_hash, instance_admin) values ('admin', 'admin', $1, true)
       on conflict do nothing`,
      [hash],
    ),
  )
  return made.rowCount === 1 && given === null ? { shown: password } : null
}

/** Everybody, by name. */
export async function listUsers(pool: pg.Pool): Promise<UserRecord[]> {
  const { rows } = await inTransaction(pool, (tx) => tx.query<UserRow>(`select ${columns} from app_user order by name`))
  return rows.map(toUser)
}

/** @throws AppError NAME_TAKEN */
export async function createUser(
  pool: pg.Pool,
  input: { name: string; displayName?: string | undefined; password: string; instanceAdmin: boolean },
): Promise<UserRecord> {
  const hash = await hashPassword(input.password)
  const { rows } = await inTransaction(pool, (tx) =>
    tx.query<UserRow>(
      `insert into app_user (name, display_name, password_hash, instance_admin) values ($1, $2, $3, $4)
       on conflict (name) do nothing returning ${columns}`,
      [input.name, input.displayName ?? input.name, hash, input.instanceAdmin],
    ),
  )
  if (rows[0]) return toUser(rows[0])
  throw new AppError('NAME_TAKEN', {
    pointer: '/name',
    words: { what: { en: 'person', zh: '用户' }, name: input.name },
  })
}

/** A new password or a disabled account ends the person's sessions. @throws AppError NOT_FOUND | LAST_ADMIN */
export async function updateUser(
  pool: pg.Pool,
  name: string,
  change: {
    displayName?: string | undefined
    password?: string | undefined
    instanceAdmin?: boolean | undefined
    disabled?: boolean | undefined
  },
): Promise<UserRecord> {
  const hash = change.password === undefined ? null : await hashPassword(change.password)
  return inTransaction(pool, async (tx) => {
    // Two administrators who remove each other at the same moment must not both succeed.
    await tx.query(`select pg_advisory_xact_lock(hashtext('tagtree.people'))`)
    const before = await userByName(tx, name)
    const { rows } = await tx.query<UserRow>(
      `update app_user set display_name = coalesce($2, display_name), password_hash = coalesce($3, password_hash),
         instance_admin = coalesce($4, instance_admin),
         disabled_at = case when $5::boolean is null then disabled_at when $5 then coalesce(disabled_at, now()) end
       where id = $1 returning ${columns}`,
      [before.id, change.displayName ?? null, hash, change.instanceAdmin ?? null, change.disabled ?? null],
    )
    const admins = await tx.query('select from app_user where instance_admin and disabled_at is null limit 1')
    if (admins.rowCount === 0) throw new AppError('LAST_ADMIN')
    if (hash !== null || change.disabled === true) {
      await tx.query(`delete from session where user_id = $1 and (kind = 'person' or $2)`, [
        before.id,
        change.disabled === true,
      ])
    }
    return toUser(rows[0]!)
  })
}

/** @throws AppError NOT_FOUND */
export async function userByName(tx: Tx, name: string): Promise<{ id: number; displayName: string }> {
  const { rows } = await tx.query<UserRow>(`select ${columns} from app_user where name = $1`, [name])
  if (rows[0]) return { id: rows[0].id, displayName: rows[0].display_name }
  throw new AppError('NOT_FOUND', { words: { what: { en: 'person', zh: '用户' }, name: name.slice(0, 63) } })
}

function toUser(row: UserRow): UserRecord {
  return {
    name: row.name,
    displayName: row.display_name,
    instanceAdmin: row.instance_admin,
    disabled: row.disabled_at !== null,
    createdAt: row.created_at.toISOString(),
  }
}
