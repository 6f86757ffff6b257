import type { RawValue } from '@tagtree/core/collect/incoming'
import { quoteIdentifier } from '../store/clickhouse.js'
import { requireProfile, type SubjectScope } from './subject.js'
import { showValue } from './timeline.js'

/** Present attributes of one subject by key. @throws AppError NOT_FOUND */
export async function readAttributes(scope: SubjectScope, id: number): Promise<Record<string, RawValue>> {
  const { clickhouse, catalog } = scope
  const profileId = await requireProfile(scope, id)
  const entries = [...catalog.attributes.values()].flatMap((ofSubject) => [...ofSubject.values()])
  const columns = entries.flatMap(({ column, type }) =>
    column === null ? [] : type === 'list' ? [column, `${column}__known`] : [column],
  )
  const rows = await clickhouse.query<Record<string, RawValue> & { extra: Record<string, RawValue> }>(
    `SELECT extra${columns.map((column) => `, ${quoteIdentifier(column)}`).join('')} FROM attributes FINAL
     WHERE profile_id = {profile:UInt32}`,
    { params: { profile: profileId } },
  )
  const row = rows[0]
  if (row === undefined) return {}
  const values: Record<string, RawValue> = { ...row.extra }
  for (const { key, type, column } of entries) {
    const stored = column === null ? null : row[column]
    if (stored === null || stored === undefined) continue
    if (type !== 'list' || row[`${column}__known`] === 1) values[key] = showValue(stored, type)
  }
  return values
}
