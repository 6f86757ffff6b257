import type { EventFact } from '../../../evaluate/facts.js'
import type { EventScope } from '../../event-scope/event-scope.js'

/** One row of a stream: an event, or one line of it. */
export interface Row {
  readonly event: EventFact
  readonly scope: EventScope
}
