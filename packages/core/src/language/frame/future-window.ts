import { say } from './message.js'
import type { Resolving, WindowPurpose } from './resolving.js'

/** Windows that lie ahead are never for events. */
export function refuseFuture(at: string, resolving: Resolving, purpose: WindowPurpose): void {
  if (purpose === 'events') {
    resolving.report(
      at,
      say(
        'events lie in the past: a window in the future (next, coming) is only for dates',
        '事件只在过去：指向未来的窗口（next、coming）只能用于日期',
      ),
    )
  }
}
