import { TEXT } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** Known only where the journey's event is; everywhere else the text it was sent as. */
export const triggerType: FindType<{ trigger: string }> = ({ trigger }, scope, find) =>
  scope.stream === null ? TEXT : find.prop(trigger, scope)
