import type { Vault } from '../../identify/identity-vault.js'
import type { Tx } from '../../store/postgres.js'
import type { PlacedFact, Rejection } from './facts.js'

/** Left out values that one batch lists one by one; all of them are counted. */
const LISTED_VALUES = 500
const SHOWN_CHARACTERS = 1_000

interface Entry {
  readonly importId: number
  readonly source: string
  readonly level: 'record' | 'value'
  readonly reason: string
  readonly pointer: string
  readonly record: string
}

/** Keeps rejected facts whole and lists the values that were left out, both encrypted. */
export async function setAside(
  tx: Tx,
  workspaceId: number,
  vault: Vault,
  batchNo: number,
  rejections: readonly Rejection[],
  facts: readonly PlacedFact[],
): Promise<void> {
  const entries: Entry[] = []
  for (const { origin, record, reason, pointer, aside } of rejections) {
    if (!aside) continue
    const { importId, source } = origin
    entries.push({ importId, source, level: 'record', reason, pointer, record: JSON.stringify(record) })
  }
  let listed = 0
  for (const { fact } of facts) {
    for (const { reason, pointer, value } of fact.leftOut) {
      if (listed >= LISTED_VALUES) break
      listed += 1
      const { importId, source } = fact.origin
      const shown = (JSON.stringify({ key: fact.record.key.hash, value }) ?? '').slice(0, SHOWN_CHARACTERS)
      entries.push({ importId, source, level: 'value', reason, pointer, record: shown })
    }
  }
  if (entries.length === 0) return
  await tx.query({
    name: 'quarantine',
    text: `insert into quarantine (workspace_id, batch_no, import_id, source, level, reason, pointer, record_enc)
           select $1, $2, import_id, source, level, reason, pointer, decode(record, 'base64')
           from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
             as t(import_id, source, level, reason, pointer, record)`,
    values: [
      workspaceId,
      batchNo,
      entries.map((entry) => entry.importId),
      entries.map((entry) => entry.source),
      entries.map((entry) => entry.level),
      entries.map((entry) => entry.reason),
      entries.map((entry) => entry.pointer.replaceAll('\0', '').slice(0, 400)),
      entries.map((entry) => vault.encryptRecord(workspaceId, batchNo, entry.record).toString('base64')),
    ],
  })
}
