import { type FileRow, isSourceRow, type SourceRow } from '@tagtree/connectors/files/file-row'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { orderHash } from '@tagtree/core/collect/mapping/order-lines'
import { prepareMapping, type RowOutcome } from '@tagtree/core/collect/mapping/prepare-mapping'
import type { RowReason } from '@tagtree/core/collect/reasons'
import { hash64 } from '@tagtree/core/kernel/hash64'
import { zoneOf } from '@tagtree/core/kernel/zone'
import { inWorkspace } from '../../store/postgres.js'
import { addStep, endImport, type ImportRecord, readImport } from './import-records.js'
import { mapRows } from './map-rows.js'
import { countOccurrences } from './occurrences.js'
import { makeProgress } from './progress.js'
import { rowsBehind } from './rows-behind.js'
import { type ImportDeps, type ImportJob, openImportFile } from './run-import.js'
import { beginStep } from './step-builder.js'

/** What an import would do. Nothing is written but the file of rejected rows. */
export interface DryRunReport {
  readonly rows: number
  readonly rejected: number
  /** Facts by kind, events by name; orders are counted as events. */
  readonly facts: Readonly<Record<string, number>>
  /** Facts that came with an earlier import: the same or, with other content, updated. */
  readonly known: number
  /** Some rejected rows of every reason. */
  readonly rejectedRows: readonly SampleRow[]
  /** What the first accepted rows become. */
  readonly acceptedRows: readonly { readonly row: number; readonly facts: unknown }[]
}
export interface SampleRow {
  readonly row: number
  readonly reasons: readonly RowReason[]
  readonly values: Readonly<Record<string, RawValue>> | string
}

const SAMPLES_PER_REASON = 5
const ACCEPTED_SAMPLES = 10
/** Orders that are told apart; a longer file says "at least". */
const MOST_ORDERS = 5_000_000

/** Maps a whole file without bringing anything in. Cut off, it begins again from the start. */
export async function dryRun(deps: ImportDeps, job: ImportJob): Promise<ImportRecord> {
  const { workspaceId, importId, signal } = job
  const read = (): Promise<ImportRecord> =>
    inWorkspace(deps.pool, workspaceId, (tx) => readImport(tx, workspaceId, importId))
  const record = await read()
  if (record.state !== 'running') return record
  const clickhouse = await deps.clickhouseOf(workspaceId)
  const zone = zoneOf(await deps.timeZoneOf(workspaceId))
  const mapping = prepareMapping(record.mapping, { zone, importedAt: record.startedMs })
  const table = await openImportFile(deps.files, workspaceId, record.fileId, record.mapping)
  const occurrences = countOccurrences(clickhouse, importId)
  const orders = countOccurrences(clickhouse, importId)
  const samples = new Samples()
  const facts: Record<string, number> = {}
  const reasons = new Map<string, number>()
  let [rows, rejected, known, ordersSeen, rejectedBytes] = [0, 0, 0, 0, 0]
  const progress = makeProgress({ ...record, rowsRead: 0, rowsRejected: 0, facts: 0 }, table, false)
  try {
    await deps.files.openRejected(workspaceId, importId, 0)
    for await (const group of rowsBehind(table, mapping.columns, 0, async () => {})) {
      signal.throwIfAborted()
      const step = beginStep(importId, table.columns, rejectedBytes === 0)
      const hashes: string[] = []
      await mapRows(mapping, occurrences, group, step, (row, outcome) => {
        samples.add(row, outcome)
        if ('rejected' in outcome) return
        for (const line of outcome.lines) {
          const { high, low } = hash64(`${line.output}\u001f${line.order}`)
          if (ordersSeen >= MOST_ORDERS || orders.next(high, low) > 1) continue
          ordersSeen++
          add(facts, line.body.event)
          hashes.push(orderHash(record.mapping.id, line.output, line.order))
        }
      })
      for (const one of step.records) {
        add(facts, one.type === 'event' ? one.event : one.type)
        hashes.push(one.key.hash)
      }
      known += await countKnown(deps, workspaceId, hashes)
      if (step.rejectedText.bytes > 0) {
        await deps.files.appendRejected(workspaceId, importId, step.rejectedText.content())
        rejectedBytes += step.rejectedText.bytes
      }
      rows += step.rows
      rejected += step.rejected
      for (const [reason, n] of step.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + n)
      progress.add(step)
      job.report(progress.current())
    }
  } finally {
    await table.close()
  }
  const report: DryRunReport = {
    rows,
    rejected,
    facts,
    known,
    rejectedRows: samples.rejected,
    acceptedRows: samples.accepted,
  }
  await inWorkspace(deps.pool, workspaceId, async (tx) => {
    const step = { rows, rejected, repeated: 0, reasons, facts: 0, orders: 0, rejectedBytes, orderCursor: null }
    await addStep(tx, workspaceId, importId, step, null)
    await endImport(tx, workspaceId, importId, 'done', report)
  })
  return read()
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

async function countKnown(deps: ImportDeps, workspaceId: number, hashes: readonly string[]): Promise<number> {
  if (hashes.length === 0) return 0
  return inWorkspace(deps.pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ n: string }>(
      `select count(distinct h) as n from import_key k where k.workspace_id = $1 and k.h = any($2::bigint[])
       and not exists (select from import_excluded e where e.workspace_id = $1 and e.import_id = k.import_id)`,
      [workspaceId, hashes],
    )
    return Number(rows[0]!.n)
  })
}

/** Keeps a few rows of every kind of outcome. */
class Samples {
  readonly rejected: SampleRow[] = []
  readonly accepted: { row: number; facts: unknown }[] = []
  private readonly perReason = new Map<string, number>()

  add(row: FileRow, outcome: RowOutcome): void {
    if (!('rejected' in outcome)) {
      const { records, lines } = outcome
      if (this.accepted.length >= ACCEPTED_SAMPLES) return
      this.accepted.push({
        row: row.number,
        facts: shorten([...records, ...lines.map((line) => ({ order: line.order, ...line.body }))]),
      })
      return
    }
    const { rejected: reasons } = outcome
    const key = `${reasons[0]!.code}${String(reasons[0]!.words.en ?? '')}`
    const count = this.perReason.get(key) ?? 0
    if (count >= SAMPLES_PER_REASON || this.perReason.size > 100) return
    this.perReason.set(key, count + 1)
    this.rejected.push({
      row: row.number,
      reasons,
      values: isSourceRow(row) ? (shorten(row.values) as SourceRow['values']) : (shorten(row.text) as string),
    })
  }
}

const LONGEST_TEXT = 200
const MOST_ENTRIES = 60

/** A sample's copy without its long texts and lists: a report stays small whatever the rows hold. */
function shorten(value: unknown): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map(shorten)
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ENTRIES)
      .map(([name, one]) => [name.slice(0, LONGEST_TEXT), shorten(one)]),
  )
}
