import { createHmac, hkdfSync } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inTransaction, type Tx } from '../store/postgres.js'
import { hashPassword, isPassword, spendTimeOnNobody } from './passwords.js'
import type { UserRecord } from './people.js'
import { hashToken, newSessionToken } from './tokens.js'

const sessionDays = 14
/** Refused sign-ins within a quarter of an hour, after which no password is looked at any more. */
const limits = { nameAndAddress: 10, address: 50, name: 100 }
const windowSeconds = 15 * 60

export interface Session {
  readonly token: string
  readonly expiresAt: Date
  readonly user: UserRecord
}

/** Signs a person in. @throws AppError LOGIN_REFUSED | LOGIN_THROTTLED */
export async function signIn(
  pool: pg.Pool,
  masterKey: Buffer,
  attempt: { readonly name: string; readonly password: string; readonly remoteAddress: string },
): Promise<Session> {
  const user = await checkPassword(pool, masterKey, attempt)
  const token = newSessionToken()
  const expiresAt = new Date(Date.now() + sessionDays * 86_400_000)
  await inTransaction(pool, async (tx) => {
    await tx.query('delete from session where expires_at < now()')
    await tx.query(`insert into session (token_hash, user_id, kind, expires_at) values ($1, $2, 'person', $3)`, [
      hashToken(token),
      user.id,
      expiresAt,
    ])
  })
  return { token, expiresAt, user: user.record }
}

export async function signOut(pool: pg.Pool, tokenHash: Buffer): Promise<void> {
  await inTransaction(pool, (tx) => tx.query('delete from session where token_hash = $1', [tokenHash]))
}

/** Sets a new password and ends the person's other sessions. @throws AppError LOGIN_REFUSED | LOGIN_THROTTLED */
export async function changeOwnPassword(
  pool: pg.Pool,
  masterKey: Buffer,
  attempt: { readonly name: string; readonly password: string; readonly remoteAddress: string },
  next: string,
  keepSession: Buffer,
): Promise<void> {
  const user = await checkPassword(pool, masterKey, attempt)
  const hash = await hashPassword(next)
  await inTransaction(pool, async (tx) => {
    await tx.query('update app_user set password_hash = $2 where id = $1', [user.id, hash])
    await tx.query(`delete from session where user_id = $1 and kind = 'person' and token_hash <> $2`, [
      user.id,
      keepSession,
    ])
  })
}

/** A session for the commands typed on this machine, as the first administrator; replaces the one of the last start. */
export async function openLocalSession(pool: pg.Pool, previousToken: string | null): Promise<string> {
  const token = newSessionToken()
  await inTransaction(pool, async (tx) => {
    if (previousToken !== null) await tx.query('delete from session where token_hash = $1', [hashToken(previousToken)])
    await tx.query(
      `insert into session (token_hash, user_id, kind, expires_at)
       select $1, min(id), 'local', now() + interval '10 years' from app_user
       where instance_admin and disabled_at is null having min(id) is not null`,
      [hashToken(token)],
    )
  })
  return token
}

interface PersonRow {
  id: number
  name: string
  display_name: string
  password_hash: string
  instance_admin: boolean
  created_at: Date
}

/**
 * The attempt is written down before the password is looked at, so that many at once are counted too; a success wipes
 * what this person wrote from this address.
 */
async function checkPassword(
  pool: pg.Pool,
  masterKey: Buffer,
  attempt: { readonly name: string; readonly password: string; readonly remoteAddress: string },
): Promise<{ id: number; record: UserRecord }> {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'tagtree sign-in', 32))
  const blind = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, 16)
  const who = { name: blind(`name ${attempt.name}`), address: blind(`address ${attempt.remoteAddress}`) }
  const person = await inTransaction(pool, async (tx) => {
    await refuseTooMany(tx, who)
    await tx.query('insert into login_attempt (name_hash, address_hash) values ($1, $2)', [who.name, who.address])
    const { rows } = await tx.query<PersonRow>(
      `select id, name, display_name, password_hash, instance_admin, created_at from app_user
       where name = $1 and disabled_at is null`,
      [attempt.name],
    )
    return rows[0]
  })
  if (!person) {
    await spendTimeOnNobody(attempt.password)
    throw new AppError('LOGIN_REFUSED')
  }
  if (!(await isPassword(person.password_hash, attempt.password))) throw new AppError('LOGIN_REFUSED')
  await inTransaction(pool, (tx) =>
    tx.query('delete from login_attempt where name_hash = $1 and address_hash = $2', [who.name, who.address]),
  )
  const record = {
    name: person.name,
    displayName: person.display_name,
    instanceAdmin: person.instance_admin,
    disabled: false,
    createdAt: person.created_at.toISOString(),
  }
  return { id: person.id, record }
}

async function refuseTooMany(tx: Tx, who: { readonly name: Buffer; readonly address: Buffer }): Promise<void> {
  // One after the other: attempts sent at once must see each other.
  await tx.query('select pg_advisory_xact_lock($1)', [who.address.readBigInt64BE().toString()])
  await tx.query('delete from login_attempt where at < now() - make_interval(secs => $1)', [windowSeconds])
  const { rows } = await tx.query<{ both: string; address: string; name: string; seconds: number | null }>(
    `select count(*) filter (where name_hash = $1 and address_hash = $2) as both,
       count(*) filter (where address_hash = $2) as address, count(*) filter (where name_hash = $1) as name,
       extract(epoch from min(at) + make_interval(secs => $3) - now())::float8 as seconds
     from login_attempt where name_hash = $1 or address_hash = $2`,
    [who.name, who.address, windowSeconds],
  )
  const { both, address, name, seconds } = rows[0]!
  const tooMany =
    Number(both) >= limits.nameAndAddress || Number(address) >= limits.address || Number(name) >= limits.name
  if (tooMany) throw new AppError('LOGIN_THROTTLED', { retryAfterSeconds: Math.max(1, seconds ?? windowSeconds) })
}
