import { AppError } from '@tagtree/core/kernel/app-error'
import type { Text } from '@tagtree/core/language/document'
import { checkRoom } from '../check-room.js'
import type { Tx } from '../postgres.js'

/** A named stretch of local days, both ends included. */
export interface StoredPeriod {
  readonly id: string
  readonly labels: Text
  /** 2025-11-01 */
  readonly from: string
  readonly to: string
  /** What the calendar calls the days of the stretch; null = it is no promotion. */
  readonly promotion: string | null
}

const MOST_PERIODS = 2_000

/** All periods by their beginning. */
export async function readPeriods(tx: Tx, workspaceId: number): Promise<StoredPeriod[]> {
  const { rows } = await tx.query<StoredPeriod>(
    `select id, labels, to_char(from_day, 'YYYY-MM-DD') as "from", to_char(to_day, 'YYYY-MM-DD') as "to", promotion
     from calendar_period where workspace_id = $1 order by from_day, id`,
    [workspaceId],
  )
  return rows
}

/** Adds a period or replaces it. @throws AppError CATALOG_FULL */
export async function writePeriod(tx: Tx, workspaceId: number, period: StoredPeriod): Promise<void> {
  await tx.query(
    `insert into calendar_period (workspace_id, id, labels, from_day, to_day, promotion) values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, id) do update
     set labels = excluded.labels, from_day = excluded.from_day, to_day = excluded.to_day, promotion = excluded.promotion`,
    [workspaceId, period.id, JSON.stringify(period.labels), period.from, period.to, period.promotion],
  )
  const { rows } = await tx.query<{ n: number }>(
    'select count(*)::int as n from calendar_period where workspace_id = $1',
    [workspaceId],
  )
  checkRoom('periods', '时段', rows[0]!.n, MOST_PERIODS)
}

/** @throws AppError NOT_FOUND */
export async function removePeriod(tx: Tx, workspaceId: number, id: string): Promise<void> {
  const { rowCount } = await tx.query('delete from calendar_period where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ])
  if (rowCount === 0) throw new AppError('NOT_FOUND', { words: { what: { en: 'period', zh: '时段' }, name: id } })
}
