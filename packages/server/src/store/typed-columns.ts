import type { PropertyType } from '@tagtree/core/catalog/catalog'
import { quoteIdentifier, type WorkspaceClickHouse } from './clickhouse.js'

/** Tables that get columns as names appear. */
export type GrowingTable = 'events' | 'attributes' | 'items'

/** The columns a table has, with their types. */
export async function readColumns(clickhouse: WorkspaceClickHouse, table: GrowingTable): Promise<Map<string, string>> {
  const rows = await clickhouse.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
    { params: { table } },
  )
  return new Map(rows.map((row) => [row.name, row.type]))
}

/** Adds columns, name -> type; those that exist stay. */
export async function addColumns(
  clickhouse: WorkspaceClickHouse,
  table: GrowingTable,
  columns: ReadonlyMap<string, string>,
): Promise<void> {
  if (columns.size === 0) return
  const parts = [...columns].map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${quoteIdentifier(name)} ${type}`)
  await clickhouse.command(`ALTER TABLE ${table} ${parts.join(', ')}`)
}

/** The column type of one value; `diverse` text gets no dictionary. */
export function plainColumnType(type: PropertyType, diverse: boolean): string {
  switch (type) {
    case 'number':
    case 'money':
      return 'Nullable(Decimal(18, 4))'
    case 'text':
      return diverse ? 'Nullable(String)' : 'LowCardinality(Nullable(String))'
    case 'date':
      return "Nullable(DateTime64(3, 'UTC'))"
    case 'bool':
      return 'Nullable(UInt8)'
    case 'list':
      return 'Array(String)'
  }
}
