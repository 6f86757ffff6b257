import type { Row, SubjectValue } from '../../../evaluate/scope.js'
import { decimalFromFloat, ONE } from '../../../kernel/decimal.js'
import type { DidValue, Get } from '../../document.js'

type Gaps = Extract<Get, { gaps: unknown }>['gaps']

const DAY_MS = 86_400_000n

/** Days between neighbouring events; the lines of one event are one moment. Missing with fewer than two events. */
export function evaluateGaps(rows: readonly Row[], { get }: DidValue): SubjectValue {
  const isSame = (row: Row, other: Row): boolean => row.seq === other.seq && row.ts === other.ts
  const moments = rows.filter((row, index) => index === 0 || !isSame(row, rows[index - 1]!)).map((row) => row.ts)
  if (moments.length < 2 || typeof get !== 'object' || !('gaps' in get)) return { value: null }
  const gaps = moments.slice(1).map((ts, index) => BigInt(ts - moments[index]!))
  return { value: GAPS[get.gaps](gaps) }
}

/** `gaps` in ms, at least one. */
const GAPS: Readonly<Record<Gaps, (gaps: readonly bigint[]) => bigint | null>> = {
  avg: (gaps) => (totalOf(gaps) * ONE) / (BigInt(gaps.length) * DAY_MS),
  min: (gaps) => (risingOf(gaps)[0]! * ONE) / DAY_MS,
  max: (gaps) => (risingOf(gaps).at(-1)! * ONE) / DAY_MS,
  median: (gaps) => {
    const rising = risingOf(gaps)
    const middle = rising.length >> 1
    if (rising.length % 2 === 1) return (rising[middle]! * ONE) / DAY_MS
    return ((rising[middle - 1]! + rising[middle]!) * ONE) / (2n * DAY_MS)
  },
  sd: (gaps) => {
    const n = BigInt(gaps.length)
    if (n < 2n) return null
    const sum = totalOf(gaps)
    const squares = totalOf(gaps.map((gap) => gap * gap))
    return decimalFromFloat(Math.sqrt(Number((n * squares - sum * sum) / (n * (n - 1n)))) / Number(DAY_MS), 6)
  },
}

function totalOf(gaps: readonly bigint[]): bigint {
  return gaps.reduce((sum, gap) => sum + gap, 0n)
}

function risingOf(gaps: readonly bigint[]): bigint[] {
  return gaps.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
