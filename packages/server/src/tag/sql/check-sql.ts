import { createHash } from 'node:crypto'
import { ClickHouseError } from '@clickhouse/client'
import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'
import type { TagDefinition } from '@tagtree/core/language/document'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { ConfinedClickHouse } from '../../store/confined-clickhouse.js'
import { bumpCatalogVersion } from '../../store/names.js'
import type { Tx } from '../../store/postgres.js'
import { sqlRefusal } from './sql-refusal.js'
import { boundStatement, type SqlMoment, viewNames } from './sql-statement.js'
import { readSqlText, type SqlText } from './sql-text.js'
import { checkTree } from './sql-tree.js'
import type { SqlView } from './sql-views.js'
import { checkWords } from './sql-words.js'
import { type PublishedHeads, syncViews } from './sync-views.js'
import { columnsOf, type SqlColumns, type SqlValueKind } from './value-kind.js'

/** Where statements of one workspace are checked and run. */
export interface SqlEngine {
  readonly clickhouse: WorkspaceClickHouse
  readonly confined: ConfinedClickHouse
  readonly catalog: Catalog
  readonly heads: PublishedHeads
}

/** A statement that may run. */
export interface CheckedSql {
  readonly text: SqlText
  readonly views: readonly SqlView[]
  readonly columns: SqlColumns
}

/** The check itself may not be used to keep the engine busy. */
const CHECK_SECONDS = 15

/** The statement of a SQL tag, or null when the definition is anything else. */
export function sqlOf(definition: { readonly kind: string; readonly assign?: unknown }): string | null {
  if (definition.kind !== 'tag') return null
  const { assign } = definition as TagDefinition
  if (typeof assign !== 'object' || !('given' in assign) || typeof assign.given !== 'object') return null
  return 'sql' in assign.given ? assign.given.sql : null
}

/**
 * Checks a statement before anything of it runs: token by token, word by word, then by the syntax tree that the engine
 * makes of it, then by the columns it would give. Only the last step looks at the views, as the confined user.
 * @throws AppError DEFINITION_INVALID with the reason at /assign/given/sql | SQL_TAGS_NOT_SET_UP
 */
export async function checkSql(engine: SqlEngine, definition: TagDefinition, moment: SqlMoment): Promise<CheckedSql> {
  const text = readSqlText(sqlOf(definition)!)
  const functions = await engineFunctions(engine.clickhouse)
  checkWords(text.words, functions, text.named)
  const views = await syncViews(engine.clickhouse, engine.catalog, engine.heads)
  const names = { views: new Set(viewNames(views, moment.isNow).keys()), named: text.named, functions }
  const { head, from, params } = boundStatement(engine.confined.database, text, views, moment)
  const signal = AbortSignal.timeout(CHECK_SECONDS * 1000)
  try {
    checkTree(await engine.confined.syntaxTree(`SELECT * FROM ${from}`), names)
    const described = await engine.confined.describe(`${head}SELECT * FROM ${from}`, params, signal)
    const columns = columnsOf(described)
    requireFitting(definition, columns.kind)
    return { text, views, columns }
  } catch (error) {
    if (signal.aborted) {
      throw sqlRefusal(
        `the statement could not even be understood within ${CHECK_SECONDS} s`,
        `${CHECK_SECONDS} 秒内未能解析该语句`,
      )
    }
    throw saidByEngine(error, views)
  }
}

/** Several values of one customer are texts. */
function requireFitting({ family, assign }: TagDefinition, kind: SqlValueKind): void {
  if ('expires' in assign && assign.expires !== undefined) {
    throw sqlRefusal(
      'expires is for values given by hand or by file: each run of the statement gives the values of its moment',
      'expires 只用于人工或文件给出的值：SQL 每次运行都给出当时的值',
      undefined,
      '/assign/expires',
    )
  }
  if (family !== 'multi' || kind === 'text') return
  throw sqlRefusal(
    'a tag with several values takes texts: write toString(value)',
    '多值标签的值须为文本：请用 toString(value)',
  )
}

/** Every function of the engine in lower case; it has them from its start to its end. */
const functionsOf = new WeakMap<WorkspaceClickHouse, Promise<ReadonlySet<string>>>()

function engineFunctions(clickhouse: WorkspaceClickHouse): Promise<ReadonlySet<string>> {
  let known = functionsOf.get(clickhouse)
  if (known === undefined) {
    known = clickhouse
      .query<{ name: string }>('SELECT DISTINCT lower(name) AS name FROM system.functions')
      .then((rows) => new Set(rows.map((row) => row.name)))
    known.catch(() => functionsOf.delete(clickhouse))
    functionsOf.set(clickhouse, known)
  }
  return known
}

/** What the engine says about a statement of a person, at its place in the document. */
function saidByEngine(error: unknown, views: readonly SqlView[]): unknown {
  if (error instanceof AppError || !(error instanceof ClickHouseError)) return error
  const { message } = error
  if (error.type === 'SYNTAX_ERROR') {
    const [, near = ''] = /failed at position \d+ \((.{0,60}?)\)/s.exec(message) ?? []
    const place = near.trim() === '' ? ['', ''] : [` near "${near.trim()}"`, `，位置在“${near.trim()}”附近`]
    return sqlRefusal(`this is not a SELECT that the engine can read${place[0]}`, `引擎无法读取该 SELECT${place[1]}`)
  }
  if (error.type === 'UNKNOWN_IDENTIFIER' || error.type === 'NOT_FOUND_COLUMN_IN_BLOCK') {
    const [, name = '?'] = /[`']([^`']{1,100})[`']/.exec(message) ?? []
    const columns = [...new Set(views.flatMap((view) => view.columns))]
    return sqlRefusal(`there is no column "${name}"`, `没有列“${name}”`, nearest(name.split('.').at(-1)!, columns))
  }
  if (error.type === 'ACCESS_DENIED' || error.type === 'UNKNOWN_TABLE' || error.type === 'UNKNOWN_DATABASE') {
    return sqlRefusal('a SQL tag reads the views of its own workspace only', 'SQL 标签只能读取本工作区的视图')
  }
  const kind = error.type ?? error.code
  const told = message.split(/ In scope |: In scope |: While |: while |\. \(/)[0]!.slice(0, 200)
  return sqlRefusal(`the engine refuses the statement: ${told} (${kind})`, `引擎拒绝该语句：${told}（${kind}）`)
}

/** What identifies a statement in the table of kinds. */
export function hashOfSql(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}

/** Notes what kind of value a statement gives, so that other definitions can compare it. */
export async function noteKind(tx: Tx, workspaceId: number, sql: string, kind: SqlValueKind): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into sql_statement (workspace_id, hash, value_kind) values ($1, $2, $3)
     on conflict (workspace_id, hash) do update set value_kind = excluded.value_kind, checked_at = now()
     where sql_statement.value_kind <> excluded.value_kind`,
    [workspaceId, hashOfSql(sql), kind],
  )
  if (rowCount !== 0) await bumpCatalogVersion(tx, workspaceId)
}
