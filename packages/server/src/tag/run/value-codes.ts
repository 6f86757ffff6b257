import { OTHER_VALUE } from '@tagtree/core/catalog/other-value'
import type { Tx } from '../../store/postgres.js'

/** Values of one tag that have a code of their own. */
export const mostCodes = 1000

/** First number of the advisory lock of codes; the second is the workspace. */
const CODE_LOCK = 7422

/**
 * Codes of labels for one tag, in ClickHouse's numbering; new labels get the next codes, in the order given. Codes are
 * never reused, so old history keeps its meaning. `most`: how many codes there may be; when some label finds no room the
 * answer has OTHER_VALUE.
 */
export async function ensureCodes(
  tx: Tx,
  workspaceId: number,
  number: number,
  labels: readonly string[],
  most: number,
): Promise<ReadonlyMap<string, number>> {
  const known = await readCodes(tx, workspaceId, number)
  if (labels.every((label) => known.has(label))) return known
  await tx.query(`select pg_advisory_xact_lock($1, $2)`, [CODE_LOCK, workspaceId])
  const codes = new Map(await readCodes(tx, workspaceId, number))
  const missing = [...new Set(labels)].filter((label) => !codes.has(label))
  const room = Math.max(0, most - codes.size + (codes.has(OTHER_VALUE) ? 1 : 0))
  const added = missing.slice(0, room)
  if (missing.length > room && !codes.has(OTHER_VALUE)) added.push(OTHER_VALUE)
  let next = Math.max(0, ...codes.values()) + 1
  for (const label of added) {
    codes.set(label, next)
    next += 1
  }
  await tx.query(
    `insert into value_code (workspace_id, number, code, label)
     select $1, $2, code, label from unnest($3::int[], $4::text[]) as added(code, label)`,
    [workspaceId, number, added.map((label) => codes.get(label)), added],
  )
  return codes
}

/** Label -> code of one tag. */
export async function readCodes(tx: Tx, workspaceId: number, number: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.query<{ code: number; label: string }>(
    `select code, label from value_code where workspace_id = $1 and number = $2 order by code`,
    [workspaceId, number],
  )
  return new Map(rows.map((row) => [row.label, row.code]))
}
