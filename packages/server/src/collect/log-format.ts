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

const decompress = promisify(gunzip)

/** The facts (or the one command) of a log row. */
export async function readLogBody(body: Buffer): Promise<readonly Incoming[] | readonly [Command]> {
  const plain = body[0] === 0x1f && body[1] === 0x8b ? await decompress(body) : body
  return JSON.parse(plain.toString('utf8')) as readonly Incoming[] | readonly [Command]
}
