import type { FindType } from '../../frame/type-finder.js'

/** The type the property has in the event that started the journey. */
export const triggerType: FindType<{ trigger: string }> = ({ trigger }, scope, find) =>
  scope.trigger === undefined ? null : find.prop(trigger, { ...scope, stream: scope.trigger })
