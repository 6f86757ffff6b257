import { type Combination, combineNumbers } from '../../../compile/lower/combine-numbers.js'
import { type Lowered, numberOf, quotientOf, scaledOf } from '../../../compile/lower/lowered.js'
import type { PlanValue, RelatedPlan } from '../../../compile/lower/scope.js'
import { aggregate, call, type Expr, isTrue, number, TRUE } from '../../../compile/plan/expr.js'
import type { ViaValue } from '../../document.js'
import { distinctTexts } from '../did/distinct-texts.js'

/** Whoever a relation reaches: counted, or their values put together. */
export const planVia: PlanValue<ViaValue> = ({ via, role, where, of, get = 'count' }, scope, path) => {
  const related = scope.related(via, role, `${path}/via`)
  const there = call('gt', related.alive, number(0))
  const holds = where === undefined ? TRUE : isTrue(related.scope.condition(where, `${path}/where`))
  const when = holds === TRUE ? [there] : [there, call('gt', related.column(holds), number(0))]
  const value = of === undefined ? null : related.value(related.scope.value(of, `${path}/of`))
  return GETS[get](related, value, when, [there])
}

type Put = (related: RelatedPlan, value: Lowered | null, when: readonly Expr[], all: readonly Expr[]) => Lowered

const combined =
  (get: Combination): Put =>
  ({ leaf }, value, when) =>
    combineNumbers(get, value, when, leaf)

/** One entry per get: a new one does not compile until it is here. */
const GETS: Readonly<Record<NonNullable<ViaValue['get']>, Put>> = {
  count: ({ leaf }, _value, when) => numberOf('whole', leaf(aggregate('count', [], when))),
  share: ({ leaf }, _value, when, all) => {
    const over = scaledOf(numberOf('whole', leaf(aggregate('count', [], when))))
    return { ...quotientOf({ over, under: leaf(aggregate('count', [], all)), underForm: 'whole' }), ratio: null }
  },
  list: ({ leaf }, value, when) => {
    const texts = leaf(call('sorted', value === null ? call('list') : distinctTexts(value, when)))
    return { type: 'list', element: 'text', expr: texts, known: call('notEmpty', texts) }
  },
  sum: combined('sum'),
  avg: combined('avg'),
  min: combined('min'),
  max: combined('max'),
}
