import { evaluateCutAssign } from '../language/assign/cut/evaluate.js'
import { evaluateGiven } from '../language/assign/given/evaluate.js'
import { evaluateRules } from '../language/assign/rules/evaluate.js'
import { evaluateTop } from '../language/assign/top/evaluate.js'
import { evaluateValueAssign } from '../language/assign/value/evaluate.js'
import type { Assign, Condition, Value } from '../language/document.js'
import type { AssignWayName, ConditionHeadName, ValueHeadName } from '../language/frame/names.js'
import { evaluateAll } from '../language/heads/all/evaluate.js'
import { evaluateAmong } from '../language/heads/among/evaluate.js'
import { evaluateAny } from '../language/heads/any/evaluate.js'
import { evaluateAttr } from '../language/heads/attr/evaluate.js'
import { evaluateCalc } from '../language/heads/calc/evaluate.js'
import { evaluateClock } from '../language/heads/clock/evaluate.js'
import { evaluateCut } from '../language/heads/cut/evaluate.js'
import { evaluateDid } from '../language/heads/did/evaluate.js'
import { evaluateMember } from '../language/heads/member/evaluate.js'
import { evaluateMetric } from '../language/heads/metric/evaluate.js'
import { evaluateNot } from '../language/heads/not/evaluate.js'
import { evaluatePer } from '../language/heads/per/evaluate.js'
import { evaluateSequence } from '../language/heads/sequence/evaluate.js'
import { evaluateSince } from '../language/heads/since/evaluate.js'
import { evaluateTag } from '../language/heads/tag/evaluate.js'
import { evaluateTrigger } from '../language/heads/trigger/evaluate.js'
import { evaluateVia } from '../language/heads/via/evaluate.js'
import type { EvaluateAssign, EvaluateCondition, EvaluateValue } from './scope.js'

type ValueOf<Head extends string> = Extract<Value, Record<Head, unknown>>
type ConditionOf<Head extends string> = Extract<Condition, Record<Head, unknown>>

/** How each head of a value is evaluated. A new head does not compile here. */
export const VALUE_EVALUATIONS: { readonly [Head in ValueHeadName]: EvaluateValue<ValueOf<Head>> } = {
  attr: evaluateAttr,
  tag: evaluateTag,
  metric: evaluateMetric,
  did: evaluateDid,
  per: evaluatePer,
  via: evaluateVia,
  since: evaluateSince,
  clock: evaluateClock,
  calc: evaluateCalc,
  cut: evaluateCut,
  among: evaluateAmong,
  trigger: evaluateTrigger,
}

/** How each group of conditions is evaluated. */
export const CONDITION_EVALUATIONS: {
  readonly [Head in ConditionHeadName]: EvaluateCondition<ConditionOf<Head>>
} = {
  all: evaluateAll,
  any: evaluateAny,
  not: evaluateNot,
  sequence: evaluateSequence,
  member: evaluateMember,
}

/** How each way to assign is evaluated. */
export const ASSIGN_EVALUATIONS: {
  readonly [Way in AssignWayName]: EvaluateAssign<Extract<Assign, Record<Way, unknown>>>
} = {
  rules: evaluateRules,
  cut: evaluateCutAssign,
  top: evaluateTop,
  value: evaluateValueAssign,
  given: evaluateGiven,
}
