import type { AssignScope, PlanAssign } from '../../../compile/lower/assign-scope.js'
import { inside } from '../../../compile/lower/inside.js'
import { type Lowered, MISSING, millisOf, scaledOf, TS } from '../../../compile/lower/lowered.js'
import type { RowsPlan } from '../../../compile/lower/scope.js'
import {
  aggregate,
  call,
  choose,
  column,
  type Expr,
  isTrue,
  missing,
  number,
  param,
} from '../../../compile/plan/expr.js'
import { ONE, parseDecimal } from '../../../kernel/decimal.js'
import type { TopAssign } from '../../document.js'
import { DECAY, halfLifeMs } from './decay.js'

/** The n values that weigh most, heaviest first: weights per value in buckets, then the heaviest of the profile. */
export const planTop: PlanAssign<TopAssign> = (assign, tag, scope, path) => {
  const { top, n = 1, atLeast = 1, share, weight } = assign
  const buckets = scope.buckets(assign, { kind: 'text', prop: top, path: `${path}/top` }, path)
  if (buckets === null) return MISSING
  const { rows } = buckets
  const weighs = rows.leaf(aggregate('sumWide', [weightOf(rows, weight, scope, path)], rows.when))
  const held = [buckets.any, call('gt', weighs, number(0))]
  const heaviest = aggregate('sortedRows', [call('negative', weighs), buckets.bucket], held)
  const most = param('Int64', n)
  const texts = buckets.leaf(
    share === undefined
      ? call('heaviest', heaviest, most)
      : call('heaviestOf', heaviest, most, param('Int128', parseDecimal(share) ?? 0n)),
  )
  const isEnough = call('gte', countOf(assign, scope, path), number(atLeast))
  const value: Lowered =
    tag.family === 'multi'
      ? { type: 'list', element: 'text', expr: texts, known: call('notEmpty', texts) }
      : {
          type: 'text',
          expr: choose([{ when: call('notEmpty', texts), then: call('part1', texts) }], missing('String')),
        }
  return inside(rows.inside, atLeast > 1 ? inside(isEnough, value) : value)
}

/** How many rows have a value at all. */
function countOf(assign: TopAssign, scope: AssignScope, path: string): Expr {
  const rows = scope.rows(assign, path)
  return rows === null ? number(0) : rows.leaf(aggregate('count', [], [...rows.when, rows.hasText(assign.top, path)]))
}

/** Sum × weight of the event × decay, cut once at 8 decimals; a row without the summed property weighs nothing. */
function weightOf(rows: RowsPlan, weight: TopAssign['weight'], scope: AssignScope, path: string): Expr {
  const summed = weight?.sum === undefined ? null : rows.prop(weight.sum, `${path}/weight/sum`)
  const one = param('Int128', ONE)
  const sum = summed === null ? one : summed.type === 'number' ? call('ifNull', scaledOf(summed), number(0)) : number(0)
  return call('weightOf', sum, eventWeight(weight?.events, one), decayOf(weight?.halfLife, scope, one))
}

function eventWeight(events: Readonly<Record<string, number>> | undefined, one: Expr): Expr {
  if (events === undefined) return one
  return choose(
    Object.entries(events).map(([event, times]) => ({
      when: isTrue(call('eq', column('event'), param('String', event))),
      then: param('Int128', parseDecimal(times) ?? ONE),
    })),
    one,
  )
}

function decayOf(halfLife: NonNullable<TopAssign['weight']>['halfLife'], scope: AssignScope, one: Expr): Expr {
  if (halfLife === undefined) return one
  const age = call('minus', param('Int64', scope.asOf), millisOf(TS))
  return call('decayed', age, param('Int64', halfLifeMs(halfLife)), param('Array(Int64)', [...DECAY.map(Number), 0]))
}
