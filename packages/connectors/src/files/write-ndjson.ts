import { PassThrough } from 'node:stream'
import { type RowWriter, writeThrough } from './row-writer.js'

/** Bytes that are handed to the file at once. */
const BATCH_CHARACTERS = 64 * 1024

/** Opens a file of one JSON document a line. */
export function writeNdjson(path: string): RowWriter<object> {
  const entry = new PassThrough()
  const lines = writeThrough<string>(path, entry, [entry])
  let batch = ''
  return {
    write(row) {
      batch += `${JSON.stringify(row)}\n`
      if (batch.length < BATCH_CHARACTERS) return undefined
      const full = batch
      batch = ''
      return lines.write(full)
    },
    async end() {
      if (batch !== '') await lines.write(batch)
      await lines.end()
    },
  }
}
