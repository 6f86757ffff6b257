import { Readable } from 'node:stream'
import { isSourceRow } from '@tagtree/connectors/files/file-row'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { sayReason } from '@tagtree/core/collect/reasons'
import * as contract from '@tagtree/core/contract/import'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { z } from 'zod'
import type { DryRunReport } from '../../collect/import/dry-run.js'
import type { FileStore, StoredFile } from '../../collect/import/file-store.js'
import { type ImportRecord, listImports, readImport, readResult } from '../../collect/import/import-records.js'
import { countedReasons, sayDryRun } from '../../collect/import/import-report.js'
import * as mappings from '../../collect/import/mapping-store.js'
import { previewFile } from '../../collect/import/preview-file.js'
import { refusedLines } from '../../collect/import/refused-facts.js'
import { openImportFile } from '../../collect/import/run-import.js'
import type { Vault } from '../../identify/identity-vault.js'
import { cancelImport, startImport, startUndo } from '../../jobs/import-jobs.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { type Bound, bind } from '../bind.js'
import type { Language, WorkspaceContext } from '../context.js'

export interface ImportRouteDeps {
  readonly pool: pg.Pool
  readonly files: FileStore
  readonly vault: Vault
  /** ms since 1970. */
  readonly now: () => number
}

/** Files, mappings and imports. */
export function importRoutes({ pool, files, vault, now }: ImportRouteDeps): readonly Bound[] {
  const read = <T>(context: WorkspaceContext, work: (tx: Tx, workspaceId: number) => Promise<T>): Promise<T> =>
    inWorkspace(pool, context.workspace.id, (tx) => work(tx, context.workspace.id))
  const reportOf = (context: WorkspaceContext, id: number) =>
    read(context, async (tx, workspaceId) => {
      const record = await readImport(tx, workspaceId, id)
      return showReport(tx, workspaceId, record, context.language)
    })

  return [
    bind(contract.uploadFile, async ({ query }, context) => {
      const { stream, contentLength } = context.bodyStream
      return showFile(await files.save(context.workspace.id, query.name, stream, contentLength))
    }),
    bind(contract.listFiles, async ({ query }, { workspace, cursors }) => {
      const before = cursors.read(query.cursor, z.number().int()) ?? null
      const found = await files.list(workspace.id, before, query.limit + 1)
      const items = found.slice(0, query.limit)
      const last = items.at(-1)
      return {
        items: items.map(showFile),
        nextCursor: found.length > query.limit && last ? cursors.write(last.id) : null,
      }
    }),
    bind(contract.previewFile, async ({ params, body }, { workspace, language }) => {
      const file = await files.find(workspace.id, params.id)
      const id = body.mappingId ?? mappingIdOf(file.name)
      const preview = await previewFile(files.path(workspace.id, file.id), id, body.file ?? {})
      return {
        ...preview,
        sheets: [...preview.sheets],
        warnings: preview.warnings.map(({ code, words }) => ({ code, words: { ...words } })),
        columns: preview.columns.map(({ zh, en, column: _column, samples, ...column }) => ({
          ...column,
          samples: [...samples],
          explanation: language === 'zh' ? zh : en,
        })),
        rows: preview.rows.map((row) =>
          isSourceRow(row)
            ? { row: row.number, values: asJson(row.values), problem: null }
            : { row: row.number, values: null, problem: sayReason({ code: row.broken, words: row.words }, language) },
        ),
        suggestion: preview.suggestion === null ? null : asJson(preview.suggestion),
      }
    }),
    bind(contract.listMappings, async (_input, context) => ({
      items: (await read(context, mappings.listMappings)).map(showMapping),
    })),
    bind(contract.showMapping, async ({ params }, context) =>
      showMapping(await read(context, (tx, workspaceId) => mappings.findMapping(tx, workspaceId, params.id))),
    ),
    bind(contract.saveMapping, async ({ params, body }, context) => {
      const mapping = mappings.checkedMapping({ ...body, id: params.id })
      return showMapping(await read(context, (tx, id) => mappings.saveMapping(tx, id, mapping, actorOf(context))))
    }),
    bind(contract.archiveMapping, ({ params }, context) =>
      read(context, (tx, workspaceId) => mappings.archiveMapping(tx, workspaceId, params.id)),
    ),
    bind(contract.startImport, async ({ body }, context) => {
      const workspaceId = context.workspace.id
      const file = await files.find(workspaceId, body.fileId)
      const mapping = await mappingOf(read, context, body.mapping)
      // What cannot work is refused here, not by the job.
      await (await openImportFile(files, workspaceId, file.id, mapping)).close()
      const { id } = await read(context, (tx) =>
        startImport(tx, workspaceId, {
          fileId: file.id,
          fileName: file.name,
          mapping,
          dryRun: body.dryRun,
          now: now(),
          createdBy: actorOf(context),
        }),
      )
      return reportOf(context, id)
    }),
    bind(contract.listImports, async ({ query }, context) => {
      const before = context.cursors.read(query.cursor, z.number().int()) ?? null
      return read(context, async (tx, workspaceId) => {
        const found = await listImports(tx, workspaceId, before, query.limit + 1)
        const items = []
        for (const record of found.slice(0, query.limit)) {
          items.push(await showReport(tx, workspaceId, record, context.language))
        }
        const last = items.at(-1)
        return { items, nextCursor: found.length > query.limit && last ? context.cursors.write(last.id) : null }
      })
    }),
    bind(contract.showImport, ({ params }, context) => reportOf(context, params.id)),
    bind(contract.exportRejectedRows, async ({ params }, context) => {
      const record = await read(context, (tx, workspaceId) => readImport(tx, workspaceId, params.id))
      if (record.rejectedBytes === 0) {
        throw new AppError('NOT_FOUND', {
          words: { what: { en: 'rejected row in import', zh: '被拒绝的行，导入' }, name: params.id },
        })
      }
      return {
        contentType: 'text/csv',
        fileName: `import-${record.id}-rejected.csv`,
        body: files.readRejected(context.workspace.id, record.id),
      }
    }),
    bind(contract.exportRefusedFacts, async ({ params }, context) => {
      const { id } = await read(context, (tx, workspaceId) => readImport(tx, workspaceId, params.id))
      const lines = refusedLines({ pool, vault }, context.workspace.id, id, context.language)
      return {
        contentType: 'application/x-ndjson',
        fileName: `import-${id}-refused.ndjson`,
        body: Readable.from(lines, { objectMode: false }),
      }
    }),
    bind(contract.cancelImport, async ({ params }, context) => {
      await read(context, (tx, workspaceId) => cancelImport(tx, workspaceId, params.id))
      return reportOf(context, params.id)
    }),
    bind(contract.undoImport, async ({ params }, context) => {
      await read(context, (tx, workspaceId) => startUndo(tx, workspaceId, params.id, actorOf(context)))
      return reportOf(context, params.id)
    }),
  ]
}

