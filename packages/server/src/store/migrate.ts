import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import type { ClickHouse, WorkspaceClickHouse } from './clickhouse.js'
import { inTransaction } from './postgres.js'

/** A numbered migration file; running it twice changes nothing. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** The folder of the migrations of one engine, beside src and dist alike. */
function migrationFolder(engine: 'postgres' | 'clickhouse'): string {
  return fileURLToPath(new URL(`../../migrations/${engine}`, import.meta.url))
}

/** Reads the migrations of one engine in their order. */
export function readMigrations(engine: 'postgres' | 'clickhouse'): Migration[] {
  const folder = migrationFolder(engine)
  return readdirSync(folder)
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -4),
      sql: readFileSync(join(folder, file), 'utf8'),
    }))
}

/** Brings the PostgreSQL schema up to date; one process at a time does it. Answers the names of what was run. */
export async function migratePostgres(owner: pg.Pool, migrations = readMigrations('postgres')): Promise<string[]> {
  return inTransaction(owner, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('tagtree.migrate'))`)
    await tx.query(`do $$ begin
      if not exists (select from pg_namespace where nspname = 'tagtree') then create schema tagtree; end if;
    end $$`)
    await tx.query(`create table if not exists tagtree.schema_version (
      number int primary key, name text not null, applied_at timestamptz not null default now())`)
    const { rows } = await tx.query<{ number: number }>('select number from tagtree.schema_version')
    const done = new Set(rows.map((row) => row.number))
    const run: string[] = []
    for (const migration of migrations) {
      if (done.has(migration.number)) continue
      await tx.query(migration.sql)
      await tx.query('insert into tagtree.schema_version (number, name) values ($1, $2)', [
        migration.number,
        migration.name,
      ])
      run.push(migration.name)
    }
    return run
  })
}

/**
 * Creates the ClickHouse database of a workspace and brings it up to date. Statements are idempotent and recorded after
 * they ran, so that a crash in between only repeats them.
 */
export async function migrateWorkspaceDatabase(
  clickhouse: ClickHouse,
  database: string,
  migrations = readMigrations('clickhouse'),
): Promise<string[]> {
  await clickhouse.createDatabase(database)
  const workspace = clickhouse.workspace(database)
  await workspace.command(
    `CREATE TABLE IF NOT EXISTS schema_version (number UInt32, name String, applied_at DateTime DEFAULT now())
     ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  )
  const rows = await workspace.query<{ number: number }>('SELECT DISTINCT number FROM schema_version')
  const done = new Set(rows.map((row) => row.number))
  const run: string[] = []
  for (const migration of migrations) {
    if (done.has(migration.number)) continue
    for (const statement of splitStatements(migration.sql, database)) await workspace.command(statement)
    await recordVersion(workspace, migration)
    run.push(migration.name)
  }
  return run
}

async function recordVersion(workspace: WorkspaceClickHouse, migration: Migration): Promise<void> {
  await workspace.command('INSERT INTO schema_version (number, name) SELECT {number:UInt32}, {name:String}', {
    params: { number: migration.number, name: migration.name },
  })
}

/** The statements of a migration file: comment lines removed, `{database}` filled in, split at line-ending semicolons. */
export function splitStatements(sql: string, database: string): string[] {
  return sql
    .split('\n')
    .filter((line) => !/^\s*--/.test(line))
    .join('\n')
    .replaceAll('{database}', database)
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
