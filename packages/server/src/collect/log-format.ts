import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Incoming } from '@tagtree/core/collect/incoming'

/** Kinds of log rows as stored. */
export const LOG_KINDS = { events: 1, importChunk: 2, command: 3 } as const

/** PostgreSQL tells here that a log grew: `workspace:facts:urgent`. */
export const LOG_CHANNEL = 'tagtree_log'
/** PostgreSQL tells here that a batch is readable: `workspace:batch:logTo`. */
export const STORED_CHANNEL = 'tagtree_stored'

/** What may be ordered in the log beside facts. */
export type Command =
  /** Takes away everything that one import brought. */
  | { readonly command: 'undo_import'; readonly importId: number }
  /** Ends what was gathered so far: stored at once, without waiting for more. */
  | { readonly command: 'flush' }

/** A batch numbers its rows from 0 to 65,535: facts of one log row, and of one batch, take at most this many places. */
export const MOST_PLACES = 60_000

/**
 * At most how many row numbers a fact takes: an event one per subject, attributes one per time the same attribute is
 * changed. The fact is as it came: nothing about its shape is certain.
 */
export function placesOf(record: Incoming): number {
  if (typeof record !== 'object' || record === null) return 1
  if (record.type === 'event') return Array.isArray(record.about) ? Math.max(1, record.about.length) : 1
  if (record.type !== 'attributes' || !Array.isArray(record.changes) || record.changes.length < 2) return 1
  const names = new Set<unknown>()
  for (const change of record.changes as readonly unknown[]) {
    if (typeof change === 'object' && change !== null && 'attribute' in change) names.add(change.attribute)
  }
  return Math.max(1, record.changes.length - names.size + 1)
}

const decompress = promisify(gunzip)

/** The facts (or the one command) of a log row, and the bytes they take as text. */
export async function readLogBody(
  body: Buffer,
): Promise<{ readonly content: readonly Incoming[] | readonly [Command]; readonly bytes: number }> {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? await decompress(body) : body
  return {
    content: JSON.parse(plain.toString('utf8')) as readonly Incoming[] | readonly [Command],
    bytes: plain.length,
  }
}
