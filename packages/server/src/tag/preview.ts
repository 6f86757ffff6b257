import type { Catalog } from '@tagtree/core/catalog/catalog'
import { compile } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type { StatementCost, WorkspaceClickHouse } from '../store/clickhouse.js'
import type { ScanState } from '../store/scan-state.js'
import { solveFits } from './run/solve-fits.js'

export interface PreviewScope {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly scan: ScanState
}

export interface Preview {
  readonly population: number
  readonly blank: number
  /** Values with their people, most first; numbers are left out (see `blank`). */
  readonly values: readonly { readonly code: string; readonly people: number }[]
  readonly fits: readonly { readonly path: string; readonly cuts: readonly string[] }[]
  readonly cost: StatementCost
}

const mostValues = 200

/**
 * Computes a definition for one moment and counts its values, without saving anything.
 * `asOf` in ms; null = now, when current attributes may be used.
 */
export async function previewDefinition(
  scope: PreviewScope,
  definition: Definition,
  asOf: number | null,
  now: number,
): Promise<Preview> {
  const resolved = resolveDefinition(definition, scope.catalog)
  if (!resolved.ok) {
    throw new AppError('DEFINITION_INVALID', { words: { count: resolved.issues.length }, issues: resolved.issues })
  }
  const begun = performance.now()
  const compiled = compile([resolved.definition], {
    catalog: scope.catalog,
    database: scope.clickhouse.database,
    asOf: asOf ?? now,
    knownSeq: null,
    excludedImports: scope.scan.excludedImports,
    hasSuperseded: scope.scan.hasSuperseded,
    attributes: asOf === null ? 'current' : 'history',
    tags: { mode: 'recompute' },
  })
  const { fits, cost } = await solveFits(scope.clickhouse, compiled)
  const statement = compiled.statement(fits)
  const column = compiled.columns[0]!
  const isList = column.type === 'codes' || column.type === 'list'
  const text = isList ? 'arrayJoin(if(empty(v_0), [v_0[1]], v_0))' : 'v_0'
  const counted = await scope.clickhouse.queryWithCost<{ value: string | null; people: string }>(
    `SELECT toString(${text}) AS value, toString(uniqExact(profile_id)) AS people FROM (${statement.sql})
     GROUP BY value ORDER BY uniqExact(profile_id) DESC, value LIMIT ${mostValues}`,
    { params: statement.params },
  )
  const [whole] = await scope.clickhouse.query<{ population: string }>(
    `SELECT toString(count()) AS population FROM (${statement.sql})`,
    { params: statement.params },
  )
  const isBlank = (value: string | null): boolean =>
    value === null || value === '' || ((column.type === 'code' || column.type === 'codes') && value === '0')
  const values = counted.rows
    .filter((row) => !isBlank(row.value))
    .map((row) => ({
      code: column.type === 'code' || column.type === 'codes' ? column.codes[Number(row.value) - 1]! : row.value!,
      people: Number(row.people),
    }))
  return {
    population: Number(whole?.population ?? 0),
    blank: counted.rows.filter((row) => isBlank(row.value)).reduce((total, row) => total + Number(row.people), 0),
    values: column.type === 'number' || column.type === 'date' ? [] : values,
    fits: compiled.fits.map((step) => ({ path: step.path, cuts: step.describe(fits.get(step.key)!) })),
    cost: {
      rows: cost.rows + counted.cost.rows,
      bytes: cost.bytes + counted.cost.bytes,
      ms: performance.now() - begun,
    },
  }
}
