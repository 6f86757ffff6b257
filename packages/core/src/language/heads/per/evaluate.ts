import { combineNumbers } from '../../../evaluate/combine.js'
import type { EvaluateValue, Row, SubjectValue } from '../../../evaluate/scope.js'
import { ONE } from '../../../kernel/decimal.js'
import type { PerValue } from '../../document.js'
import { getFrom } from '../did/get-evaluations.js'
import { bucketNumber, bucketsOf, isCalendarBucket } from './buckets.js'

/** Buckets in which something happened: counted, their values put together, or their longest run. */
export const evaluatePer: EvaluateValue<PerValue> = ({ per, of, having, get = 'count' }, scope) => {
  const window = scope.window(of.within ?? 'ever')
  const rows = scope.rows(of)
  if (window === null || rows === null) return { value: null }
  const held: { rows: readonly Row[]; value: SubjectValue }[] = []
  for (const bucket of bucketsOf(per, rows, scope)) {
    const value = getFrom(bucket, of, scope)
    if (having === undefined || scope.tail(value, having) === true) held.push({ rows: bucket, value })
  }
  if (get === 'count') return { value: BigInt(held.length) * ONE }
  if (get !== 'streak' && get !== 'currentStreak') {
    return {
      value: combineNumbers(
        get,
        held.flatMap(({ value: { value } }) => (typeof value === 'bigint' ? [value] : [])),
      ),
    }
  }
  if (!isCalendarBucket(per)) return { value: null }
  const numbers = held.map((bucket) => bucketNumber(per, bucket.rows[0]!.ts, scope.zone))
  const end = (window.to ?? scope.asOf) - 1
  const run = get === 'streak' ? longestRun(numbers) : runUntil(numbers, bucketNumber(per, end, scope.zone))
  return { value: BigInt(run) * ONE }
}

/** `numbers` rise. */
function longestRun(numbers: readonly number[]): number {
  let longest = 0
  let run = 0
  for (const [index, number] of numbers.entries()) {
    run = index > 0 && numbers[index - 1] === number - 1 ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}

/** Length of the run that ends at the last bucket, or at the one before it: the last one is not over yet. */
function runUntil(numbers: readonly number[], last: number): number {
  const held = new Set(numbers)
  let at = held.has(last) ? last : last - 1
  let run = 0
  for (; held.has(at); at--) run += 1
  return run
}