async function mappingOf(
  read: <T>(context: WorkspaceContext, work: (tx: Tx, workspaceId: number) => Promise<T>) => Promise<T>,
  context: WorkspaceContext,
  wanted: string | object,
): Promise<Mapping> {
  if (typeof wanted !== 'string') return mappings.checkedMapping(wanted)
  return (await read(context, (tx, workspaceId) => mappings.findMapping(tx, workspaceId, wanted))).mapping
}

function actorOf({ principal }: WorkspaceContext): string {
  return principal.kind === 'person' ? `person:${principal.userId}` : `key:${principal.keyId}`
}

/** A name for a suggested mapping: the file's without its endings, in letters an id may have. */
function mappingIdOf(fileName: string): string {
  const name = fileName
    .replace(/(\.(csv|tsv|txt|xlsx|json|ndjson|jsonl|parquet|gz))+$/i, '')
    .replace(/[\s/\p{C}]+/gu, '-')
  return name.slice(0, 64) || 'mapping'
}

function showFile(file: StoredFile) {
  return { ...file, createdAt: file.createdAt.toISOString() }
}

function showMapping({ mapping, version, createdAt }: mappings.StoredMapping) {
  return { id: mapping.id, version, createdAt: createdAt?.toISOString() ?? null, mapping: asJson(mapping) }
}

async function showReport(tx: Tx, workspaceId: number, record: ImportRecord, language: Language) {
  const result = await readResult(tx, workspaceId, record.id)
  const { received: _received, reasons: _reasons, ...counts } = result
  const trial = record.report === null ? null : sayDryRun(record.report as DryRunReport, language)
  return {
    id: record.id,
    state: record.state,
    phase: record.phase,
    dryRun: record.dryRun,
    file: { id: record.fileId, name: record.fileName },
    mappingId: record.mapping.id,
    jobId: record.jobId,
    undoJobId: record.undoJobId,
    createdAt: record.createdAt.toISOString(),
    finishedAt: record.finishedAt?.toISOString() ?? null,
    rows: { read: record.rowsRead, rejected: record.rowsRejected, repeated: record.rowsRepeated },
    facts: record.facts,
    orders: record.orders,
    result: counts,
    reasons: countedReasons(record, result, language),
    trial:
      trial === null
        ? null
        : {
            facts: { ...trial.facts },
            known: trial.known,
            rejectedRows: trial.rejectedRows.map((row) => ({
              ...row,
              values: typeof row.values === 'string' ? row.values : asJson(row.values),
            })),
            acceptedRows: trial.acceptedRows.map(({ row, facts }) => ({ row, facts: asJson(facts) })),
          },
  }
}

/** Plain JSON without the types that made it; infinite numbers of a file become null. */
function asJson<T>(value: T): Json & (T extends object ? Record<string, Json> : unknown) {
  return JSON.parse(JSON.stringify(value)) as Json & (T extends object ? Record<string, Json> : unknown)
}

type Json = z.core.util.JSONType
