import { makeCsvTokenizer } from './csv-tokenizer.js'

/** Delimiters that are tried, the likeliest first. */
const DELIMITERS = [',', '\t', ';', '|'] as const

/** Lines of the sample that are compared. */
const SAMPLE_RECORDS = 200

/**
 * The delimiter under which the first records have the same number of fields most often; the more fields the better.
 * A file of one column has none of them: then it is the comma.
 */
export function sniffDelimiter(sample: string, carriageReturns: boolean): string {
  let best: string = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const counts = new Map<number, number>()
    let records = 0
    for (const record of makeCsvTokenizer(delimiter, carriageReturns).push(sample)) {
      if (records++ >= SAMPLE_RECORDS) break
      if ('fields' in record && record.fields.length > 1) {
        counts.set(record.fields.length, (counts.get(record.fields.length) ?? 0) + 1)
      }
    }
    for (const [fields, times] of counts) {
      const score = (times / Math.max(1, Math.min(records, SAMPLE_RECORDS))) * (1 + Math.min(fields, 50) / 100)
      if (score > bestScore) {
        best = delimiter
        bestScore = score
      }
    }
  }
  return best
}
