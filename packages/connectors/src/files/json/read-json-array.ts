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
import { type ArrayElement, makeElementScanner } from './element-scanner.js'
import { jsonRow } from './json-row.js'

/** Reads the elements of a JSON array as rows, counted from 1, without ever holding the whole document. */
export async function* readJsonArray(bytes: ByteSource, encoding: TextEncoding): RowGroups {
  const scanner = makeElementScanner()
  let number = 0
  let group: FileRow[] = []
  const toRow = (element: ArrayElement): FileRow => {
    number++
    if ('broken' in element) return brokenRow(number, element.broken, element.text, { limit: MAX_ROW_CHARACTERS })
    if (element.text.length > MAX_ROW_CHARACTERS) {
      return brokenRow(number, 'row_too_long', element.text, { limit: MAX_ROW_CHARACTERS })
    }
    return jsonRow(number, element.text)
  }
  let held = 0
  for await (const text of decodeText(bytes.chunks(), encoding)) {
    held += text.length
    for (const element of scanner.push(text)) {
      group.push(toRow(element))
      if (group.length >= GROUP_ROWS || held > GROUP_CHARACTERS) {
        yield group
        group = []
        held = 0
      }
    }
  }
  const rest = scanner.end()
  const damage = bytes.damage()
  if (damage !== null || !rest.complete) {
    const text = rest.elements.map((element) => element.text).join('')
    const detail = damage ?? 'the closing bracket of the array is missing'
    group.push(brokenRow(number + 1, 'file_cut_off', text, { detail }))
  }
  if (group.length > 0) yield group
}
