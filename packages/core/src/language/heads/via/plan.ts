import { elementTextOf } from '../../../compile/lower/element-text.js'
import { type Lowered, listOfCodes, numberOf, quotientOf, scaledOf } from '../../../compile/lower/lowered.js'
import type { PlanValue, RelatedPlan } from '../../../compile/lower/scope.js'
import { aggregate, call, type Expr, isTrue, missing, number, TRUE } from '../../../compile/plan/expr.js'
import type { ViaValue } from '../../document.js'

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

const NO_NUMBER: Lowered = numberOf('scaled', missing('Int128'))

const ofNumbers =
  (put: (value: Expr, when: readonly Expr[], leaf: (expr: Expr) => Expr) => Lowered): Put =>
  (related, value, when) => {
    if (value?.type !== 'number') return NO_NUMBER
    const scaled = scaledOf(value)
    return put(scaled, [...when, call('isKnown', scaled)], related.leaf)
  }

/** One entry per get: a new one does not compile until it is here. */
const GETS: Readonly<Record<NonNullable<ViaValue['get']>, Put>> = {
  count: ({ leaf }, _value, when) => numberOf('whole', leaf(aggregate('count', [], when))),
  share: ({ leaf }, _value, when, all) => {
    const over = scaledOf(numberOf('whole', leaf(aggregate('count', [], when))))
    return { ...quotientOf({ over, under: leaf(aggregate('count', [], all)), underForm: 'whole' }), ratio: null }
  },
  list: ({ leaf }, value, when) => {
    const texts = leaf(call('sortedTexts', distinctOf(value, when)))
    return { type: 'list', element: 'text', expr: texts, known: call('notEmpty', texts) }
  },
  sum: ofNumbers((value, when, leaf) => numberOf('scaled', call('narrow', leaf(sumOf(value, when))))),
  avg: ofNumbers((value, when, leaf) => ({
    ...quotientOf({ over: leaf(sumOf(value, when)), under: leaf(aggregate('count', [], when)), underForm: 'whole' }),
    ratio: null,
  })),
  min: ofNumbers((value, when, leaf) => numberOf('scaled', leaf(aggregate('earliest', [value], when)))),
  max: ofNumbers((value, when, leaf) => numberOf('scaled', leaf(aggregate('latest', [value], when)))),
}

function sumOf(value: Expr, when: readonly Expr[]): Expr {
  return call('ifNull', aggregate('sumWide', [value], when), number(0))
}

function distinctOf(value: Lowered | null, when: readonly Expr[]): Expr {
  if (value === null || value.type === 'missing') return call('list')
  if (value.type === 'list') return aggregate('distinctOfLists', [listOf(value)], [...when, value.known])
  if (value.type === 'codes') return aggregate('distinctOfLists', [codeTextsOf(value)], when)
  return aggregate('distinct', [elementTextOf(value)], when)
}

function listOf(value: Extract<Lowered, { type: 'list' }>): Expr {
  return value.element === 'text' ? value.expr : call('textsOf', value.expr)
}

function codeTextsOf(value: Extract<Lowered, { type: 'codes' }>): Expr {
  return listOfCodes(value).expr
}
