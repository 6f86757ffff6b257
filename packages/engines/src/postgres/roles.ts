import type { Client } from 'pg'

/** The login of the application: no rights of its own, it takes one of the three roles on connecting. */
export const LOGIN = 'tagtree'
/** Owns the schema and runs migrations. */
export const OWNER_ROLE = 'tagtree_owner'
/** Serves requests; sees one workspace at a time. */
export const APP_ROLE = 'tagtree_app'
/** Runs jobs and the applier; may look over the queues of all workspaces. */
export const WORKER_ROLE = 'tagtree_worker'

const GROUP_ROLES = [OWNER_ROLE, APP_ROLE, WORKER_ROLE] as const

/**
 * Makes or corrects the login and the three roles; to be run by a superuser in any database, any number of times.
 * `password` holds hexadecimal digits only.
 */
export async function ensureRoles(superuser: Client, password: string): Promise<void> {
  for (const statement of roleStatements(`'${password}'`)) await superuser.query(statement)
}

/** Makes what one database needs beside the roles; `inside` is a superuser connected to it. */
export async function ensureSchema(inside: Client, database: string): Promise<void> {
  for (const statement of schemaStatements(database)) await inside.query(statement)
}

/** What an operator runs once, as superuser, on a PostgreSQL of their own; shown when the login is not fit. */
export function operatorSql(login: string, database: string): string {
  return [
    ...GROUP_ROLES.map((role) => `CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS;`),
    `CREATE ROLE ${quoteName(login)} LOGIN PASSWORD '…';  -- when it does not exist yet`,
    `ALTER ROLE ${quoteName(login)} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOINHERIT;`,
    `GRANT ${GROUP_ROLES.join(', ')} TO ${quoteName(login)} WITH INHERIT FALSE, SET TRUE;`,
    `ALTER ROLE ${quoteName(login)} SET search_path = tagtree;`,
    `CREATE DATABASE ${quoteName(database)} OWNER ${OWNER_ROLE} ENCODING 'UTF8' TEMPLATE template0;  -- when it does not exist yet`,
    `\\connect ${quoteName(database)}`,
    ...schemaStatements(database, login).map((statement) => `${statement};`),
  ].join('\n')
}

/** A name as SQL wants it when it is anything but plain lower case. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function roleStatements(quotedPassword: string): string[] {
  const make = (role: string, kind: string): string =>
    `DO $$ BEGIN CREATE ROLE ${role} ${kind}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`
  const plain = 'NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION NOINHERIT'
  return [
    ...GROUP_ROLES.flatMap((role) => [make(role, 'NOLOGIN'), `ALTER ROLE ${role} NOLOGIN ${plain}`]),
    make(LOGIN, 'LOGIN'),
    `ALTER ROLE ${LOGIN} LOGIN ${plain} PASSWORD ${quotedPassword}`,
    `GRANT ${GROUP_ROLES.join(', ')} TO ${LOGIN} WITH INHERIT FALSE, SET TRUE`,
    `ALTER ROLE ${LOGIN} SET search_path = tagtree`,
  ]
}

function schemaStatements(database: string, login = LOGIN): string[] {
  return [
    `ALTER DATABASE ${quoteName(database)} OWNER TO ${OWNER_ROLE}`,
    `REVOKE ALL ON DATABASE ${quoteName(database)} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${quoteName(database)} TO ${quoteName(login)}`,
    `CREATE SCHEMA IF NOT EXISTS tagtree AUTHORIZATION ${OWNER_ROLE}`,
    `GRANT USAGE ON SCHEMA tagtree TO ${APP_ROLE}, ${WORKER_ROLE}`,
  ]
}
