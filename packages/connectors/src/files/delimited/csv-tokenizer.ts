import type { FileReason } from '@tagtree/core/collect/reasons'
import { UNDECODABLE } from '../decode-text.js'
import { MAX_ROW_CHARACTERS } from '../file-row.js'

/** One record of a delimited file, or a line that could not become one. */
export type CsvRecord =
  | { readonly line: number; readonly fields: string[] }
  | { readonly line: number; readonly broken: FileReason; readonly text: string }

/** Cuts text into records. Feed blocks in order, then `end`. */
export interface CsvTokenizer {
  push(text: string): CsvRecord[]
  /** The last records; `cutOff` = the text ended too early, so an unfinished last line is broken. */
  end(cutOff: boolean): CsvRecord[]
  /** From now on records that span lines must have this many fields, else only their first line is broken. */
  expect(fields: number): void
}

/** Least text that is searched for the end of a quoted field after searches failed. */
const LEAST_SEARCH = 4_096

/**
 * A tokenizer of RFC 4180 with one delimiter. What real files break is repaired where it is unambiguous (a quotation mark
 * inside of an unquoted field is a character; blanks around quoted fields are left out; lines may end in LF, CRLF or CR).
 *
 * A quote that is never closed would swallow the rest of the file. So when a record that spans lines turns out wrong
 * (text after the closing quote, a wrong number of fields, no end within the longest row), only its *first line* is
 * broken and reading goes on with the second one: nothing valid beside it is lost. The search gets shorter with every
 * failure, so that a hostile file costs no more than linear time.
 */
export function makeCsvTokenizer(delimiter: string, carriageReturns: boolean): CsvTokenizer {
  let pending = ''
  let line = 1
  let expected: number | null = null
  let search = MAX_ROW_CHARACTERS
  let skippingLongLine = false
  let marked = false

  const cut = (ended: boolean, cutOff: boolean): CsvRecord[] => {
    const text = pending
    const records: CsvRecord[] = []
    const push = (record: CsvRecord, raw: () => string): void => {
      records.push(
        marked && 'fields' in record && record.fields.some((field) => field.includes(UNDECODABLE))
          ? { line: record.line, broken: 'encoding_broken', text: raw() }
          : record,
      )
    }
    let at = 0
    let nextQuote = text.indexOf('"')
    while (at < text.length) {
      const feed = text.indexOf('\n', at)
      if (skippingLongLine) {
        if (feed === -1) {
          at = text.length
          break
        }
        skippingLongLine = false
        line++
        at = feed + 1
        continue
      }
      if (feed === -1 && !ended) {
        if (text.length - at > MAX_ROW_CHARACTERS) {
          records.push({ line, broken: 'row_too_long', text: text.slice(at, at + 1000) })
          skippingLongLine = true
          at = text.length
        }
        break
      }
      const end = feed === -1 ? text.length : feed
      const stop = end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end
      if (stop - at > MAX_ROW_CHARACTERS) {
        records.push({ line, broken: 'row_too_long', text: text.slice(at, at + 1000) })
        line++
        at = end + 1
        continue
      }
      if (feed === -1 && cutOff) {
        at = text.length
        break
      }
      if (nextQuote !== -1 && nextQuote < at) nextQuote = text.indexOf('"', at)
      if (nextQuote === -1 || nextQuote >= stop) {
        if (stop > at) {
          const raw = text.slice(at, stop)
          push({ line, fields: raw.split(delimiter) }, () => raw)
        }
        line++
        at = end + 1
        continue
      }
      const from = at
      const read = readQuoted(text, from, delimiter, Math.min(search, MAX_ROW_CHARACTERS), ended)
      if (read === 'more') break
      const spans = read.lines > 1
      if (read.fields !== null && !(spans && expected !== null && read.fields.length !== expected)) {
        if (spans) search = MAX_ROW_CHARACTERS
        push({ line, fields: read.fields }, () => text.slice(from, read.next))
        line += read.lines
        at = read.next
        continue
      }
      if (spans || read.fields === null) search = Math.max(LEAST_SEARCH, search >> 1)
      records.push({ line, broken: 'quote_broken', text: text.slice(at, stop) })
      line++
      at = end + 1
    }
    pending = at >= text.length ? '' : text.slice(at)
    return records
  }

  return {
    push: (text) => {
      const fresh = carriageReturns ? text.replaceAll('\r', '\n') : text
      marked ||= fresh.includes(UNDECODABLE)
      pending = pending === '' ? fresh : pending + fresh
      return cut(false, false)
    },
    end: (cutOff) => cut(true, cutOff),
    expect: (fields) => {
      expected = fields
    },
  }
}

interface QuotedRead {
  /** null: the quotes are broken. */
  readonly fields: string[] | null
  /** Physical lines the record spans; for a broken one the lines looked at. */
  readonly lines: number
  /** Where the next record begins. */
  readonly next: number
}

/** Reads one record that has a quotation mark, from `start`; 'more' = its end is not in the text yet. */
function readQuoted(
  text: string,
  start: number,
  delimiter: string,
  search: number,
  ended: boolean,
): QuotedRead | 'more' {
  const fields: string[] = []
  const limit = start + search
  let lines = 1
  let at = start
  for (;;) {
    let open = at
    while (text.charCodeAt(open) === 32) open++
    if (text.charCodeAt(open) !== 34) {
      const stop = endOfPlain(text, at, delimiter)
      const next = stop.end
      if (next === text.length && !ended) return 'more'
      fields.push(text.slice(at, next > at && stop.line && text.charCodeAt(next - 1) === 13 ? next - 1 : next))
      if (stop.line) return { fields, lines, next: next + 1 }
      at = next + 1
      continue
    }
    let value = ''
    let from = open + 1
    for (;;) {
      const quote = text.indexOf('"', from)
      if (quote === -1 || quote > limit) {
        if (quote === -1 && !ended && text.length - start <= search) return 'more'
        return { fields: null, lines, next: at }
      }
      if (quote + 1 >= text.length && !ended) return 'more'
      value += text.slice(from, quote)
      from = quote + 1
      if (text.charCodeAt(from) !== 34) break
      value += '"'
      from++
    }
    for (let feed = value.indexOf('\n'); feed !== -1; feed = value.indexOf('\n', feed + 1)) lines++
    while (text.charCodeAt(from) === 32) from++
    const after = text[from]
    if (after === undefined && !ended) return 'more'
    if (after === '\r' && text[from + 1] === undefined && !ended) return 'more'
    if (after === delimiter) {
      fields.push(value)
      at = from + 1
    } else if (after === undefined || after === '\n' || (after === '\r' && (text[from + 1] ?? '\n') === '\n')) {
      fields.push(value)
      return { fields, lines, next: after === '\r' ? from + 2 : from + 1 }
    } else {
      return { fields: null, lines, next: at }
    }
  }
}

/** The end of an unquoted field: its delimiter, or the end of the line. */
function endOfPlain(text: string, at: number, delimiter: string): { end: number; line: boolean } {
  const feed = text.indexOf('\n', at)
  const lineEnd = feed === -1 ? text.length : feed
  const next = text.indexOf(delimiter, at)
  return next !== -1 && next < lineEnd ? { end: next, line: false } : { end: lineEnd, line: true }
}
