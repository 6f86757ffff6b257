import { elementText } from '../../../evaluate/element-text.js'
import type { EvaluateScope, Row, SubjectValue } from '../../../evaluate/scope.js'
import { ONE } from '../../../kernel/decimal.js'
import { localDayNumber } from '../../../kernel/zone.js'
import type { DidValue, Prop } from '../../document.js'
import { compareUtf8, compareValues } from '../../event-scope/compare.js'
import { evaluateEventValue } from '../../event-scope/evaluate-event-value.js'
import type { EventScopeScalar, EventScopeValue } from '../../event-scope/event-scope.js'
import { evaluateGaps } from './gaps.js'
import { type GetName, getNameOf } from './get-name.js'

/** `rows` are in the order of moments and sequence numbers. */
type Evaluate = (rows: readonly Row[], value: DidValue, scope: EvaluateScope) => SubjectValue

/** A distinct list holds at most this many values. */
const MOST_VALUES = 1000

/** What a `get` makes of rows: all of a stream, or those of one bucket. */
export function getFrom(rows: readonly Row[], value: DidValue, scope: EvaluateScope): SubjectValue {
  return GET_EVALUATIONS[getNameOf(value.get ?? 'count')](rows, value, scope)
}

/** One entry per get: a new one does not compile here. */
const GET_EVALUATIONS: Readonly<Record<GetName, Evaluate>> = {
  count: (rows) => ({ value: BigInt(rows.length) * ONE }),
  days: (rows, _value, { zone }) => {
    const days = new Set(rows.map((row) => localDayNumber(zone, row.ts)))
    return { value: BigInt(days.size) * ONE }
  },
  firstAt: (rows, { nth = 1 }) => ({ value: rows.at(nth - 1)?.ts ?? null }),
  lastAt: (rows, { nth = 1 }) => ({ value: rows.at(-nth)?.ts ?? null }),
  span: (rows) => {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return { value: null }
    // Minutes, truncated at 4 decimals.
    return { value: BigInt(Math.trunc((last.ts - first.ts) / 6)) * (ONE / 10_000n) }
  },
  sum: (rows, value) => ({ value: sumOf(numbersOf(rows, value)) }),
  avg: (rows, value) => {
    const numbers = numbersOf(rows, value)
    if (numbers.length === 0) return { value: null }
    const [over, under] = [sumOf(numbers), BigInt(numbers.length) * ONE]
    return { value: (over * ONE) / under, ratio: { over, under } }
  },
  min: (rows, value) => ({ value: knownOf(rows, value).sort((a, b) => compareValues(a, b)!)[0] ?? null }),
  max: (rows, value) => ({ value: knownOf(rows, value).sort((a, b) => compareValues(b, a)!)[0] ?? null }),
  distinct: (rows, value) => ({ value: BigInt(new Set(knownOf(rows, value)).size) * ONE }),
  first: (rows, value) => ({ value: propAt(rows.at((value.nth ?? 1) - 1), value) }),
  last: (rows, value) => ({ value: propAt(rows.at(-(value.nth ?? 1)), value) }),
  values: (rows, value) => {
    if (rows.length === 0) return { value: null }
    const texts = new Set(knownOf(rows, value).map(elementText))
    return { value: [...texts].sort(compareUtf8).slice(0, MOST_VALUES) }
  },
  gaps: evaluateGaps,
}

function propAt(row: Row | undefined, { get }: DidValue): EventScopeValue {
  if (row === undefined || typeof get !== 'object') return null
  const prop = Object.values(get)[0] as Prop
  return evaluateEventValue(typeof prop === 'string' ? { prop } : prop, row.scope)
}

/** The known values of the property; a list gives its elements. */
function knownOf(rows: readonly Row[], value: DidValue): EventScopeScalar[] {
  return rows.flatMap((row) => {
    const found = propAt(row, value)
    return found === null ? [] : typeof found === 'object' ? found : [found]
  })
}

function numbersOf(rows: readonly Row[], value: DidValue): bigint[] {
  return knownOf(rows, value).filter((one) => typeof one === 'bigint')
}

function sumOf(numbers: readonly bigint[]): bigint {
  return numbers.reduce((sum, one) => sum + one, 0n)
}
