import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { AttributeEntry } from '@tagtree/core/catalog/catalog'
import { stringify } from 'csv-stringify/sync'
import type { PublishedAudience } from './audience.js'
import type { SegmentScope } from './count.js'
import { type Member, type MemberReader, readMembers } from './members.js'

export type ExportFormat = 'csv' | 'ndjson' | 'parquet'
export interface ExportFile {
  readonly contentType: string
  readonly fileName: string
  readonly body: Readable
}

const pageSize = 5000

/**
 * The members as one file: profile id, one column per identity kind (several values joined by a space), one per
 * attribute. Members are read by page while the file is sent, so memory does not grow with the audience.
 */
export async function exportMembers(
  reader: MemberReader,
  scope: SegmentScope,
  workspaceId: number,
  published: PublishedAudience,
  format: ExportFormat,
  name: string,
  signal: AbortSignal,
): Promise<ExportFile> {
  const columns = columnsOf(scope, published.subject)
  const pages = memberPages(reader, scope, workspaceId, published, signal)
  const fileName = `${name}-${new Date(published.asOf).toISOString().slice(0, 10)}.${format}`
  if (format === 'csv') {
    return { contentType: 'text/csv; charset=utf-8', fileName, body: Readable.from(csvLines(pages, columns)) }
  }
  if (format === 'ndjson') {
    return { contentType: 'application/x-ndjson', fileName, body: Readable.from(jsonLines(pages)) }
  }
  return {
    contentType: 'application/vnd.apache.parquet',
    fileName,
    body: await parquetFile(scope, pages, columns),
  }
}

interface Columns {
  readonly identities: readonly string[]
  readonly attributes: readonly AttributeEntry[]
}

function columnsOf(scope: SegmentScope, subject: string): Columns {
  const kinds = [...scope.catalog.identityKinds.values()].filter((kind) => kind.subject === subject)
  return {
    identities: kinds.map((kind) => kind.key),
    attributes: [...(scope.catalog.attributes.get(subject)?.values() ?? [])],
  }
}

async function* memberPages(
  reader: MemberReader,
  scope: SegmentScope,
  workspaceId: number,
  published: PublishedAudience,
  signal: AbortSignal,
): AsyncGenerator<Member[]> {
  let after = 0
  for (;;) {
    signal.throwIfAborted()
    const page = await readMembers(reader, scope, workspaceId, published, after, pageSize)
    if (page.length > 0) yield page
    if (page.length < pageSize) return
    after = page.at(-1)!.profileId
  }
}

/** A byte order mark first: Excel reads UTF-8 only with it. */
async function* csvLines(pages: AsyncGenerator<Member[]>, columns: Columns): AsyncGenerator<string> {
  const header = ['profile_id', ...columns.identities, ...columns.attributes.map((attribute) => attribute.key)]
  yield `\uFEFF${stringify([header])}`
  for await (const page of pages) {
    yield stringify(page.map((member) => [member.profileId, ...cellsOf(member, columns).map(defuse)]))
  }
}

async function* jsonLines(pages: AsyncGenerator<Member[]>): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((member) => `${JSON.stringify(member)}\n`).join('')
}

/** One text per identity kind and attribute; '' for a missing one. */
function cellsOf(member: Member, columns: Columns): string[] {
  const identities = columns.identities.map((kind) =>
    member.identities
      .filter((identity) => identity.kind === kind)
      .map((identity) => identity.value)
      .join(' '),
  )
  const attributes = columns.attributes.map((attribute) => {
    const value: unknown = (member.attributes as Record<string, unknown>)[attribute.key]
    if (value === undefined || value === null) return ''
    return Array.isArray(value) ? value.join(' ') : String(value)
  })
  return [...identities, ...attributes]
}

/** A spreadsheet would run a cell that begins with one of these as a formula. */
function defuse(cell: string): string {
  return /^[=+@\t\r]|^-(?![\d.])/.test(cell) ? `'${cell}` : cell
}

/** Staged in ClickHouse, which writes Parquet; the staging table goes when the file is sent. */
async function parquetFile(scope: SegmentScope, pages: AsyncGenerator<Member[]>, columns: Columns): Promise<Readable> {
  const names = [...columns.identities.map((kind) => `id.${kind}`), ...columns.attributes.map(({ key }) => key)]
  const quoted = names.map((column) => `\`${column.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``)
  const table = `export_${randomUUID().replaceAll('-', '')}`
  const drop = (): Promise<unknown> => scope.clickhouse.command(`DROP TABLE IF EXISTS ${table}`).catch(() => undefined)
  await scope.clickhouse.command(
    `CREATE TABLE ${table} (profile_id UInt32${quoted.map((column) => `, ${column} Nullable(String)`).join('')})
     ENGINE = MergeTree ORDER BY profile_id`,
  )
  try {
    let part = 0
    for await (const page of pages) {
      const lines = page.map((member) => {
        const cells = cellsOf(member, columns).map((cell, index) => [names[index]!, cell === '' ? null : cell])
        return JSON.stringify({ profile_id: member.profileId, ...Object.fromEntries(cells) })
      })
      await scope.clickhouse.insert(table, Buffer.from(lines.join('\n')), {
        token: `${table}:${part}`,
        columns: ['profile_id', ...names],
        gzip: false,
      })
      part += 1
    }
    const body = await scope.clickhouse.stream(`SELECT * FROM ${table} ORDER BY profile_id FORMAT Parquet`)
    body.once('close', drop)
    return body
  } catch (error) {
    await drop()
    throw error
  }
}
