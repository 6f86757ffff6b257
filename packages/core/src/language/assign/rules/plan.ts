import { codesInOrder, type PlanAssign } from '../../../compile/lower/assign-scope.js'
import { call, choose, isTrue, number, or } from '../../../compile/plan/expr.js'
import type { RulesAssign } from '../../document.js'

/** Exclusive: the first true rule; multi: every true one. `otherwise` when none is true; an unknown rule is skipped. */
export const planRules: PlanAssign<RulesAssign> = ({ rules, otherwise }, tag, scope, path) => {
  const given = [...rules.map((rule) => String(rule.value)), ...(otherwise === undefined ? [] : [String(otherwise)])]
  const codes = codesInOrder(tag, given)
  const place = (code: string) => number(codes.indexOf(String(code)) + 1)
  const branches = rules.map((rule, index) => ({
    when: isTrue(scope.condition(rule.when, `${path}/rules/${index}/when`)),
    then: place(rule.value),
  }))
  const last = otherwise === undefined ? number(0) : place(otherwise)
  if (tag.family !== 'multi') return { type: 'code', index: choose(branches, last), codes }
  const present = branches.map(({ when, then }) => choose([{ when, then }], number(0)))
  const none =
    otherwise === undefined
      ? number(0)
      : choose([{ when: or(branches.map(({ when }) => when)), then: number(0) }], last)
  return { type: 'codes', indexes: call('presentCodes', ...present, none), codes }
}
