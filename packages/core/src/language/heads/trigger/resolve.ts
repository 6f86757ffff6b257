import { say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { resolveProperty } from '../prop/resolve.js'

/** A property of the event that started the journey; elsewhere nothing was triggered. */
export const triggerResolve: ResolveHead<{ trigger: string }> = ({ trigger }, at, scope, resolving) => {
  if (scope.trigger !== undefined) resolveProperty(trigger, `${at}/trigger`, scope.trigger, resolving)
  else {
    resolving.report(
      `${at}/trigger`,
      say('trigger: is only known inside a journey that an event started', 'trigger: 只能用于由事件触发的旅程'),
    )
  }
}
