import type { TableFile } from '@tagtree/connectors/files/open-file'
import type { ImportPhase, ImportRecord } from './import-records.js'
import type { StepBuilder } from './step-builder.js'

/** How far an import is, as its job shows it. Totals are estimates from the bytes read; null where nothing can be said. */
export interface ImportProgress {
  readonly [key: string]: unknown
  readonly phase: ImportPhase
  readonly rows: number
  readonly rejected: number
  readonly facts: number
  readonly orders: number
  readonly rowsTotal: number | null
  readonly ordersTotal: number | null
  readonly rowsPerSecond: number | null
  readonly secondsLeft: number | null
}

/** Progress of reading a file: rows, rows per second, and how long the rest will take. */
export interface ReadingProgress {
  add(step: StepBuilder): void
  current(): ImportProgress
}

/** The share of the whole work that reading the file is, by what is left to do behind it; from measurements. */
const READING_SHARE = { grouped: 0.4, plain: 0.8 }

export function makeProgress(
  record: ImportRecord,
  table: TableFile,
  grouped: boolean,
  now = Date.now,
): ReadingProgress {
  const began = now()
  let { rowsRead: rows, rowsRejected: rejected, facts } = record
  return {
    add: (step) => {
      rows += step.rows
      rejected += step.rejected
      facts += step.records.length
    },
    current: () => {
      const seconds = Math.max(0.001, (now() - began) / 1000)
      const share = table.progress()
      const perSecond = (rows - record.rowsRead) / seconds
      const rowsTotal = table.totalRows ?? (share > 0.001 ? Math.round(rows / share) : null)
      const reading = rowsTotal === null || perSecond === 0 ? null : Math.max(0, rowsTotal - rows) / perSecond
      const whole = rowsTotal === null || perSecond === 0 ? null : rowsTotal / perSecond
      const behind = 1 / (grouped ? READING_SHARE.grouped : READING_SHARE.plain) - 1
      return {
        phase: 'rows',
        rows,
        rejected,
        facts,
        orders: record.orders,
        rowsTotal: rowsTotal === null ? null : Math.max(rows, rowsTotal),
        ordersTotal: null,
        rowsPerSecond: Math.round(perSecond),
        secondsLeft: reading === null || whole === null ? null : Math.round(reading + whole * behind),
      }
    },
  }
}
