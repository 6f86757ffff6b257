import { say } from '../../frame/message.js'
import type { ResolveHead } from '../../frame/resolving.js'

/** Outside a journey nothing was triggered. */
export const triggerResolve: ResolveHead<{ trigger: string }> = (_value, at, _scope, resolving) =>
  resolving.report(`${at}/trigger`, say('trigger: is only known inside a journey', 'trigger: 只能用于旅程'))
