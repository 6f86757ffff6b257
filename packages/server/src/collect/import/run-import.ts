import type { FileRow } from '@tagtree/connectors/files/file-row'
import { openFile, type TableFile } from '@tagtree/connectors/files/open-file'
import type { Incoming } from '@tagtree/core/collect/incoming'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { type PreparedMapping, prepareMapping } from '@tagtree/core/collect/mapping/prepare-mapping'
import { AppError } from '@tagtree/core/kernel/app-error'
import { zoneOf } from '@tagtree/core/kernel/zone'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import type { Applier } from '../applier/applier.js'
import type { Appended, Log } from '../log.js'
import { makeNameDeclarer, type NameDeclarer } from './declare-names.js'
import type { FileStore } from './file-store.js'
import { addStep, endImport, type ImportRecord, type ImportStep, readImport, setPhase } from './import-records.js'
import { countSkipped, mapRows } from './map-rows.js'
import { checkFits } from './mapping-store.js'
import { countOccurrences } from './occurrences.js'
import { type ImportProgress, makeProgress } from './progress.js'
import { reasonKey } from './reason-key.js'
import { rejectedHeader, rejectedPlace } from './rejected-rows.js'
import { rowsBehind } from './rows-behind.js'
import { countStagedOrders, dropStaged, readStagedOrders, stageLines } from './stage-lines.js'
import { beginStep, type StepBuilder } from './step-builder.js'

export interface ImportDeps {
  readonly pool: pg.Pool
  readonly log: Log
  readonly applier: Pick<Applier, 'whenStored'>
  readonly files: FileStore
  readonly clickhouseOf: (workspaceId: number) => Promise<WorkspaceClickHouse>
  readonly timeZoneOf: (workspaceId: number) => Promise<string>
  /** Told when an import is readable or was taken back, so that what is computed from it follows. */
  readonly onDataStored: (workspaceId: number) => Promise<unknown>
}

/** What the job that runs an import gives. */
export interface ImportJob {
  readonly workspaceId: number
  readonly importId: number
  readonly signal: AbortSignal
  report(progress: ImportProgress): void
}

/** Log rows that may wait for the applier before the import waits too. */
const MOST_UNAPPLIED = 6
/** Orders that are put into the log together. */
const ORDERS_PER_STEP = 4_000

/**
 * Runs an import from wherever it is: reads the file in steps, maps each, and commits its facts with the progress in one
 * transaction, so that a killed import goes on with the row behind the last committed one. Lines of orders are put aside in
 * ClickHouse and, when the file is read, put together order by order. Ends when everything is applied.
 */
export async function runImport(deps: ImportDeps, job: ImportJob): Promise<ImportRecord> {
  const { workspaceId, importId } = job
  const read = (): Promise<ImportRecord> =>
    inWorkspace(deps.pool, workspaceId, (tx) => readImport(tx, workspaceId, importId))
  const begun = await read()
  if (begun.state !== 'running') return begun
  const clickhouse = await deps.clickhouseOf(workspaceId)
  const zone = zoneOf(await deps.timeZoneOf(workspaceId))
  const { mapping: document } = begun
  const mapping = prepareMapping(document, { zone, importedAt: begun.startedMs })
  const names = makeNameDeclarer(deps.pool, clickhouse, workspaceId, document)
  await names.declareMapping()
  const run: Run = { deps, job, clickhouse, mapping, names, source: `file:${document.id}`.slice(0, 100), unapplied: [] }

  let record = begun
  if (record.phase === 'rows') {
    await readRows(run, record)
    await advance(run, mapping.grouped ? 'orders' : 'applying')
    record = await read()
  }
  if (record.phase === 'orders') {
    await putOrdersTogether(run, record)
    await advance(run, 'applying')
    record = await read()
  }
  const flushed = await deps.log.command(workspaceId, { command: 'flush' })
  job.report({ ...progressOf(record), phase: 'applying' })
  await abortable(deps.applier.whenStored(workspaceId, flushed.logNo), job.signal)
  await dropStaged(clickhouse, importId)
  await deps.onDataStored(workspaceId)
  await inWorkspace(deps.pool, workspaceId, (tx) => endImport(tx, workspaceId, importId, 'done'))
  return read()
}

