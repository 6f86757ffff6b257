import { type CompileContext, compile, type OutputColumn } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { SegmentDefinition, TagDefinition } from '@tagtree/core/language/document'
import { SQL_LIMITS } from '@tagtree/engines/clickhouse/sql-users'
import { quoteIdentifier } from '../../store/clickhouse.js'
import { everybodyOf } from '../everybody-of.js'
import { type FitKeeper, solveFits } from '../run/solve-fits.js'
import { runSettings } from '../run/write-codes.js'
import type { CheckedSql, SqlEngine } from './check-sql.js'
import { boundStatement, type SqlMoment } from './sql-statement.js'
import { type ValueColumn, valueColumn } from './value-column.js'

/** Where the values of one statement are put, and for whom they count. */
export interface SqlStaging {
  readonly definition: TagDefinition
  readonly checked: CheckedSql
  /** Moment and knowledge of the whole computation. */
  readonly context: CompileContext
  /** Table of what the statement gives. The caller drops both. */
  readonly poured: string
  /** Table of the tag's values. */
  readonly table: string
  readonly fits?: FitKeeper | undefined
  readonly signal: AbortSignal
  /** How long the statement may take. */
  readonly seconds?: number
}

/** What came of it. */
export interface StagedSql {
  readonly column: OutputColumn
  /** Whom the definition is about. */
  readonly population: number
  /** Rows the statement gave. */
  readonly rows: number
  /** Profiles it named that the definition is not about: other subjects, the not living, those outside `only`. */
  readonly strangers: number
  /** Profiles whose value is none of those the tag lists. */
  readonly unlisted: number
  readonly cost: { readonly rows: number; readonly bytes: number }
}

/**
 * Runs a checked statement as the confined user and stages the values of whom the tag is about. Rows stream from one
 * connection into the other; none are kept here.
 * @throws AppError RUN_FAILED with the reason | what the engine throws
 */
export async function stageSql(engine: SqlEngine, staging: SqlStaging): Promise<StagedSql> {
  const { definition, checked, context } = staging
  const value = valueColumn(definition, checked.columns, context.catalog.timeZone)
  const rows = await pourRows(engine, staging, value)
  if (definition.family !== 'multi') await requireOneValue(engine, staging)
  const { population, cost } = await placeValues(engine, staging, value)
  const left = await countLeftOut(engine, staging, value)
  const column = { definitionId: definition.id, column: 'v_0', type: value.output, codes: value.codes }
  return { column, population, rows, ...left, cost }
}

/** The moment of a computation as statements of people are bound to it. */
export function sqlMoment(context: CompileContext): SqlMoment {
  return {
    asOf: context.asOf,
    isNow: context.attributes === 'current',
    knownSeq: context.knownSeq,
    excludedImports: context.excludedImports,
    hiddenRuns: context.tags.unpublishedRuns ?? [],
  }
}

async function pourRows(engine: SqlEngine, staging: SqlStaging, value: ValueColumn): Promise<number> {
  const { clickhouse, confined } = engine
  const { definition, checked, context, poured, seconds = SQL_LIMITS.seconds } = staging
  const { head, from, params } = boundStatement(confined.database, checked.text, checked.views, sqlMoment(context))
  const profile = `toUInt32(ifNull(accurateCastOrNull(given.${quoteIdentifier(checked.columns.profile)}, 'UInt32'), 0))`
  const patience = AbortSignal.timeout(seconds * 1000)
  const signal = AbortSignal.any([staging.signal, patience])
  await clickhouse.command(
    `CREATE TABLE ${poured} (profile_id UInt32, value ${value.type}) ENGINE = MergeTree ORDER BY profile_id`,
    { settings: runSettings },
  )
  try {
    const rows = await confined.rows(`${head}SELECT ${profile}, ${value.read} FROM ${from} AS given`, params, signal)
    await clickhouse.pour(poured, rows, signal)
  } catch (error) {
    if (patience.aborted && !staging.signal.aborted) throw tooLong(definition.id, seconds)
    throw error
  }
  const [counted] = await clickhouse.query<{ n: string }>(`SELECT toString(count()) AS n FROM ${poured}`)
  return Number(counted?.n ?? 0)
}

