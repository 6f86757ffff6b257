import type { FitValue } from '@tagtree/core/compile/compile'
import type { Fit } from '@tagtree/core/language/document'
import type { Tx } from '../../store/postgres.js'

/** A fit as it is kept: the cuts a run made and the moment it made them for. */
export interface StoredFit {
  readonly value: unknown
  /** ms */
  readonly asOf: number
}

/** A place of a version of a definition that is fitted. */
export interface FitPlace {
  readonly definitionId: string
  readonly version: number
  readonly key: string
}

/** For which moment (ms) a fit is wanted, and when it must have been known. */
export interface FitMoment {
  readonly asOf: number
  readonly knownAt?: number
  /** Made for an earlier moment, not for this one. */
  readonly before?: boolean
}

/**
 * The newest fit of one place in one version of a definition that was made for a moment not after `asOf` and, when asked,
 * was known at `knownAt` (ms); null when there is none.
 */
async function readFit(tx: Tx, workspaceId: number, place: FitPlace, moment: FitMoment): Promise<StoredFit | null> {
  const { rows } = await tx.query<{ value: unknown; as_of: Date }>(
    `select value, as_of from fit where workspace_id = $1 and definition_id = $2 and version = $3 and key = $4
       and as_of <= to_timestamp($5::double precision / 1000)
       and not ($7::boolean and as_of = to_timestamp($5::double precision / 1000))
       and ($6::double precision is null or created_at <= to_timestamp($6::double precision / 1000))
     order by as_of desc limit 1`,
    [
      workspaceId,
      place.definitionId,
      place.version,
      place.key,
      moment.asOf,
      moment.knownAt ?? null,
      moment.before === true,
    ],
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
     on conflict (workspace_id, definition_id, version, key, as_of)
     do update set value = excluded.value, created_at = now()`,
    [workspaceId, definitionId, version, key, asOf, JSON.stringify(value)],
  )
}

/** The kept fit that holds at a moment by its schedule; null when there is none. */
export async function keptFit(
  tx: Tx,
  workspaceId: number,
  place: FitPlace,
  schedule: Fit,
  moment: FitMoment,
): Promise<FitValue | null> {
  const stored = await readFit(tx, workspaceId, place, moment)
  return stored !== null && fitHolds(schedule, stored.asOf, moment.asOf) ? (stored.value as FitValue) : null
}

const dayMs = 86_400_000

/** Whether cuts made for `fittedAt` still hold at `asOf`, a moment not before. */
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