interface Run {
  readonly deps: ImportDeps
  readonly job: ImportJob
  readonly clickhouse: WorkspaceClickHouse
  readonly mapping: PreparedMapping
  readonly names: NameDeclarer
  readonly source: string
  /** Log numbers that are not known to be applied, oldest first. */
  readonly unapplied: string[]
}

/** Opens the file of an import as its mapping wants it. */
export async function openImportFile(
  files: FileStore,
  workspaceId: number,
  fileId: number,
  mapping: Mapping,
): Promise<TableFile> {
  const table = await openFile(files.path(workspaceId, fileId), mapping.file ?? {})
  try {
    checkFits(mapping, table.columns, table.format !== 'json' && table.format !== 'ndjson')
  } catch (error) {
    await table.close()
    throw error
  }
  return table
}

async function readRows(run: Run, record: ImportRecord): Promise<void> {
  const { deps, job, mapping } = run
  const { workspaceId, importId } = job
  const table = await openImportFile(deps.files, workspaceId, record.fileId, record.mapping)
  const occurrences = countOccurrences(run.clickhouse, importId)
  await deps.files.openRejected(workspaceId, importId, record.rejectedBytes)
  const progress = makeProgress(record, table, mapping.grouped)
  let rejectedBytes = record.rejectedBytes
  let committing: Promise<void> = Promise.resolve()
  try {
    // A count that an earlier attempt moved out of the memory is counted again.
    if (record.rowsRead > 0 && mapping.counted) await dropStagedCounts(run)
    const onSkipped = (rows: readonly FileRow[]): Promise<void> => countSkipped(mapping, occurrences, rows)
    let step = beginStep(importId, table.columns, rejectedBytes === 0)
    const finish = async (): Promise<void> => {
      const done = step
      rejectedBytes += done.rejectedText.bytes
      step = beginStep(importId, table.columns, rejectedBytes === 0)
      // Rows are mapped while the step before is committed; commits follow each other.
      await committing
      const committedBytes = rejectedBytes
      progress.add(done)
      committing = commitStep(run, done, committedBytes)
      committing.catch(() => undefined)
      job.report(progress.current())
    }
    for await (const rows of rowsBehind(table, mapping.columns, record.rowsRead, onSkipped)) {
      job.signal.throwIfAborted()
      await mapRows(mapping, occurrences, rows, step)
      if (step.isFull()) await finish()
    }
    if (step.rows > 0) await finish()
    await committing
  } finally {
    await committing.catch(() => undefined)
    await table.close()
  }
}

async function commitStep(run: Run, done: StepBuilder, rejectedBytes: number): Promise<void> {
  const { deps, job, clickhouse } = run
  await run.names.declareRecords(done.records)
  await stageLines(clickhouse, job.importId, done.lines)
  if (done.rejectedText.bytes > 0) {
    await deps.files.appendRejected(job.workspaceId, job.importId, done.rejectedText.content())
  }
  await commit(run, done.records, {
    rows: done.rows,
    rejected: done.rejected,
    repeated: 0,
    reasons: done.reasons,
    facts: done.records.length,
    orders: 0,
    rejectedBytes,
    orderCursor: null,
  })
}

