import { createHash, createHmac } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ClickHouseConnection } from '../engines.js'

/** Settings profile of the users that run SQL tags; on an external ClickHouse the operator makes the same. */
export const SQL_PROFILE = 'tagtree_sql'

/** How many workspaces have a user for SQL tags from the first start. */
const FIRST_POOL = 300
/** Steps in which the pool grows; it is read at the start of the engine only. */
const POOL_STEP = 100

/** The user that runs the SQL tags of a workspace: `ws_0001` gives `ws_0001_sql`, which is also its database. */
export function sqlNameOf(database: string): string {
  return `${database}_sql`
}

/** Password of that user, or null when the engine has no such users (an external one that was not set up for it). */
export function sqlPasswordOf(connection: ClickHouseConnection, database: string): string | null {
  if (connection.sqlSecret === undefined) return null
  return connection.embedded ? derivedPassword(connection.sqlSecret, sqlNameOf(database)) : connection.sqlSecret
}

/**
 * The names of the pool: one user per numbered workspace, for those that exist in the data directory and a good many
 * more. Users cannot be made while the engine runs, because its local mode has no storage for them.
 */
export function sqlUserPool(clickhouseDirectory: string): string[] {
  const folder = join(clickhouseDirectory, 'metadata')
  const entries = existsSync(folder) ? readdirSync(folder) : []
  const numbers = entries.map((name) => Number(/^ws_(\d{4,10})(?:\.sql)?$/.exec(name)?.[1] ?? 0))
  const highest = Math.max(0, ...numbers.filter((number) => number <= FIRST_POOL * POOL_STEP))
  const size = Math.max(FIRST_POOL, Math.ceil((highest + POOL_STEP) / POOL_STEP) * POOL_STEP)
  return Array.from({ length: size }, (_, index) => sqlNameOf(workspaceName(index + 1)))
}

/** `ws_0001` for 1. */
export function workspaceName(number: number): string {
  return `ws_${String(number).padStart(4, '0')}`
}

/**
 * The settings profile. `readonly` = 1: no statement may change a setting. What a tag needs above these limits has to be
 * another kind of tag.
 */
export function sqlProfileXml(memoryMiB: number): string {
  const MiB = 1_048_576
  const memory = Math.max(256, Math.min(2048, Math.round(memoryMiB / 4))) * MiB
  const settings: Readonly<Record<string, number>> = {
    readonly: 1,
    allow_ddl: 0,
    allow_introspection_functions: 0,
    max_execution_time: SQL_LIMITS.seconds,
    max_memory_usage: memory,
    max_memory_usage_for_user: memory,
    max_threads: SQL_LIMITS.threads,
    max_concurrent_queries_for_user: 4,
    max_rows_to_read: SQL_LIMITS.rowsRead,
    max_result_rows: SQL_LIMITS.resultRows,
    max_result_bytes: SQL_LIMITS.resultMiB * MiB,
    max_query_size: 262_144,
    max_ast_depth: 200,
    max_ast_elements: 10_000,
    max_expanded_ast_elements: 100_000,
    max_subquery_depth: 50,
    max_bytes_before_external_group_by: memory / 2,
    max_bytes_before_external_sort: memory / 2,
    max_temporary_data_on_disk_size_for_query: 4096 * MiB,
    max_temporary_data_on_disk_size_for_user: 4096 * MiB,
    function_range_max_elements_in_block: 1_000_000,
    cancel_http_readonly_queries_on_client_close: 1,
    priority: 10,
  }
  const lines = Object.entries(settings).map(([name, value]) => `      <${name}>${value}</${name}>`)
  return `    <${SQL_PROFILE}>\n${lines.join('\n')}\n    </${SQL_PROFILE}>`
}

/** What one statement of a SQL tag may cost; docs/sql-tags.md tells them. */
export const SQL_LIMITS = {
  seconds: 60,
  threads: 2,
  rowsRead: 2_000_000_000,
  resultRows: 20_000_000,
  resultMiB: 2048,
} as const

/** The `<users>` entries of the pool: each may read the views of its own database and nothing else. */
export function sqlUsersXml(names: readonly string[], secret: string): string {
  return names
    .map((name) => {
      const hash = createHash('sha256').update(derivedPassword(secret, name)).digest('hex')
      return `    <${name}><password_sha256_hex>${hash}</password_sha256_hex><networks><ip>127.0.0.1</ip></networks><profile>${SQL_PROFILE}</profile><quota>default</quota><grants><query>GRANT SELECT ON ${name}.*</query></grants></${name}>`
    })
    .join('\n')
}

function derivedPassword(secret: string, name: string): string {
  return createHmac('sha256', secret).update(name).digest('hex').slice(0, 48)
}
