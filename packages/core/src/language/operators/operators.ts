import type { OperatorName, Tail } from '../document.js'
import { EN_KIND, ZH_KIND } from '../frame/kind-words.js'
import { type Message, say } from '../frame/message.js'
import type { OperatorModule } from '../frame/operator-module.js'
import type { ValueType } from '../frame/scope.js'
import { between } from './between.js'
import { anniversary, during } from './dates.js'
import { is, isNot } from './equality.js'
import { known } from './known.js'
import { hasAll, hasAny, hasNone } from './lists.js'
import { gt, gte, lt, lte } from './order.js'
import { isIn, notIn } from './sets.js'
import { contains, endsWith, startsWith, under } from './text.js'

/** Right side of an operator. */
export type RightOf<Name extends OperatorName> = Extract<Tail, Record<Name, unknown>>[Name]

/** Every operator. */
export const OPERATOR_MODULES: { readonly [Name in OperatorName]: OperatorModule<RightOf<Name>> } = {
  is,
  isNot,
  gt,
  gte,
  lt,
  lte,
  between,
  in: isIn,
  notIn,
  hasAny,
  hasAll,
  hasNone,
  contains,
  startsWith,
  endsWith,
  under,
  known,
  during,
  anniversary,
}

/** Said when an operator does not go with the type on its left. */
export function wrongOperator(operator: OperatorName, kind: ValueType['kind']): Message {
  const fitting = (Object.keys(OPERATOR_MODULES) as OperatorName[]).filter((name) =>
    OPERATOR_MODULES[name].kinds.includes(kind),
  )
  return say(
    `this is ${EN_KIND[kind]}, "${operator}" does not go with it: use ${fitting.join(', ')}`,
    `这是${ZH_KIND[kind]}，不能用“${operator}”：可用 ${fitting.join('、')}`,
  )
}
