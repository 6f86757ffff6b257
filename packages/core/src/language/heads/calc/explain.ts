import type { Goal } from '../../../explain/goal.js'
import type { ExplainValue } from '../../../explain/head.js'
import { divideDecimals, multiplyDecimals, ONE, parseDecimal } from '../../../kernel/decimal.js'
import type { CalcOperator, CalcValue, Value } from '../../document.js'

/** Each operand may bring it to a number while the others stay. */
export const explainCalc: ExplainValue<CalcValue> = {
  parts: ({ of }) => of.flatMap((value, index) => (typeof value === 'number' ? [] : [{ at: `/of/${index}`, value }])),
  missing: ({ calc }, _scope, speaker) =>
    calc === 'div'
      ? speaker.pick('除数为 0', 'it would divide by 0')
      : speaker.pick('无法计算', 'it cannot be computed'),
  moments: ({ of }, scope) => {
    for (const part of of) if (typeof part !== 'number') scope.value(part, null)
  },
  reach: ({ calc, of }, goal, scope) => {
    if (goal.kind === 'known') return of.flatMap((part) => (typeof part === 'number' ? [] : scope.value(part, goal)))
    if (goal.kind !== 'number') return []
    const numbers = of.map((part) => {
      const value = typeof part === 'number' ? parseDecimal(part) : scope.now.value(part).value
      return typeof value === 'bigint' ? value : 0n
    })
    return of.flatMap((part, index) => {
      if (typeof part === 'number') return []
      return goalOfOperand(calc, numbers, index, goal).flatMap((own) => scope.value(part as Value, own))
    })
  },
}

type NumberGoal = Extract<Goal, { kind: 'number' }>

/** What one operand must become; rounding is left to the evaluator, which tries each a little beyond. */
function goalOfOperand(calc: CalcOperator, numbers: readonly bigint[], index: number, goal: NumberGoal): NumberGoal[] {
  const others = numbers.filter((_, other) => other !== index)
  const sum = others.reduce((a, b) => a + b, 0n)
  switch (calc) {
    case 'add':
      return [shift(goal, (end) => end - sum)]
    case 'sub':
      // first − rest: the first grows with the result, the others against it.
      return index === 0
        ? [shift(goal, (end) => end + sum)]
        : [turned(goal, (end) => numbers[0]! - (sum - numbers[0]!) - end)]
    case 'mul': {
      const product = others.reduce(multiplyDecimals, ONE)
      if (product === 0n) return []
      const own = (end: bigint) => awayFromZero(end, product)
      return [product > 0n ? shift(goal, own) : turned(goal, own)]
    }
    case 'div': {
      if (index === 0) {
        const product = others.reduce(multiplyDecimals, ONE)
        const own = (end: bigint) => multiplyDecimals(end, product)
        return [product > 0n ? shift(goal, own) : turned(goal, own)]
      }
      const over = numbers.slice(0, index).reduce((a, b) => divideDecimals(a, b) ?? 0n)
      const own = (end: bigint) => divideDecimals(over, end) ?? 0n
      return [turned(goal, own)]
    }
    case 'min':
    case 'max':
    case 'round':
      return [goal]
    case 'abs':
      return [goal, turned(goal, (end) => -end)]
    case 'log':
    case 'size':
      return []
  }
}

function awayFromZero(end: bigint, by: bigint): bigint {
  const quotient = divideDecimals(end, by) ?? 0n
  return multiplyDecimals(quotient, by) === end ? quotient : quotient + ONE / 10_000n
}

const shift = ({ from, to }: NumberGoal, move: (end: bigint) => bigint): NumberGoal => ({
  kind: 'number',
  from: from === null ? null : move(from),
  to: to === null ? null : move(to),
})

const turned = ({ from, to }: NumberGoal, move: (end: bigint) => bigint): NumberGoal => ({
  kind: 'number',
  from: to === null ? null : move(to),
  to: from === null ? null : move(from),
})
