import type { FileRow } from '@tagtree/connectors/files/file-row'
import type { Incoming } from '@tagtree/core/collect/incoming'
import type { OrderLine } from '@tagtree/core/collect/mapping/order-lines'
import type { RowReason } from '@tagtree/core/collect/reasons'
import { reasonKey } from './reason-key.js'
import { rejectedHeader, rejectedLine } from './rejected-rows.js'
import { lineText, type StagedText } from './stage-lines.js'
import { TextBuffer } from './text-buffer.js'

/** Rows of one committed step, and bytes after which a step is committed although it has fewer. */
const STEP_ROWS = 20_000
const STEP_BYTES = 6_000_000
/** Values in the facts of one step: a row of forty columns takes the memory of many narrow ones. */
const STEP_VALUES = 150_000

/** Gathers what the rows of one step become, as the texts that are written, so that rows can be let go at once. */
export interface StepBuilder {
  rows: number
  rejected: number
  readonly records: Incoming[]
  readonly lines: StagedText
  /** reason -> rows; a row with two reasons counts for the first. */
  readonly reasons: Map<string, number>
  readonly rejectedText: TextBuffer
  addLine(line: OrderLine): void
  reject(row: FileRow, why: readonly RowReason[]): void
  isFull(): boolean
}

/**
 * Begins a step. `importId` stands in the staged lines; `columns` are those of the file, for rejected rows; `isFirst` says that
 * the file of rejected rows is still empty.
 */
export function beginStep(importId: number, columns: readonly string[], isFirst: boolean): StepBuilder {
  let weighed = 0
  let values = 0
  const countValues = (): number => {
    for (; weighed < step.records.length; weighed++) values += valuesOf(step.records[weighed]!)
    return values
  }
  const step: StepBuilder = {
    rows: 0,
    rejected: 0,
    records: [],
    lines: { first: 0, last: 0, count: 0, text: new TextBuffer() },
    reasons: new Map(),
    rejectedText: new TextBuffer(4_096),
    addLine: (line) => {
      const { lines } = step
      if (lines.count === 0) lines.first = line.row
      lines.last = line.row
      lines.count++
      lines.text.append(lineText(importId, line))
    },
    reject: (row, why) => {
      step.rejected++
      const key = reasonKey(why[0]!)
      step.reasons.set(key, (step.reasons.get(key) ?? 0) + 1)
      if (isFirst && step.rejectedText.bytes === 0) step.rejectedText.append(rejectedHeader(columns))
      step.rejectedText.append(rejectedLine(row, why, columns))
    },
    isFull: () =>
      step.rows >= STEP_ROWS ||
      step.lines.text.bytes + step.rejectedText.bytes > STEP_BYTES ||
      step.records.length > STEP_ROWS ||
      countValues() > STEP_VALUES,
  }
  return step
}

/** About how much of the memory a fact takes, in values. */
function valuesOf(record: Incoming): number {
  switch (record.type) {
    case 'attributes':
      return 4 + record.changes.length
    case 'event':
    case 'item':
      return 4 + Object.keys(record.properties).length
    default:
      return 4
  }
}
