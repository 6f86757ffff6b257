import type { Tx } from '../../store/postgres.js'

/** What became of the facts of one source in one batch. */
interface Counts {
  received: number
  created: number
  updated: number
  duplicate: number
  rejected: number
  profiles: number
  merged: number
  values_refused: number
  identities_left_out: number
}
type CountName = keyof Counts

const NAMES: readonly CountName[] = [
  'received',
  'created',
  'updated',
  'duplicate',
  'rejected',
  'profiles',
  'merged',
  'values_refused',
  'identities_left_out',
]

/** Counts per import (0 = streams). */
export class Tally {
  private readonly counts = new Map<number, { counts: Counts; reasons: Map<string, number> }>()

  add(importId: number, name: CountName, by = 1): void {
    this.of(importId).counts[name] += by
  }

  reason(importId: number, reason: string): void {
    const { reasons } = this.of(importId)
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }

  private of(importId: number) {
    let entry = this.counts.get(importId)
    if (entry === undefined) {
      const counts = Object.fromEntries(NAMES.map((name) => [name, 0])) as unknown as Counts
      entry = { counts, reasons: new Map() }
      this.counts.set(importId, entry)
    }
    return entry
  }

  /** Adds everything to import_result. */
  async write(tx: Tx, workspaceId: number): Promise<void> {
    for (const [importId, { counts, reasons }] of this.counts) {
      await tx.query({
        name: 'tally',
        text: `insert into import_result (workspace_id, import_id, ${NAMES.join(', ')}, reasons)
               values ($1, $2, ${NAMES.map((_, index) => `$${index + 3}`).join(', ')}, $12::jsonb)
               on conflict (workspace_id, import_id) do update set
               ${NAMES.map((name) => `${name} = import_result.${name} + excluded.${name}`).join(', ')},
               last_at = now(),
               reasons = case when excluded.reasons = '{}' then import_result.reasons else (
                 select coalesce(jsonb_object_agg(key, n), '{}') from (
                   select key, sum(value::bigint) as n from (
                     select * from jsonb_each_text(import_result.reasons)
                     union all select * from jsonb_each_text(excluded.reasons)) both_sides
                   group by key) summed) end`,
        values: [
          workspaceId,
          importId,
          ...NAMES.map((name) => counts[name]),
          JSON.stringify(Object.fromEntries(reasons)),
        ],
      })
    }
  }
}
