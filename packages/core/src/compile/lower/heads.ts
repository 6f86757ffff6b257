import { planCutAssign } from '../../language/assign/cut/plan.js'
import { planGiven } from '../../language/assign/given/plan.js'
import { planRules } from '../../language/assign/rules/plan.js'
import { planTop } from '../../language/assign/top/plan.js'
import { planValueAssign } from '../../language/assign/value/plan.js'
import type { Assign, Condition, EventValue, Test, Value } from '../../language/document.js'
import type { AssignWayName, ConditionHeadName, EventValueHeadName, ValueHeadName } from '../../language/frame/names.js'
import { planAll } from '../../language/heads/all/plan.js'
import { planAmong } from '../../language/heads/among/plan.js'
import { planAny } from '../../language/heads/any/plan.js'
import { planAttr } from '../../language/heads/attr/plan.js'
import { planCalc } from '../../language/heads/calc/plan.js'
import { planCase } from '../../language/heads/case/plan.js'
import { planClock } from '../../language/heads/clock/plan.js'
import { planCut } from '../../language/heads/cut/plan.js'
import { planDid } from '../../language/heads/did/plan.js'
import { planMember } from '../../language/heads/member/plan.js'
import { planMetric } from '../../language/heads/metric/plan.js'
import { planNot } from '../../language/heads/not/plan.js'
import { planPer } from '../../language/heads/per/plan.js'
import { planProp } from '../../language/heads/prop/plan.js'
import { planSequence } from '../../language/heads/sequence/plan.js'
import { planSince } from '../../language/heads/since/plan.js'
import { planTag } from '../../language/heads/tag/plan.js'
import { planVia } from '../../language/heads/via/plan.js'
import type { PlanAssign } from './assign-scope.js'
import type { PlanCondition, PlanValue } from './scope.js'

type ValueOf<Head extends string> = Extract<Value | EventValue, Record<Head, unknown>>
type ConditionOf<Head extends string> = Extract<Condition | Test, Record<Head, unknown>>

/** How each head of a value is planned; null = not planned yet, resolve refuses it. A new head does not compile here. */
export const VALUE_PLANS: { readonly [Head in ValueHeadName | EventValueHeadName]: PlanValue<ValueOf<Head>> | null } = {
  attr: planAttr,
  tag: planTag,
  metric: planMetric,
  did: planDid,
  per: planPer,
  via: planVia,
  since: planSince,
  clock: planClock,
  calc: planCalc,
  cut: planCut,
  among: planAmong,
  trigger: null,
  prop: planProp,
  case: planCase,
}

/** How each group of conditions is planned; null as above. */
export const CONDITION_PLANS: { readonly [Head in ConditionHeadName]: PlanCondition<ConditionOf<Head>> | null } = {
  all: planAll,
  any: planAny,
  not: planNot,
  sequence: planSequence,
  member: planMember,
}

/** How each way to assign is planned; null as above. */
export const ASSIGN_PLANS: {
  readonly [Way in AssignWayName]: PlanAssign<Extract<Assign, Record<Way, unknown>>> | null
} = {
  rules: planRules,
  cut: planCutAssign,
  top: planTop,
  value: planValueAssign,
  given: planGiven,
}
