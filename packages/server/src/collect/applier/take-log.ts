import type { Incoming } from '@tagtree/core/collect/incoming'
import type pg from 'pg'
import { inWorkspace } from '../../store/postgres.js'
import { type Command, LOG_KINDS, MOST_PLACES, placesOf, readLogBody } from '../log-format.js'
import type { RawFact } from './facts.js'

/** The next piece of the log: facts that go into one batch, or one command. */
export interface TakenLog {
  readonly logTo: string
  readonly n: number
  readonly bytes: number
  readonly facts: readonly RawFact[]
  readonly command: Command | null
  /** Facts that wait behind this piece. */
  readonly pending: number
  /** Something behind or in this piece should not wait for more. */
  readonly urgent: boolean
}

/** Facts that are not made to wait for more. */
export const BATCH_FACTS = 5_000
/**
 * A batch is closed after this many facts, compressed bytes or bytes of text; a single log row always fits. What waits
 * together is applied together: a batch over many months costs the same for its files on the disk whatever its size.
 */
const MOST_FACTS = 20_000
const MOST_BYTES = 3_000_000
const MOST_TEXT = 10_000_000
const LOOK_AHEAD = 300

interface Meta {
  readonly log_no: string
  readonly kind: number
  readonly n: number
  readonly bytes: number
}

/** Looks at what waits after `logTo` without reading bodies. undefined = nothing. */
export async function readPending(
  worker: pg.Pool,
  workspaceId: number,
  logTo: string,
): Promise<{ facts: number; urgent: boolean; metas: readonly Meta[] } | undefined> {
  const metas = await inWorkspace(worker, workspaceId, async (tx) => {
    const { rows } = await tx.query<Meta>({
      name: 'log-pending',
      text: `select log_no, kind, n, bytes from ingest_log where workspace_id = $1 and log_no > $2
             order by log_no limit ${LOOK_AHEAD}`,
      values: [workspaceId, logTo],
    })
    return rows
  })
  if (metas.length === 0) return undefined
  const facts = metas.reduce((sum, meta) => sum + meta.n, 0)
  return { facts, urgent: metas.some((meta) => meta.kind === LOG_KINDS.command), metas }
}

/** Reads the bodies of the next piece. */
export async function takeLog(
  worker: pg.Pool,
  workspaceId: number,
  pending: { readonly facts: number; readonly urgent: boolean; readonly metas: readonly Meta[] },
): Promise<TakenLog> {
  const chosen = choose(pending.metas)
  const last = chosen.at(-1)!
  const rows = await inWorkspace(worker, workspaceId, async (tx) => {
    const { rows } = await tx.query<{
      kind: number
      source: string
      import_id: number
      received_ms: number
      body: Buffer
    }>({
      name: 'log-bodies',
      text: `select kind, source, import_id, (extract(epoch from received_at) * 1000)::float8 as received_ms, body
             from ingest_log where workspace_id = $1 and log_no >= $2 and log_no <= $3 order by log_no`,
      values: [workspaceId, chosen[0]!.log_no, last.log_no],
    })
    return rows
  })
  const facts: RawFact[] = []
  let command: Command | null = null
  let text = 0
  let places = 0
  let taken = 0
  for (const row of rows) {
    const { content, bytes } = await readLogBody(row.body)
    if (row.kind === LOG_KINDS.command) {
      command = (content as readonly [Command])[0]
      taken += 1
      break
    }
    const records = content as readonly Incoming[]
    text += bytes
    for (const record of records) places += placesOf(record)
    // What is too much for this batch is read again for the next.
    if (taken > 0 && (text > MOST_TEXT || places > MOST_PLACES)) break
    taken += 1
    const origin = { source: row.source, importId: row.import_id, receivedAt: Math.trunc(row.received_ms) }
    for (const record of records) facts.push({ origin, record })
  }
  const fitting = chosen.slice(0, taken)
  const n = fitting.reduce((sum, meta) => sum + meta.n, 0)
  return {
    logTo: fitting.at(-1)!.log_no,
    n,
    bytes: fitting.reduce((sum, meta) => sum + meta.bytes, 0),
    facts,
    command,
    pending: pending.facts - n,
    urgent: pending.urgent,
  }
}

/** The longest piece that is one batch: facts up to a limit, or one command by itself. */
function choose(metas: readonly Meta[]): readonly Meta[] {
  if (metas[0]!.kind === LOG_KINDS.command) return metas.slice(0, 1)
  let facts = 0
  let bytes = 0
  let count = 0
  for (const meta of metas) {
    const full = facts + meta.n > MOST_FACTS || bytes + meta.bytes > MOST_BYTES
    if (meta.kind === LOG_KINDS.command || (count > 0 && full)) break
    facts += meta.n
    bytes += meta.bytes
    count += 1
  }
  return metas.slice(0, count)
}
