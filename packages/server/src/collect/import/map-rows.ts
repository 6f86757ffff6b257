import { type FileRow, isSourceRow } from '@tagtree/connectors/files/file-row'
import type { PreparedMapping, RowOutcome } from '@tagtree/core/collect/mapping/prepare-mapping'
import type { Occurrences } from './occurrences.js'
import { reasonsOfBroken } from './rejected-rows.js'
import type { StepBuilder } from './step-builder.js'

/** Hears what every row became; for the samples of a dry run. */
export type OnOutcome = (row: FileRow, outcome: RowOutcome) => void

/** Maps rows in file order into a step. */
export async function mapRows(
  mapping: PreparedMapping,
  occurrences: Occurrences,
  rows: readonly FileRow[],
  step: StepBuilder,
  onOutcome: OnOutcome | null = null,
): Promise<void> {
  await prepareOccurrences(mapping, occurrences, rows)
  const next = (high: number, low: number): number => occurrences.next(high, low)
  for (const row of rows) {
    const outcome: RowOutcome = isSourceRow(row) ? mapping.apply(row, next) : { rejected: reasonsOfBroken(row) }
    onOutcome?.(row, outcome)
    if ('rejected' in outcome) {
      step.reject(row, outcome.rejected)
      continue
    }
    for (const record of outcome.records) step.records.push(record)
    for (const line of outcome.lines) step.addLine(line)
  }
  step.rows += rows.length
  await occurrences.relieve()
}

/** Counts rows that are in the log already, so that later equal rows get the right number. */
export async function countSkipped(
  mapping: PreparedMapping,
  occurrences: Occurrences,
  rows: readonly FileRow[],
): Promise<void> {
  if (!mapping.counted) return
  await prepareOccurrences(mapping, occurrences, rows)
  for (const row of rows) if (isSourceRow(row)) mapping.apply(row, (high, low) => occurrences.next(high, low))
  await occurrences.relieve()
}

/** When counts lie outside of the memory, the hashes of the rows are found first and their counts fetched together. */
async function prepareOccurrences(
  mapping: PreparedMapping,
  occurrences: Occurrences,
  rows: readonly FileRow[],
): Promise<void> {
  if (!occurrences.spilled) return
  const hashes: number[] = []
  for (const row of rows) {
    if (!isSourceRow(row)) continue
    mapping.apply(row, (high, low) => {
      hashes.push(high, low)
      return 1
    })
  }
  await occurrences.prepare(hashes)
}
