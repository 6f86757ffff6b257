import { createHash } from 'node:crypto'
import { sqlProfileXml, sqlUsersXml } from './sql-users.js'

/** Name of the user the application works as. */
export const APP_USER = 'app'
/**
 * Named collection with the user and password of the engine itself, for dictionaries that read a table of the same
 * engine, so that no password stands in the DDL. Write the source exactly like this (database and query per use):
 *
 *     CREATE DICTIONARY ws_0001.override (node_id UInt64, profile_id UInt32) PRIMARY KEY node_id
 *     SOURCE(CLICKHOUSE(NAME tagtree_self DB 'ws_0001' QUERY 'SELECT node_id, profile_id FROM ws_0001.node_override FINAL'))
 *     LIFETIME(0) LAYOUT(FLAT())
 *
 * The query inside runs in the same process, without a connection. `QUERY` names its tables with their database.
 * `SYSTEM RELOAD DICTIONARY ws_0001.override` reads it again. On an external ClickHouse the operator makes it once:
 * `CREATE NAMED COLLECTION tagtree_self AS user = '…', password = '…'`.
 */
export const SELF_COLLECTION = 'tagtree_self'

export interface ClickHouseConfig {
  readonly usersFile: string
  readonly password: string
  readonly memoryMiB: number
}

/** What the users file is made of. */
export interface ClickHouseUsers {
  readonly password: string
  readonly memoryMiB: number
  /** Names of the users that run SQL tags, and the secret their passwords come from. */
  readonly sqlUsers: readonly string[]
  readonly sqlSecret: string
}

/**
 * The main configuration file. Holds the password: write it where only the owner may read.
 * No logger: this build writes every query with its values as soon as it has a log file, whatever the level says.
 * No `query_log` and the like: the local mode has none, so nothing grows and nothing is queried while idle.
 */
export function serverXml(config: ClickHouseConfig): string {
  const MiB = 1_048_576
  return `<!-- Written by Tagtree at each start; changes here are lost. -->
<clickhouse>
  <users_config>${escapeXml(config.usersFile)}</users_config>
  <max_server_memory_usage>${config.memoryMiB * MiB}</max_server_memory_usage>
  <mark_cache_size>${64 * MiB}</mark_cache_size>
  <primary_index_cache_size>${64 * MiB}</primary_index_cache_size>
  <index_mark_cache_size>${16 * MiB}</index_mark_cache_size>
  <background_schedule_pool_size>8</background_schedule_pool_size>
  <compiled_expression_cache_size>${32 * MiB}</compiled_expression_cache_size>
  <named_collections>
    <${SELF_COLLECTION}>
      <host>127.0.0.1</host>
      <user>${APP_USER}</user>
      <password>${escapeXml(config.password)}</password>
    </${SELF_COLLECTION}>
  </named_collections>
</clickhouse>
`
}

/** Everything the product does with its own tables; nothing that reads files or foreign servers. */
const APP_GRANTS = [
  'SHOW, SELECT, INSERT, ALTER, DROP, UNDROP TABLE, TRUNCATE, OPTIMIZE, CHECK, BACKUP, dictGet ON *.*',
  'CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE DICTIONARY ON *.*',
  'CREATE TEMPORARY TABLE, CREATE ARBITRARY TEMPORARY TABLE ON *.*',
  'KILL QUERY, SYSTEM RELOAD DICTIONARY, SYSTEM DROP CACHE, SYSTEM MERGES, SYSTEM FLUSH ON *.*',
  ...['MergeTree', 'ReplacingMergeTree', 'AggregatingMergeTree', 'SummingMergeTree', 'CollapsingMergeTree'].map(
    onEngine,
  ),
  ...['Memory', 'Null', 'Set', 'Join', 'Merge', 'Dictionary'].map(onEngine),
  'SET DEFINER ON *',
  `NAMED COLLECTION ON ${SELF_COLLECTION}`,
]

/**
 * The users file. `app` is the application. `default` is needed by the local session inside the engine process and
 * cannot have a password; a session limit of one, which that session holds for as long as it lives, shuts everybody
 * else out, and three grants are all it may do. The users of SQL tags are all here from the start: none can be made later.
 */
export function usersXml({ password, memoryMiB, sqlUsers, sqlSecret }: ClickHouseUsers): string {
  const hash = createHash('sha256').update(password).digest('hex')
  return `<!-- Written by Tagtree at each start; changes here are lost. -->
<clickhouse>
  <profiles>
    <default>
      <!-- One pass computes hundreds of definitions with one statement, which the client sends as a field of a form. -->
      <http_max_field_value_size>67108864</http_max_field_value_size>
      <max_query_size>67108864</max_query_size>
      <max_ast_elements>2000000</max_ast_elements>
      <max_expanded_ast_elements>4000000</max_expanded_ast_elements>
    </default>
    <boot><max_sessions_for_user>1</max_sessions_for_user></boot>
${sqlProfileXml(memoryMiB)}
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password>
      <networks><ip>::1</ip></networks>
      <profile>boot</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT SYSTEM LISTEN ON *.*</query>
        <query>GRANT CREATE ARBITRARY TEMPORARY TABLE ON *.*</query>
        <query>GRANT TABLE ENGINE ON File</query>
      </grants>
    </default>
    <${APP_USER}>
      <password_sha256_hex>${hash}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
${APP_GRANTS.map((grant) => `        <query>GRANT ${grant}</query>`).join('\n')}
      </grants>
    </${APP_USER}>
${sqlUsersXml(sqlUsers, sqlSecret)}
  </users>
</clickhouse>
`
}

function onEngine(tableEngine: string): string {
  return `TABLE ENGINE ON ${tableEngine}`
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
