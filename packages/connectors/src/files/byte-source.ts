import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'

/** The bytes of a file as they stand inside of a possible gzip wrapping. */
export interface ByteSource {
  chunks(): AsyncGenerator<Buffer, void, undefined>
  /** Bytes taken from the disk so far: progress, also of compressed files. */
  bytesRead(): number
  /** Why the bytes ended too early (broken gzip, unreadable disk); null when they did not. Known after `chunks` ended. */
  damage(): string | null
}

const CHUNK_BYTES = 256 * 1024

/** Opens a file for reading from the start; gzip (also of several members) is unpacked on the way. */
export function openBytes(path: string, gzip: boolean): ByteSource {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES })
  let damage: string | null = null
  return {
    bytesRead: () => file.bytesRead,
    damage: () => damage,
    async *chunks() {
      if (!gzip) {
        try {
          for await (const chunk of file) yield chunk as Buffer
        } finally {
          file.destroy()
        }
        return
      }
      const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
      file.on('error', (error) => gunzip.destroy(error))
      file.pipe(gunzip)
      try {
        for await (const chunk of gunzip) yield chunk as Buffer
      } catch (error) {
        // What came before the damage is good: it was yielded already.
        damage = error instanceof Error ? error.message : String(error)
      } finally {
        file.destroy()
        gunzip.destroy()
      }
    },
  }
}

/** The first bytes of a file (inside of gzip when it is one), at most `limit`; `damage` when they end too early. */
export async function readHead(
  path: string,
  gzip: boolean,
  limit: number,
): Promise<{ head: Buffer; damage: string | null }> {
  const bytes = openBytes(path, gzip)
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of bytes.chunks()) {
    parts.push(chunk)
    size += chunk.length
    if (size >= limit) return { head: Buffer.concat(parts).subarray(0, limit), damage: null }
  }
  return { head: Buffer.concat(parts), damage: bytes.damage() }
}
