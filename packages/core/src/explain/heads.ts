import { explainCutAssign } from '../language/assign/cut/explain.js'
import { explainGiven } from '../language/assign/given/explain.js'
import { explainRules } from '../language/assign/rules/explain.js'
import { explainTop } from '../language/assign/top/explain.js'
import { explainValueAssign } from '../language/assign/value/explain.js'
import type { Assign, Condition, Value } from '../language/document.js'
import type { AssignWayName, ConditionHeadName, ValueHeadName } from '../language/frame/names.js'
import { explainAll } from '../language/heads/all/explain.js'
import { explainAmong } from '../language/heads/among/explain.js'
import { explainAny } from '../language/heads/any/explain.js'
import { explainAttr } from '../language/heads/attr/explain.js'
import { explainCalc } from '../language/heads/calc/explain.js'
import { explainClock } from '../language/heads/clock/explain.js'
import { explainCut } from '../language/heads/cut/explain.js'
import { explainDid } from '../language/heads/did/explain.js'
import { explainMember } from '../language/heads/member/explain.js'
import { explainMetric } from '../language/heads/metric/explain.js'
import { explainNot } from '../language/heads/not/explain.js'
import { explainPer } from '../language/heads/per/explain.js'
import { explainSequence } from '../language/heads/sequence/explain.js'
import { explainSince } from '../language/heads/since/explain.js'
import { explainTag } from '../language/heads/tag/explain.js'
import { explainTrigger } from '../language/heads/trigger/explain.js'
import { explainVia } from '../language/heads/via/explain.js'
import type { ExplainCondition, ExplainValue, ExplainWay } from './head.js'

/** What each value head knows about itself for explanations. */
export const VALUE_EXPLANATIONS: {
  readonly [Head in ValueHeadName]: ExplainValue<Extract<Value, Record<Head, unknown>>>
} = {
  attr: explainAttr,
  tag: explainTag,
  metric: explainMetric,
  did: explainDid,
  per: explainPer,
  via: explainVia,
  since: explainSince,
  clock: explainClock,
  calc: explainCalc,
  cut: explainCut,
  among: explainAmong,
  trigger: explainTrigger,
}

/** What each group of conditions knows about itself for explanations. */
export const CONDITION_EXPLANATIONS: {
  readonly [Head in ConditionHeadName]: ExplainCondition<Extract<Condition, Record<Head, unknown>>>
} = {
  all: explainAll,
  any: explainAny,
  not: explainNot,
  sequence: explainSequence,
  member: explainMember,
}

/** What each way to assign knows about itself for explanations. */
export const WAY_EXPLANATIONS: {
  readonly [Way in AssignWayName]: ExplainWay<Extract<Assign, Record<Way, unknown>>>
} = {
  rules: explainRules,
  cut: explainCutAssign,
  top: explainTop,
  value: explainValueAssign,
  given: explainGiven,
}
