import type { Tx } from '../../store/postgres.js'
import type { PlacedFact } from './facts.js'

/**
 * Notes when a batch holds facts older than what is published: what was published for the moments since then is due for
 * correction. Who they are about is told by the rows themselves.
 */
export async function noteLate(
  tx: Tx,
  workspaceId: number,
  batchNo: number,
  facts: readonly PlacedFact[],
): Promise<void> {
  let oldest = Number.POSITIVE_INFINITY
  for (const { fact } of facts) if (fact.kind !== 'item' && fact.ts < oldest) oldest = fact.ts
  if (!Number.isFinite(oldest)) return
  await tx.query({
    name: 'note-late',
    text: `insert into late_batch (workspace_id, batch_no, from_ts)
           select $1, $2, $3::bigint where exists (
             select from tag_head where workspace_id = $1 and as_of > to_timestamp($3::bigint / 1000.0))
           on conflict do nothing`,
    values: [workspaceId, batchNo, oldest],
  })
}
