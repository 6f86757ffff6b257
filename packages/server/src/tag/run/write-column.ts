import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { OutputColumn } from '@tagtree/core/compile/compile'
import { inWorkspace } from '../../store/postgres.js'
import type { PassDeps } from './run-pass.js'
import type { FinishedRun, StartedRun } from './run-records.js'
import { ensureCodes, otherLabel } from './value-codes.js'
import { appendCodeChanges, type CodesWrite, writeBitmaps } from './write-codes.js'
import { writeNumbers } from './write-numbers.js'

interface ColumnWrite {
  readonly workspaceId: number
  readonly entry: DefinitionEntry
  readonly column: OutputColumn
  /** Staging table of the pass. */
  readonly table: string
  readonly run: StartedRun
  /** What is published now; null on the first run. */
  readonly base: { readonly run: string; readonly valueType: string } | null
  readonly asOf: number
  readonly population: number
  readonly unpublishedRuns: readonly string[]
}

/** Segments: who is in, and whom the condition cannot decide. Nobody is listed as out. */
const memberCodes = `if(isNull(v), 2, v)`

/** Writes one column of the staging table as one run: bitmaps and changes, or numbers. */
export async function writeColumn(deps: PassDeps, write: ColumnWrite): Promise<FinishedRun> {
  const { column } = write.column
  const numbers = {
    table: write.table,
    column,
    number: write.run.number,
    runId: write.run.runId,
    asOf: write.asOf,
    population: write.population,
    unpublishedRuns: write.unpublishedRuns,
  }
  if (write.column.type === 'number' || write.column.type === 'date') {
    const counts = await writeNumbers(deps.clickhouse, { ...numbers, valueType: write.column.type })
    return { ...write.run, valueType: write.column.type, counts }
  }
  const { expression, params } = await codeExpression(deps, write)
  const codes: CodesWrite = {
    ...numbers,
    expression,
    params,
    multi: write.column.type === 'codes' || write.column.type === 'list',
    // Numbers that became codes have no bitmaps to compare with.
    baseRun: write.base?.valueType === 'codes' ? write.base.run : null,
  }
  const counts = await writeBitmaps(deps.clickhouse, codes)
  await appendCodeChanges(deps.clickhouse, codes)
  return { ...write.run, valueType: 'codes', counts }
}

async function codeExpression(
  deps: PassDeps,
  write: ColumnWrite,
): Promise<{ expression: string; params: Record<string, unknown> }> {
  const { type, column } = write.column
  if (type === 'bool' && write.entry.kind === 'segment') {
    return { expression: `toUInt32(${memberCodes.replaceAll('v', column)})`, params: {} }
  }
  if (type === 'code' || type === 'codes') {
    const codes = await codesOf(deps, write, write.column.codes)
    const params = { codes: [0, ...write.column.codes.map((label) => codes.get(label) ?? 0)] }
    const place = (index: string): string => `arrayElement({codes:Array(UInt32)}, ${index} + 1)`
    return { expression: type === 'code' ? place(column) : `arrayMap(i -> ${place('i')}, ${column})`, params }
  }
  const source = type === 'list' ? `arrayJoin(${column})` : column
  const text = type === 'bool' ? `if(isNull(${source}), NULL, if(${source} = 1, 'true', 'false'))` : source
  const frequent = await deps.clickhouse.query<{ label: string }>(
    `SELECT assumeNotNull(v) AS label FROM (SELECT ${text} AS v FROM ${write.table}) WHERE isNotNull(v) AND v != ''
     GROUP BY label ORDER BY count() DESC, label LIMIT 1001`,
  )
  const labels = frequent.map((row) => row.label)
  const codes = await codesOf(deps, write, labels.length > 1000 ? [...labels.slice(0, 1000), otherLabel] : labels)
  const known = [...codes.entries()]
  const params = {
    labels: known.map(([label]) => label),
    codes: known.map(([, code]) => code),
    other: codes.get(otherLabel) ?? 0,
  }
  const look = (value: string): string =>
    `transform(${value}, {labels:Array(String)}, {codes:Array(UInt32)}, if(${value} = '', 0, {other:UInt32}))`
  if (type === 'list') return { expression: `arrayMap(x -> ${look('toString(x)')}, ${column})`, params }
  return { expression: `if(isNull(${text}), 0, ${look(`toString(assumeNotNull(${text}))`)})`, params }
}

function codesOf(deps: PassDeps, write: ColumnWrite, labels: readonly string[]): Promise<Map<string, number>> {
  return inWorkspace(deps.pool, write.workspaceId, (tx) => ensureCodes(tx, write.workspaceId, write.run.number, labels))
}
