import { AppError } from '@tagtree/core/kernel/app-error'
import type { Client } from 'pg'
import { reasonOf } from '../data-directory.js'
import { connectByUrl } from './connect.js'
import { checkPostgresIsClosed } from './doors.js'
import { APP_ROLE, LOGIN, OWNER_ROLE, operatorSql, WORKER_ROLE } from './roles.js'

interface LoginFacts {
  readonly login: string
  readonly database: string
  readonly version: number
  readonly is_superuser: boolean
  readonly bypasses_rls: boolean
  readonly missing_roles: string[]
  readonly powerful_roles: string[]
  readonly encoding: string
  readonly schema_owner: string | null
}

const OLDEST_VERSION = 150_000

const FACTS = `
  SELECT current_user AS login, current_database() AS database,
         current_setting('server_version_num')::int AS version,
         me.rolsuper AS is_superuser, me.rolbypassrls AS bypasses_rls,
         ARRAY(SELECT wanted FROM unnest($1::text[]) AS wanted
               WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = wanted AND pg_has_role(me.oid, r.oid, 'SET'))
         ) AS missing_roles,
         ARRAY(SELECT r.rolname::text FROM pg_roles r
               WHERE (r.rolsuper OR r.rolbypassrls) AND r.oid <> me.oid AND pg_has_role(me.oid, r.oid, 'SET')
         ) AS powerful_roles,
         pg_encoding_to_char(d.encoding) AS encoding,
         (SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'tagtree') AS schema_owner
  FROM pg_roles me, pg_database d
  WHERE me.rolname = current_user AND d.datname = current_database()`

/**
 * Checks that the login of DATABASE_URL is bound by row-level security and may take the three roles, and that its
 * password is really asked for. Returns the version of the server.
 * @throws AppError ENGINE_UNREACHABLE, ENGINE_LOGIN_UNSAFE (with the SQL an operator has to run), ENGINE_OPEN
 */
export async function checkExternalPostgres(databaseUrl: string): Promise<string> {
  const client = await enter(databaseUrl)
  try {
    const asked = await client.query<LoginFacts>(FACTS, [[OWNER_ROLE, APP_ROLE, WORKER_ROLE]])
    const facts = asked.rows[0]
    const problem = facts && problemOf(facts)
    if (facts === undefined || problem !== undefined) throw unsafe(facts, problem ?? 'it has no role')
    await checkPostgresIsClosed(databaseUrl)
    const version = await client.query<{ server_version: string }>('SHOW server_version')
    return version.rows[0]?.server_version ?? ''
  } finally {
    await client.end()
  }
}

async function enter(databaseUrl: string): Promise<Client> {
  let address = 'DATABASE_URL'
  try {
    address = new URL(databaseUrl).host
    return await connectByUrl(databaseUrl)
  } catch (cause) {
    const words = { engine: 'PostgreSQL', address, reason: reasonOf(cause), setting: 'DATABASE_URL' }
    throw new AppError('ENGINE_UNREACHABLE', { words, cause })
  }
}

function problemOf(facts: LoginFacts): string | undefined {
  if (facts.version < OLDEST_VERSION) return `the server is older than version ${OLDEST_VERSION / 10_000}`
  if (facts.is_superuser) return 'it is a superuser, and row-level security does not bind superusers'
  if (facts.bypasses_rls) return 'it has BYPASSRLS, so row-level security does not bind it'
  if (facts.missing_roles.length > 0) return `it may not take the roles ${facts.missing_roles.join(', ')}`
  if (facts.powerful_roles.length > 0) {
    return `it may become ${facts.powerful_roles.join(', ')}, whom row-level security does not bind`
  }
  if (facts.encoding !== 'UTF8') return `the database is encoded in ${facts.encoding} and not in UTF8`
  if (facts.schema_owner !== OWNER_ROLE) return `the schema tagtree of the database does not belong to ${OWNER_ROLE}`
  return undefined
}

function unsafe(facts: LoginFacts | undefined, problem: string): AppError {
  const login = facts?.login ?? LOGIN
  // For a superuser the way out is another login, not a weaker superuser.
  const proposed = facts?.is_superuser ? LOGIN : login
  const sql = operatorSql(proposed, facts?.database ?? LOGIN)
  return new AppError('ENGINE_LOGIN_UNSAFE', { words: { login, problem, sql } })
}
