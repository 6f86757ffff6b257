import { type Combination, combineNumbers, NO_NUMBER } from '../../../compile/lower/combine-numbers.js'
import { inside } from '../../../compile/lower/inside.js'
import { type Lowered, numberOf } from '../../../compile/lower/lowered.js'
import { lowerTail } from '../../../compile/lower/operators.js'
import type { BucketsOf, BucketsPlan, PlanScope, PlanValue } from '../../../compile/lower/scope.js'
import { aggregate, call, choose, type Expr, isTrue, number } from '../../../compile/plan/expr.js'
import type { PerValue, Tail } from '../../document.js'
import { planGet } from '../did/plan.js'

/** Rows aggregated per bucket, and the buckets that hold once more per profile. */
export const planPer: PlanValue<PerValue> = ({ per, of, having, get = 'count' }, scope, path) => {
  const buckets = scope.buckets(of, bucketsOf(per, path), `${path}/of`)
  if (buckets === null) return NO_NUMBER
  const value = planGet(of, buckets.rows, `${path}/of`)
  const when = [buckets.any]
  if (having !== undefined)
    when.push(isTrue(lowerTail(value, literalOnly(having, scope, path), scope, `${path}/having`)))
  return inside(buckets.rows.inside, GETS[get](buckets, value, when))
}

/** A bucket is compared with what is written: the values of its subject are not beside it. */
function literalOnly(having: Tail, scope: PlanScope, path: string): Tail {
  const [right] = Object.values(having) as unknown[]
  const parts = Array.isArray(right) ? right : [right]
  const isValue = parts.some((part) => typeof part === 'object' && part !== null)
  const isWindow = 'during' in having || 'anniversary' in having
  return isValue && !isWindow ? scope.refuse('a value beside which a bucket is tested', `${path}/having`) : having
}

function bucketsOf(per: PerValue['per'], path: string): BucketsOf {
  if (per === 'event') return { kind: 'event' }
  if (typeof per === 'string') return { kind: 'calendar', unit: per }
  if ('session' in per) return { kind: 'session', pause: per.session }
  return { kind: 'prop', prop: per.prop, path: `${path}/per/prop` }
}

type Put = (buckets: BucketsPlan, value: Lowered, when: readonly Expr[]) => Lowered

const combined =
  (get: Combination): Put =>
  (buckets, value, when) =>
    combineNumbers(get, value, when, buckets.leaf)

/** One entry per get: a new one does not compile until it is here. */
const GETS: Readonly<Record<NonNullable<PerValue['get']>, Put>> = {
  count: (buckets, _value, when) => numberOf('whole', buckets.leaf(aggregate('count', [], when))),
  sum: combined('sum'),
  avg: combined('avg'),
  min: combined('min'),
  max: combined('max'),
  streak: (buckets, _value, when) => numberOf('whole', buckets.leaf(call('longestRun', risingOf(buckets, when)))),
  currentStreak: (buckets, _value, when) => {
    const length = buckets.leaf(call('lastRun', risingOf(buckets, when)))
    const last = buckets.leaf(aggregate('latest', [buckets.bucket], when))
    if (buckets.last === null) return NO_NUMBER
    // The run that ends in the bucket before still goes on: the last one is not over.
    const goesOn = isTrue(call('gte', last, call('minus', buckets.last, number(1))))
    return numberOf('whole', choose([{ when: goesOn, then: length }], number(0)))
  },
}

function risingOf(buckets: BucketsPlan, when: readonly Expr[]): Expr {
  return aggregate('sortedValues', [buckets.bucket], when)
}
