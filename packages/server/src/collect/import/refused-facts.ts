import { sayFactReason } from '@tagtree/core/collect/fact-reasons'
import type pg from 'pg'
import type { Vault } from '../../identify/identity-vault.js'
import { inWorkspace } from '../../store/postgres.js'

const AT_ONCE = 500

interface Row {
  readonly id: string
  readonly batch_no: number
  readonly at: Date
  readonly level: 'record' | 'value'
  readonly reason: string
  readonly pointer: string
  readonly record_enc: Buffer
}

/**
 * What was set aside of an import after its rows were read, oldest first, one JSON line each: whole facts (`record`) and
 * single values that were left out of a fact that was taken (`value`), in plain text.
 * @throws AppError DECRYPTION_FAILED
 */
export async function* refusedLines(
  { pool, vault }: { readonly pool: pg.Pool; readonly vault: Vault },
  workspaceId: number,
  importId: number,
  language: 'zh' | 'en',
): AsyncGenerator<string> {
  let after = '0'
  for (;;) {
    const { rows } = await inWorkspace(pool, workspaceId, (tx) =>
      tx.query<Row>(
        `select id, batch_no, at, level, reason, pointer, record_enc from quarantine
         where workspace_id = $1 and import_id = $2 and id > $3 order by id limit $4`,
        [workspaceId, importId, after, AT_ONCE],
      ),
    )
    for (const { batch_no, at, level, reason, pointer, record_enc } of rows) {
      const record = vault.decryptRecord(workspaceId, batch_no, record_enc)
      const said = sayFactReason(reason, language)
      yield `${JSON.stringify({ level, reason, explanation: said, pointer, at: at.toISOString(), record: readOrCut(record) })}\n`
    }
    if (rows.length < AT_ONCE) return
    after = rows.at(-1)!.id
  }
}

/** A long value was cut off when it was kept and is shown as the text that is left. */
function readOrCut(record: string): unknown {
  try {
    return JSON.parse(record)
  } catch {
    return record
  }
}
