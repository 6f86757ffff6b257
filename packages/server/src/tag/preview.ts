import type { OutputColumn } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type { StatementCost } from '../store/clickhouse.js'
import { everybodyOf } from './everybody-of.js'
import { type MomentScope, momentContext } from './moment-context.js'
import { computationError } from './run/run-error.js'
import { solveFits } from './run/solve-fits.js'
import { compileTaken } from './take.js'

export interface Preview {
  /** Whom the definition is about. */
  readonly population: number
  /** Without a value; of a segment: whom the condition cannot decide. */
  readonly blank: number
  /** Values with their people, most first; none for numbers and dates, for a segment its members alone. */
  readonly values: readonly { readonly code: string; readonly people: number }[]
  readonly fits: readonly { readonly path: string; readonly cuts: readonly string[] }[]
  readonly cost: StatementCost
}

const mostValues = 200

/**
 * Computes a definition for one moment and counts its values, without saving anything.
 * `asOf` in ms; null = now, when current attributes may be used.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED
 */
export async function previewDefinition(
  scope: MomentScope,
  definition: Definition,
  asOf: number | null,
  now: number,
  signal: AbortSignal,
): Promise<Preview> {
  const resolved = resolveDefinition(definition, scope.catalog)
  if (!resolved.ok) {
    throw new AppError('DEFINITION_INVALID', { words: { count: resolved.issues.length }, issues: resolved.issues })
  }
  const begun = performance.now()
  const about = [resolved.definition, everybodyOf(resolved.definition)]
  const compiled = compileTaken(about, momentContext(scope, asOf, now))
  try {
    const { fits, cost } = await solveFits(scope.clickhouse, compiled, scope.fits, signal)
    const { sql, params } = compiled.statement(fits)
    const counted = await scope.clickhouse.queryWithCost<CountRow>(countSql(compiled.columns[0]!, sql), {
      params,
      signal,
    })
    return {
      ...countsOf(counted.rows, definition, compiled.columns[0]!),
      fits: compiled.fits.map((step) => ({ path: step.path, cuts: step.describe(fits.get(step.key)!) })),
      cost: {
        rows: cost.rows + counted.cost.rows,
        bytes: cost.bytes + counted.cost.bytes,
        ms: performance.now() - begun,
      },
    }
  } catch (error) {
    throw computationError(error, definition.id)
  }
}

interface CountRow {
  /** null = everybody, '' = without a value. */
  readonly value: string | null
  readonly people: string
}

/** One row per value, and always one for everybody and one for those without a value. */
function countSql({ column, type }: OutputColumn, sql: string): string {
  return `SELECT value, toString(count()) AS people FROM (SELECT arrayJoin(arrayConcat([NULL], ${textsOf(type, column)})) AS value FROM (${sql}) WHERE v_1 = 1)
    GROUP BY value ORDER BY ifNull(value, '') = '' DESC, count() DESC, value LIMIT ${mostValues + 2}`
}

/** The values of one row as an array of texts; [''] without one. */
export function textsOf(type: OutputColumn['type'], column: string): string {
  switch (type) {
    case 'codes':
    case 'list':
      return `if(empty(${column}), [''], arrayMap(x -> toString(x), arrayDistinct(${column})))`
    case 'code':
      return `[if(${column} = 0, '', toString(${column}))]`
    case 'bool':
      return `[multiIf(isNull(${column}), '', ${column} = 1, 'true', 'false')]`
    case 'number':
    case 'date':
      return `[if(isNull(${column}), '', '1')]`
    case 'text':
      return `[ifNull(${column}, '')]`
  }
}

function countsOf(
  rows: readonly CountRow[],
  definition: Definition,
  { type, codes }: OutputColumn,
): Pick<Preview, 'population' | 'blank' | 'values'> {
  const peopleOf = (value: string | null): number => Number(rows.find((row) => row.value === value)?.people ?? 0)
  const figures = { population: peopleOf(null), blank: peopleOf('') }
  if (definition.kind === 'segment') return { ...figures, values: [{ code: 'member', people: peopleOf('true') }] }
  if (type === 'number' || type === 'date') return { ...figures, values: [] }
  const isCode = type === 'code' || type === 'codes'
  const values = rows.flatMap(({ value, people }) =>
    value === null || value === '' ? [] : { code: isCode ? codes[Number(value) - 1]! : value, people: Number(people) },
  )
  return { ...figures, values }
}
