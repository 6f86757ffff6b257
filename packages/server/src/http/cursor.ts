import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { z } from 'zod'
import type { Cursors } from './context.js'

const signatureBytes = 12

/**
 * Cursors of one list: base64url of the position and a signature over it, the endpoint, the workspace and the filters.
 * A cursor of another list, workspace or filter is refused instead of answering a page nobody asked for.
 */
export function makeCursors(
  masterKey: Buffer,
  list: { readonly endpoint: string; readonly workspaceId: number; readonly filters: unknown },
): Cursors {
  const key = cursorKey(masterKey)
  const scope = createHash('sha256')
    .update(JSON.stringify([list.endpoint, list.workspaceId, list.filters]))
    .digest()
  const sign = (position: Buffer) =>
    createHmac('sha256', key).update(scope).update(position).digest().subarray(0, signatureBytes)
  return {
    write(position: unknown): string {
      const bytes = Buffer.from(JSON.stringify(position))
      return Buffer.concat([sign(bytes), bytes]).toString('base64url')
    },
    read<Position extends z.ZodType>(text: string | undefined, position: Position): z.output<Position> | undefined {
      if (text === undefined) return undefined
      const bytes = Buffer.from(text, 'base64url')
      const content = bytes.subarray(signatureBytes)
      const signature = bytes.subarray(0, signatureBytes)
      if (content.length === 0 || !timingSafeEqual(signature, sign(content))) throw new AppError('CURSOR_INVALID')
      const parsed = position.safeParse(JSON.parse(content.toString()))
      if (!parsed.success) throw new AppError('CURSOR_INVALID')
      return parsed.data
    },
  }
}

const keys = new WeakMap<Buffer, Buffer>()
function cursorKey(masterKey: Buffer): Buffer {
  const known = keys.get(masterKey)
  if (known) return known
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'tagtree cursor', 32))
  keys.set(masterKey, key)
  return key
}
