import type { ByteSource } from '../byte-source.js'
import { decodeText } from '../decode-text.js'
import type { TextEncoding } from '../encoding.js'
import {
  brokenRow,
  type FileRow,
  GROUP_CHARACTERS,
  GROUP_ROWS,
  MAX_ROW_CHARACTERS,
  type RowGroups,
} from '../file-row.js'
import { jsonRow } from './json-row.js'

/** Reads a file with one JSON object per line. A broken line is one broken row. */
export async function* readNdjson(bytes: ByteSource, encoding: TextEncoding): RowGroups {
  let pending = ''
  let line = 0
  let skipping = false
  let group: FileRow[] = []
  const take = (text: string): void => {
    line++
    if (skipping) {
      skipping = false
      return
    }
    if (text.length > MAX_ROW_CHARACTERS) {
      group.push(brokenRow(line, 'row_too_long', text, { limit: MAX_ROW_CHARACTERS }))
      return
    }
    const trimmed = text.trim()
    if (trimmed !== '') group.push(jsonRow(line, trimmed))
  }
  let held = 0
  for await (const text of decodeText(bytes.chunks(), encoding)) {
    held += text.length
    const block = pending === '' ? text : pending + text
    let at = 0
    for (let feed = block.indexOf('\n'); feed !== -1; feed = block.indexOf('\n', at)) {
      take(block.slice(at, feed))
      at = feed + 1
      if (group.length >= GROUP_ROWS || (held > GROUP_CHARACTERS && group.length > 0)) {
        yield group
        group = []
        held = 0
      }
    }
    pending = block.slice(at)
    if (pending.length > MAX_ROW_CHARACTERS) {
      // An endless line: it is reported once and passed over without being held.
      if (!skipping) group.push(brokenRow(line + 1, 'row_too_long', pending, { limit: MAX_ROW_CHARACTERS }))
      skipping = true
      pending = ''
    }
  }
  const damage = bytes.damage()
  if (damage === null) {
    if (pending !== '' || skipping) take(pending)
  } else {
    group.push(brokenRow(line + 1, 'file_cut_off', pending, { detail: damage }))
  }
  if (group.length > 0) yield group
}
