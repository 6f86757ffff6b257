import { notYet, say } from './message.js'
import type { Resolving, WindowPurpose } from './resolving.js'

/** Windows that lie ahead: never for events, and for dates not in this version. */
export function refuseFuture(name: 'next' | 'coming', at: string, resolving: Resolving, purpose: WindowPurpose): void {
  if (purpose === 'events') {
    resolving.report(
      at,
      say(
        'events lie in the past: a window in the future (next, coming) is only for dates',
        '事件只在过去：指向未来的窗口（next、coming）只能用于日期',
      ),
    )
  } else resolving.report(at, notYet(`the window "${name}"`, `窗口“${name}”`))
}
