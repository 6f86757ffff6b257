import type { Tx } from '../../store/postgres.js'
import { SEQ_PER_BATCH } from '../../store/scan-state.js'
import type { CheckedFact, PlacedFact, Standing } from './facts.js'

/** A stored event row that a later content of the same key replaces. */
export interface Superseded {
  readonly seq: bigint
  readonly bySeq: bigint
  readonly importId: number
}

export interface Placed {
  readonly facts: readonly PlacedFact[]
  readonly duplicates: readonly CheckedFact[]
  readonly superseded: readonly Superseded[]
  /** First row number after this batch's facts. */
  readonly nextSeq: bigint
}

/** Weeks since 1970: partitions of the horizon. */
export function weekOf(ms: number): number {
  return Math.floor(ms / 604_800_000)
}

interface FileKey {
  readonly content: string | null
  readonly seq: bigint
  readonly n: number
  readonly importId: number
}

/**
 * Tells new facts from repeated ones, remembers their keys, and gives the new ones their places in the total order. A
 * streamed key is remembered for two weeks at least; a key of a file for ever, and when it names a thing (an order), other
 * content of the same key replaces the rows it became before.
 */
export async function placeFacts(
  tx: Tx,
  workspaceId: number,
  facts: readonly CheckedFact[],
  batchNo: number,
  week: number,
): Promise<Placed> {
  const fresh = await rememberStreamKeys(tx, workspaceId, facts, week)
  const files = await readFileKeys(tx, workspaceId, facts)
  const written = new Map<string, FileKey>()
  const placed: PlacedFact[] = []
  const duplicates: CheckedFact[] = []
  const superseded: Superseded[] = []
  let seq = BigInt(batchNo) * BigInt(SEQ_PER_BATCH)

  for (const fact of facts) {
    const { key } = fact.record
    const n = rowsOf(fact)
    let standing: Standing = 'created'
    if (key.scope === 'stream') {
      if (!fresh.delete(key.hash)) {
        duplicates.push(fact)
        continue
      }
    } else {
      const known = files.get(key.hash)
      if (known !== undefined) {
        if (known.content === key.content) {
          duplicates.push(fact)
          continue
        }
        standing = 'updated'
        if (fact.kind === 'event') {
          for (let row = 0n; row < BigInt(known.n); row++) {
            superseded.push({ seq: known.seq + row, bySeq: seq, importId: fact.origin.importId })
          }
        }
      }
      const now: FileKey = { content: key.content, seq, n, importId: fact.origin.importId }
      files.set(key.hash, now)
      written.set(`${key.hash}/${now.importId}`, now)
    }
    placed.push({ fact, seq, standing })
    seq += BigInt(n)
  }
  await writeFileKeys(tx, workspaceId, written)
  return { facts: placed, duplicates, superseded, nextSeq: seq }
}

function rowsOf(fact: CheckedFact): number {
  if (fact.kind === 'event') return fact.about.length
  if (fact.kind !== 'attributes') return 1
  // Changes of one fact share a place, unless one attribute is changed more than once.
  const times = new Map<string, number>()
  let most = 1
  for (const { attribute } of fact.record.changes) {
    const count = (times.get(attribute) ?? 0) + 1
    times.set(attribute, count)
    most = Math.max(most, count)
  }
  return most
}

/** Keys that were not seen within the horizon; they are remembered from now on. */
async function rememberStreamKeys(
  tx: Tx,
  workspaceId: number,
  facts: readonly CheckedFact[],
  week: number,
): Promise<Set<string>> {
  const hashes = new Set<string>()
  for (const fact of facts) if (fact.record.key.scope === 'stream') hashes.add(fact.record.key.hash)
  if (hashes.size === 0) return hashes
  const list = [...hashes]
  const earlier = await tx.query<{ h: string }>({
    name: 'seen-earlier',
    text: `select h from seen_message where workspace_id = $1 and week in ($2 - 1, $2 - 2) and h = any($3::bigint[])`,
    values: [workspaceId, week, list],
  })
  for (const { h } of earlier.rows) hashes.delete(h)
  const inserted = await tx.query<{ h: string }>({
    name: 'seen-now',
    text: `insert into seen_message (workspace_id, week, h) select $1, $2, h from unnest($3::bigint[]) as t(h)
           on conflict do nothing returning h`,
    values: [workspaceId, week, [...hashes]],
  })
  return new Set(inserted.rows.map((row) => row.h))
}

/** The newest content of each key of a file. */
async function readFileKeys(tx: Tx, workspaceId: number, facts: readonly CheckedFact[]): Promise<Map<string, FileKey>> {
  const hashes = new Set<string>()
  for (const fact of facts) if (fact.record.key.scope === 'file') hashes.add(fact.record.key.hash)
  const known = new Map<string, FileKey>()
  if (hashes.size === 0) return known
  const { rows } = await tx.query<{ h: string; content: string | null; seq: string; n: number; import_id: number }>({
    name: 'file-keys',
    text: `select distinct on (h) h, content, seq, n, import_id from import_key
           where workspace_id = $1 and h = any($2::bigint[]) order by h, seq desc`,
    values: [workspaceId, [...hashes]],
  })
  for (const row of rows) {
    known.set(row.h, { content: row.content, seq: BigInt(row.seq), n: row.n, importId: row.import_id })
  }
  return known
}

async function writeFileKeys(tx: Tx, workspaceId: number, keys: ReadonlyMap<string, FileKey>): Promise<void> {
  if (keys.size === 0) return
  const all = [...keys]
  await tx.query({
    name: 'file-keys-write',
    text: `insert into import_key (workspace_id, h, import_id, content, seq, n)
           select $1, h, import_id, content, seq, n
           from unnest($2::bigint[], $3::int[], $4::bigint[], $5::bigint[], $6::smallint[])
             as t(h, import_id, content, seq, n)
           on conflict (workspace_id, h, import_id) do update
           set content = excluded.content, seq = excluded.seq, n = excluded.n`,
    values: [
      workspaceId,
      all.map(([place]) => place.slice(0, place.indexOf('/'))),
      all.map(([, key]) => key.importId),
      all.map(([, key]) => key.content),
      all.map(([, key]) => key.seq.toString()),
      all.map(([, key]) => key.n),
    ],
  })
}
