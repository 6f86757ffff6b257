import type { Fit } from '@tagtree/core/language/document'
import type { Tx } from '../../store/postgres.js'

/** A fit as it is kept: the cuts a run made and the moment it made them for. */
export interface StoredFit {
  readonly value: unknown
  /** ms */
  readonly asOf: number
}

/** The newest fit of one place in one version of a definition; null when it was never fitted. */
export async function readFit(
  tx: Tx,
  workspaceId: number,
  definitionId: string,
  version: number,
  key: string,
): Promise<StoredFit | null> {
  const { rows } = await tx.query<{ value: unknown; as_of: Date }>(
    `select value, as_of from fit where workspace_id = $1 and definition_id = $2 and version = $3 and key = $4
     order by as_of desc limit 1`,
    [workspaceId, definitionId, version, key],
  )
  const row = rows[0]
  return row ? { value: row.value, asOf: row.as_of.getTime() } : null
}

/** Keeps a fit; a second fit of the same moment replaces the first. */
export async function keepFit(
  tx: Tx,
  workspaceId: number,
  definitionId: string,
  version: number,
  key: string,
  asOf: number,
  value: unknown,
): Promise<void> {
  await tx.query(
    `insert into fit (workspace_id, definition_id, version, key, as_of, value)
     values ($1, $2, $3, $4, to_timestamp($5::double precision / 1000), $6)
     on conflict (workspace_id, definition_id, version, key, as_of) do update set value = excluded.value`,
    [workspaceId, definitionId, version, key, asOf, JSON.stringify(value)],
  )
}

const dayMs = 86_400_000

/** Whether cuts made at `fittedAt` still hold at `asOf`. A moment before the fit always asks for its own. */
export function fitHolds(schedule: Fit, fittedAt: number, asOf: number): boolean {
  if (asOf < fittedAt) return false
  const ageDays = (asOf - fittedAt) / dayMs
  switch (schedule) {
    case 'frozen':
      return true
    case 'daily':
      return ageDays < 1
    case 'weekly':
      return ageDays < 7
    case 'monthly':
      return ageDays < 28
  }
}
