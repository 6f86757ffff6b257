import type { Tx } from '../../store/postgres.js'

/** Code of what has no code of its own: values beyond the thousand most frequent of an open text. */
export const otherLabel = '其他'
const mostCodes = 1000

/**
 * Codes of labels for one tag, in ClickHouse's numbering; new labels get the next codes, in the order given. Codes are
 * never reused, so old history keeps its meaning.
 */
export async function ensureCodes(
  tx: Tx,
  workspaceId: number,
  number: number,
  labels: readonly string[],
): Promise<Map<string, number>> {
  await tx.query(`select pg_advisory_xact_lock($1, 4)`, [workspaceId])
  const codes = await readCodes(tx, workspaceId, number)
  const missing = [...new Set(labels)].filter((label) => !codes.has(label))
  let next = Math.max(0, ...codes.values()) + 1
  for (const label of missing) {
    const room = codes.size < mostCodes || label === otherLabel
    if (!room) continue
    codes.set(label, next)
    next += 1
  }
  const added = missing.filter((label) => codes.has(label))
  if (added.length > 0) {
    await tx.query(
      `insert into value_code (workspace_id, number, code, label)
       select $1, $2, code, label from unnest($3::int[], $4::text[]) as added(code, label)`,
      [workspaceId, number, added.map((label) => codes.get(label)), added],
    )
  }
  return codes
}

/** Label -> code of one tag. */
export async function readCodes(tx: Tx, workspaceId: number, number: number): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ code: number; label: string }>(
    `select code, label from value_code where workspace_id = $1 and number = $2 order by code`,
    [workspaceId, number],
  )
  return new Map(rows.map((row) => [row.label, row.code]))
}
