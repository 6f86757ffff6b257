import type { ClockValue, Field } from '../../document.js'
import { say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** A part of a date or of now. */
export const clockResolve: ResolveHead<ClockValue> = (value, at, scope, resolving) => {
  if (value.of === undefined) return
  const type = resolving.value(value.of, `${at}/of`, scope)
  if (type !== null && type.kind !== 'date')
    resolving.report(`${at}/of`, say('clock reads a date', 'clock 只能用于日期'))
}

/** A part of the event's moment: every row has one. */
export const eventClockResolve: ResolveHead<{ clock: Field }> = () => {}
