import { randomUUID } from 'node:crypto'
import type { OutputColumn } from '@tagtree/core/compile/compile'
import type { TagDefinition } from '@tagtree/core/language/document'
import { openConfined } from '../../store/confined-clickhouse.js'
import { type MomentScope, momentContext } from '../moment-context.js'
import { type Preview, textsOf } from '../preview.js'
import { computationError } from '../run/run-error.js'
import { checkSql, type SqlEngine } from './check-sql.js'
import { sqlRefusal } from './sql-refusal.js'
import { type StagedSql, sqlMoment, stageSql } from './stage-sql.js'
import type { PublishedHeads } from './sync-views.js'

/** What a statement gave, beside the counts of every preview. */
export interface GivenRows {
  readonly rows: number
  /** Profiles whom the tag is not about: others, the not living, those outside `only`. */
  readonly strangers: number
  /** Profiles whose value is none of those the tag lists. */
  readonly unlisted: number
  /** The first customers with their value, by the number of their profile. */
  readonly first: readonly { readonly profileId: number; readonly value: string }[]
}

const mostFirst = 20
const mostValues = 200

/**
 * Runs the statement of a SQL tag for one moment, confined as in a run, and counts its values; nothing is kept. `asOf` in
 * ms; null = now.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED | SQL_TAGS_NOT_SET_UP
 */
export async function previewSql(
  scope: MomentScope & { readonly heads: PublishedHeads },
  definition: TagDefinition,
  asOf: number | null,
  now: number,
  signal: AbortSignal,
): Promise<Preview & { readonly given: GivenRows }> {
  const begun = performance.now()
  const { clickhouse, catalog, heads } = scope
  if (scope.known !== undefined && scope.known.profileMap !== null) throw noFormerProfiles()
  const context = momentContext(scope, asOf, now)
  const engine: SqlEngine = { clickhouse, confined: openConfined(clickhouse), catalog, heads }
  // The names of the tables that reads of files leave behind: both are dropped in time when this process dies.
  const [poured, table] = [strayName(), strayName()]
  try {
    const checked = await checkSql(engine, definition, sqlMoment(context))
    const staged = await stageSql(engine, { definition, checked, context, poured, table, fits: scope.fits, signal })
    const { values, known } = await countValues(engine, table, staged.column)
    return {
      population: staged.population,
      blank: staged.population - known,
      values,
      fits: [],
      cost: { ...staged.cost, ms: performance.now() - begun },
      given: {
        rows: staged.rows,
        strangers: staged.strangers,
        unlisted: staged.unlisted,
        first: await firstRows(engine, table, staged.column),
      },
    }
  } catch (error) {
    throw computationError(error, definition.id)
  } finally {
    for (const name of [poured, table]) {
      await clickhouse.command(`DROP TABLE IF EXISTS ${name} SYNC`).catch(() => undefined)
    }
  }
}

async function countValues(
  { clickhouse }: SqlEngine,
  table: string,
  { type, column, codes }: StagedSql['column'],
): Promise<{ values: { code: string; people: number }[]; known: number }> {
  const rows = await clickhouse.query<{ value: string; people: string }>(
    `SELECT value, toString(count()) AS people FROM (SELECT arrayJoin(${textsOf(type, column)}) AS value FROM ${table})
     WHERE value != '' GROUP BY value ORDER BY count() DESC, value LIMIT ${mostValues}`,
  )
  const [total] = await clickhouse.query<{ people: string }>(
    `SELECT toString(countIf(${textsOf(type, column)} != [''])) AS people FROM ${table}`,
  )
  const known = Number(total?.people ?? 0)
  if (type === 'number' || type === 'date') return { values: [], known }
  const isCode = type === 'code' || type === 'codes'
  const values = rows.map(({ value, people }) => ({
    code: isCode ? codes[Number(value) - 1]! : value,
    people: Number(people),
  }))
  return { values, known }
}

async function firstRows({ clickhouse }: SqlEngine, table: string, column: OutputColumn): Promise<GivenRows['first']> {
  const rows = await clickhouse.query<{ profile_id: number; value: string }>(
    `SELECT profile_id, ${shownValue(column)} AS value FROM ${table} WHERE value != '' ORDER BY profile_id LIMIT ${mostFirst}`,
    { params: { codes: column.codes } },
  )
  return rows.map(({ profile_id, value }) => ({ profileId: profile_id, value }))
}

/** One text of a staged value; '' when it is blank. */
function shownValue({ type, column }: OutputColumn): string {
  const label = (place: string): string => `arrayElement({codes:Array(String)}, ${place})`
  switch (type) {
    case 'code':
      return `if(${column} = 0, '', ${label(column)})`
    case 'codes':
      return `arrayStringConcat(arrayMap(i -> ${label('i')}, ${column}), ', ')`
    case 'list':
      return `arrayStringConcat(${column}, ', ')`
    case 'number':
      return `ifNull(toString(toDecimal128(${column}, 0) * toDecimal128('0.00000001', 8)), '')`
    case 'bool':
      return `multiIf(isNull(${column}), '', ${column} = 1, 'true', 'false')`
    case 'text':
    case 'date':
      return `ifNull(toString(${column}), '')`
  }
}

function strayName(): string {
  return `export_${randomUUID().replaceAll('-', '')}`
}

function noFormerProfiles(): Error {
  return sqlRefusal(
    'customers have merged or parted since that knowledge, and a statement knows those of today only: leave knownAt out',
    '此后有客户合并或拆分，而 SQL 只认识现在的客户：请去掉 knownAt',
  )
}