/** An exclusive tag takes one value per customer; the same value twice is one. */
async function requireOneValue({ clickhouse }: SqlEngine, { definition, poured }: SqlStaging): Promise<void> {
  const [several] = await clickhouse.query<{ n: string }>(
    `SELECT toString(count()) AS n FROM (
       SELECT profile_id FROM ${poured} WHERE isNotNull(value) GROUP BY profile_id HAVING uniqExact(value) > 1)`,
  )
  const count = Number(several?.n ?? 0)
  if (count === 0) return
  const reason = {
    en: `it gives ${count} customers more than one value; choose one in the statement, or make the tag family: multi`,
    zh: `它给 ${count} 位客户多于一个值；请在语句中取一个，或把标签改为 family: multi`,
  }
  throw new AppError('RUN_FAILED', { words: { name: definition.id, reason } })
}

async function placeValues(
  { clickhouse }: SqlEngine,
  { definition, context, poured, table, fits: keeper, signal }: SqlStaging,
  value: ValueColumn,
): Promise<{ population: number; cost: { rows: number; bytes: number } }> {
  const compiled = compile([forWhom(definition), everybodyOf(definition)], context)
  const { fits, cost: fitCost } = await solveFits(clickhouse, compiled, keeper, signal)
  const about = compiled.statement(fits)
  const options = { params: { ...about.params, codes: value.codes }, signal, settings: runSettings }
  const [counted] = await clickhouse.query<{ n: string }>(
    `SELECT toString(countIf(v_1 = 1)) AS n FROM (${about.sql})`,
    options,
  )
  const select = `SELECT given.profile_id AS profile_id, given.v AS v_0
    FROM (SELECT profile_id, ${value.fold} AS v FROM ${poured} WHERE isNotNull(value) GROUP BY profile_id) AS given
    INNER JOIN (SELECT profile_id FROM (${about.sql}) WHERE v_0 = 1 AND v_1 = 1) AS about
      ON given.profile_id = about.profile_id`
  await clickhouse.command(`CREATE TABLE ${table} ENGINE = MergeTree ORDER BY profile_id EMPTY AS ${select}`, options)
  const cost = await clickhouse.command(`INSERT INTO ${table} ${select}`, options)
  return {
    population: Number(counted?.n ?? 0),
    cost: { rows: fitCost.rows + cost.rows, bytes: fitCost.bytes + cost.bytes },
  }
}

async function countLeftOut(
  { clickhouse }: SqlEngine,
  { poured, table }: SqlStaging,
  { codes }: ValueColumn,
): Promise<{ strangers: number; unlisted: number }> {
  const unlisted =
    codes.length === 0
      ? '0'
      : `(SELECT uniqExact(profile_id) FROM ${poured} WHERE isNotNull(value) AND value NOT IN {codes:Array(String)})`
  const [left] = await clickhouse.query<{ strangers: string; unlisted: string }>(
    `SELECT toString((SELECT uniqExact(profile_id) FROM ${poured} WHERE isNotNull(value)) - (SELECT count() FROM ${table})) AS strangers,
       toString(${unlisted}) AS unlisted`,
    { params: { codes } },
  )
  return { strangers: Number(left?.strangers ?? 0), unlisted: Number(left?.unlisted ?? 0) }
}

/** The segment of whom a tag speaks. Its id has spaces, so it is nobody else's. */
function forWhom({ subject, who, only }: TagDefinition): SegmentDefinition {
  return {
    ...everybodyOf({ ...(subject && { subject }), ...(who && { who }) }),
    id: 'for whom',
    where: only ?? { all: [] },
  }
}

function tooLong(name: string, seconds: number): AppError {
  const reason = { en: `the statement did not end within ${seconds} s`, zh: `该语句在 ${seconds} 秒内没有结束` }
  return new AppError('RUN_FAILED', { words: { name, reason } })
}
