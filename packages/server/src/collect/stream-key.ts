import { createHash } from 'node:crypto'
import type { MessageKey } from '@tagtree/core/collect/incoming'

/** Key of a streamed fact by its name: the same name is taken once within the horizon of the log. */
export function streamKey(name: string): MessageKey {
  const hash = createHash('sha256').update(name).digest().readBigInt64BE()
  return { scope: 'stream', hash: hash.toString(), content: null }
}