async function putOrdersTogether(run: Run, record: ImportRecord): Promise<void> {
  const { deps, job, mapping, clickhouse } = run
  const { workspaceId, importId } = job
  await deps.files.openRejected(workspaceId, importId, record.rejectedBytes)
  const total = await countStagedOrders(clickhouse, importId)
  let { orderCursor: cursor, rejectedBytes, orders } = record
  const began = Date.now()
  const before = orders
  let page = await readStagedOrders(clickhouse, importId, cursor)
  while (page.length > 0) {
    job.signal.throwIfAborted()
    const following = readStagedOrders(clickhouse, importId, page.at(-1)!.cursor)
    following.catch(() => undefined)
    for (let at = 0; at < page.length; at += ORDERS_PER_STEP) {
      const some = page.slice(at, at + ORDERS_PER_STEP)
      cursor = some.at(-1)!.cursor
      const records: Incoming[] = []
      const reasons = new Map<string, number>()
      let rejected = 0
      let repeated = 0
      let text = ''
      for (const { lines } of some) {
        const outcome = mapping.assemble(lines)
        if ('event' in outcome) {
          records.push(outcome.event)
          repeated += outcome.left.length
          continue
        }
        const key = reasonKey(outcome.rejected[0]!)
        reasons.set(key, (reasons.get(key) ?? 0) + outcome.rows.length)
        rejected += outcome.rows.length
        for (const row of outcome.rows) text += rejectedPlace(row, outcome.rejected, [])
      }
      const rejectedText = text !== '' && rejectedBytes === 0 ? rejectedHeader([]) + text : text
      const bytes = Buffer.from(rejectedText)
      if (bytes.length > 0) await deps.files.appendRejected(workspaceId, importId, bytes)
      rejectedBytes += bytes.length
      await run.names.declareRecords(records)
      const { length } = records
      await commit(run, records, {
        rows: 0,
        rejected,
        repeated,
        reasons,
        facts: length,
        orders: length,
        rejectedBytes,
        orderCursor: cursor,
      })
      orders += length
      const perSecond = ((orders - before) * 1000) / Math.max(1, Date.now() - began)
      job.report({
        ...progressOf(record),
        phase: 'orders',
        facts: record.facts + orders - before,
        orders,
        ordersTotal: total,
        secondsLeft: perSecond > 0 ? Math.round(Math.max(0, total - orders) / perSecond) : null,
      })
    }
    page = await following
  }
}

/** Commits facts with the progress. Waits while the log is full or too much of it waits for the applier. */
async function commit(run: Run, records: readonly Incoming[], step: ImportStep): Promise<void> {
  const { deps, job } = run
  const { workspaceId, importId, signal } = job
  if (run.unapplied.length >= MOST_UNAPPLIED) {
    await abortable(deps.applier.whenStored(workspaceId, run.unapplied.shift()!), signal)
  }
  const within = (tx: Tx, logNo: string): Promise<void> => addStep(tx, workspaceId, importId, step, logNo)
  if (records.length === 0) {
    await inWorkspace(deps.pool, workspaceId, (tx) => addStep(tx, workspaceId, importId, step, null))
    return
  }
  for (;;) {
    signal.throwIfAborted()
    try {
      const entry = { source: run.source, importId, records }
      const appended: Appended = await deps.log.appendWithin(workspaceId, entry, within)
      run.unapplied.push(appended.logNo)
      return
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'LOG_FULL') throw error
      await pause(2_000, signal)
    }
  }
}

async function advance(run: Run, phase: 'orders' | 'applying'): Promise<void> {
  const { deps, job } = run
  await inWorkspace(deps.pool, job.workspaceId, (tx) => setPhase(tx, job.workspaceId, job.importId, phase))
}

async function dropStagedCounts(run: Run): Promise<void> {
  await run.clickhouse.command(`ALTER TABLE import_occurrence DROP PARTITION ${run.job.importId}`)
}

/** Progress of an import as its record has it. */
export function progressOf(record: ImportRecord): ImportProgress {
  return {
    phase: record.phase,
    rows: record.rowsRead,
    rejected: record.rowsRejected,
    facts: record.facts,
    orders: record.orders,
    rowsTotal: null,
    ordersTotal: null,
    rowsPerSecond: null,
    secondsLeft: null,
  }
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new AppError('SHUTTING_DOWN'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return abortable(new Promise<void>((resolve) => setTimeout(resolve, ms)), signal)
}
