import type { CalcOperator, CalcValue, EventValue, Value } from '../../document.js'
import { EN_KIND, ZH_KIND } from '../../frame/kind-words.js'
import { say } from '../../frame/message.js'
import type { ResolveHead, Resolving } from '../../frame/resolving.js'
import type { ValueType } from '../../frame/scope.js'

/** Operands of the subject are numbers; `size` takes a list. */
export const calcResolve: ResolveHead<CalcValue> = ({ calc, of }, at, scope, resolving) => {
  for (const [index, term] of of.entries()) {
    const place = `${at}/of/${index}`
    if (typeof term !== 'number') checkTerm(calc, resolving.value(term, place, scope), place, resolving)
    else if (calc === 'size') checkTerm(calc, { kind: 'number', scale: 0, unit: null }, place, resolving)
  }
}

/** Operands of the event are numbers; `size` takes a list. */
export const eventCalcResolve: ResolveHead<{ calc: CalcOperator; of: (Value | EventValue | number)[] }> = (
  { calc, of },
  at,
  scope,
  resolving,
) => {
  for (const [index, term] of of.entries()) {
    const place = `${at}/of/${index}`
    if (typeof term !== 'number') checkTerm(calc, resolving.eventValue(term, place, scope), place, resolving)
    else if (calc === 'size') checkTerm(calc, { kind: 'number', scale: 0, unit: null }, place, resolving)
  }
}

function checkTerm(calc: CalcOperator, type: ValueType | null, at: string, resolving: Resolving): void {
  const wanted = calc === 'size' ? 'list' : 'number'
  if (type === null || type.kind === wanted) return
  resolving.report(
    at,
    say(
      `${calc} needs ${EN_KIND[wanted]}, this is ${EN_KIND[type.kind]}`,
      `${calc} 需要${ZH_KIND[wanted]}，此处是${ZH_KIND[type.kind]}`,
    ),
  )
}
