import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

/** Writes streamed bytes to a file; answers how many. */
export async function writeTo(file: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const target = createWriteStream(file)
  await once(target, 'open')
  let bytes = 0
  for await (const part of body) {
    bytes += part.byteLength
    if (!target.write(part)) await once(target, 'drain')
  }
  target.end()
  await once(target, 'finish')
  return bytes
}
