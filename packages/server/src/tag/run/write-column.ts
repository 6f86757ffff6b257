import type { DefinitionEntry } from '@tagtree/core/catalog/catalog'
import { OTHER_VALUE } from '@tagtree/core/catalog/other-value'
import type { OutputColumn } from '@tagtree/core/compile/compile'
import { inWorkspace } from '../../store/postgres.js'
import { countHistory } from '../history/count-history.js'
import type { FinishedRun } from './publish-runs.js'
import type { PassDeps } from './run-pass.js'
import type { StartedRun } from './run-records.js'
import { ensureCodes, mostCodes } from './value-codes.js'
import { writeBitmaps } from './write-codes.js'
import { appendCodeChanges, type HistoryPlace } from './write-history.js'
import { writeNumbers } from './write-numbers.js'

interface ColumnWrite {
  readonly workspaceId: number
  readonly entry: DefinitionEntry
  readonly column: OutputColumn
  /** Staging table of the pass. */
  readonly table: string
  readonly run: StartedRun
  readonly place: HistoryPlace
  readonly population: number
}

/** A ClickHouse expression over the staging row with its parameters. */
interface CodeExpression {
  readonly expression: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Codes of a segment's run: who is in, and whom the condition cannot decide. Nobody is listed as out. */
export const memberCodes = { member: 1, undecided: 2 } as const

/** Writes one column of the staging table as one run: bitmaps and changes, or numbers. */
export async function writeColumn(deps: PassDeps, write: ColumnWrite): Promise<FinishedRun> {
  const { column, type } = write.column
  const { table, population, place, run } = write
  if (type === 'number' || type === 'date') {
    const counts = await writeNumbers(deps.clickhouse, { table, column, valueType: type, population, place })
    return { ...run, valueType: type, counts }
  }
  const multi = type === 'codes' || type === 'list'
  const code = await codeExpression(deps, write)
  const { number, runId } = run
  const written = await writeBitmaps(deps.clickhouse, { ...code, table, population, multi, number, runId })
  await appendCodeChanges(deps.clickhouse, place, multi)
  const shape = { valueType: 'codes', multi } as const
  const counts = place.only === undefined ? written : await countHistory(deps.clickhouse, place, shape, population)
  return { ...run, valueType: 'codes', multi, counts }
}

async function codeExpression(deps: PassDeps, write: ColumnWrite): Promise<CodeExpression> {
  const { type, column } = write.column
  if (type === 'bool' && write.entry.kind === 'segment') {
    return { expression: `toUInt32(if(isNull(${column}), ${memberCodes.undecided}, ${column}))`, params: {} }
  }
  if (type === 'code' || type === 'codes') {
    const codes = await codesOf(deps, write, write.column.codes, Number.POSITIVE_INFINITY)
    const params = { codes: [0, ...write.column.codes.map((label) => codes.get(label)!)] }
    const place = (index: string): string => `arrayElement({codes:Array(UInt32)}, ${index} + 1)`
    return { expression: type === 'code' ? place(column) : `arrayMap(i -> ${place('i')}, ${column})`, params }
  }
  return openCodes(deps, write)
}

/** Values that the data brings: the most frequent get codes of their own, in the order of their frequency. */
async function openCodes(deps: PassDeps, write: ColumnWrite): Promise<CodeExpression> {
  const { type, column } = write.column
  const source = type === 'list' ? `arrayJoin(${column})` : column
  const text = type === 'bool' ? `if(isNull(${source}), NULL, if(${source} = 1, 'true', 'false'))` : source
  const frequent = await deps.clickhouse.query<{ label: string }>(
    `SELECT assumeNotNull(v) AS label FROM (SELECT ${text} AS v FROM ${write.table}) WHERE isNotNull(v) AND v != ''
     GROUP BY label ORDER BY count() DESC, label LIMIT ${mostCodes + 1}`,
  )
  const codes = await codesOf(
    deps,
    write,
    frequent.map((row) => row.label),
    mostCodes,
  )
  const known = [...codes.entries()].filter(([label]) => label !== OTHER_VALUE)
  const params = {
    labels: known.map(([label]) => label),
    codes: known.map(([, code]) => code),
    other: codes.get(OTHER_VALUE) ?? 0,
  }
  const look = (value: string): string =>
    `transform(${value}, {labels:Array(String)}, {codes:Array(UInt32)}, if(${value} = '', 0, {other:UInt32}))`
  if (type === 'list') return { expression: `arrayMap(x -> ${look('toString(x)')}, ${column})`, params }
  return { expression: `if(isNull(${text}), 0, ${look(`toString(assumeNotNull(${text}))`)})`, params }
}

function codesOf(
  { pool }: PassDeps,
  { workspaceId, run }: ColumnWrite,
  labels: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, number>> {
  return inWorkspace(pool, workspaceId, (tx) => ensureCodes(tx, workspaceId, run.number, labels, most))
}
