import { z } from 'zod'
import type { CalcOperator, CalcValue, EventValue } from '../../document.js'
import { type Report, rule } from '../../frame/checked.js'
import { say } from '../../frame/message.js'
import type { MakeSchema } from '../../frame/parts.js'
import { oneOf } from '../../frame/primitives.js'

/** Every calculation. */
export const CALCULATIONS = ['add', 'sub', 'mul', 'div', 'min', 'max', 'abs', 'log', 'round', 'size'] as const
/** How many operands each calculation takes. */
const OPERANDS: Readonly<Record<CalcOperator, readonly [least: number, most: number]>> = {
  add: [2, 50],
  sub: [2, 2],
  mul: [2, 50],
  div: [2, 2],
  min: [2, 50],
  max: [2, 50],
  abs: [1, 1],
  log: [1, 1],
  round: [1, 1],
  size: [1, 1],
}

/** A calculation with values of the subject. */
export const calcSchema: MakeSchema<CalcValue> = ({ term }) =>
  z.strictObject({ calc: oneOf(CALCULATIONS), of: z.array(term) }).check(rule(checkOperands))

/** A calculation with values of one event. */
export const eventCalcSchema: MakeSchema<Extract<EventValue, { calc: CalcOperator }>> = ({ eventTerm }) =>
  z.strictObject({ calc: oneOf(CALCULATIONS), of: z.array(eventTerm) }).check(rule(checkOperands))

function checkOperands({ calc, of }: { calc: CalcOperator; of: readonly unknown[] }, report: Report): void {
  const [least, most] = OPERANDS[calc]
  if (of.length >= least && of.length <= most) return
  const wanted = least === most ? `${least}` : `${least} to ${most}`
  const wantedZh = least === most ? `${least}` : `${least} 到 ${most}`
  report(
    say(
      `${calc} takes ${wanted} operand${most === 1 ? '' : 's'}, this has ${of.length}`,
      `${calc} 需要 ${wantedZh} 个运算对象，此处有 ${of.length} 个`,
    ),
    'of',
  )
}
