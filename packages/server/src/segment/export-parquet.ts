import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { quoteIdentifier, type WorkspaceClickHouse } from '../store/clickhouse.js'
import type { ExportColumn } from './export-columns.js'
import type { Member } from './members.js'

/** Days and moments are text, because one column has both. */
const columnTypes = {
  number: 'Nullable(Decimal(18, 4))',
  money: 'Nullable(Decimal(18, 4))',
  bool: 'Nullable(Bool)',
  text: 'Nullable(String)',
  date: 'Nullable(String)',
  list: 'Array(String)',
} as const satisfies Record<ExportColumn['type'], string>

/** Staged in ClickHouse, which writes Parquet; the staging table goes when the file is sent, or with a later run. */
export async function parquetFile(
  clickhouse: WorkspaceClickHouse,
  pages: AsyncIterable<readonly Member[]>,
  columns: readonly ExportColumn[],
): Promise<Readable> {
  const table = `export_${randomUUID().replaceAll('-', '')}`
  const drop = (): Promise<unknown> => clickhouse.command(`DROP TABLE IF EXISTS ${table} SYNC`).catch(() => undefined)
  const declared = columns.map(({ name, type }) => `, ${quoteIdentifier(name)} ${columnTypes[type]}`)
  await clickhouse.command(
    `CREATE TABLE ${table} (profile_id UInt32${declared.join('')}) ENGINE = MergeTree ORDER BY profile_id`,
  )
  try {
    let part = 0
    for await (const page of pages) {
      await clickhouse.insert(table, Buffer.from(page.map((member) => rowText(member, columns)).join('\n')), {
        token: `${table}:${part}`,
        columns: ['profile_id', ...columns.map(({ name }) => name)],
        gzip: false,
      })
      part += 1
    }
    const body = await clickhouse.stream(`SELECT * FROM ${table} ORDER BY profile_id FORMAT Parquet`)
    body.once('close', drop)
    return body
  } catch (error) {
    await drop()
    throw error
  }
}

function rowText(member: Member, columns: readonly ExportColumn[]): string {
  const cells = columns.flatMap((column) => {
    const value = column.valueOf(member)
    return value === undefined || value === null ? [] : [[column.name, value] as const]
  })
  return JSON.stringify({ profile_id: member.profileId, ...Object.fromEntries(cells) })
}
