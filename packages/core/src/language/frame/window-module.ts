import type { Window } from '../document.js'
import type { ObjectSchema, Parts } from './parts.js'
import type { Resolving, WindowPurpose } from './resolving.js'
import type { Scope } from './scope.js'
import type { Speaker } from './speaker.js'

/** One kind of window: its form, its checks and its words. */
export interface WindowModule<W extends Window> {
  /** null for a window that is one word. */
  readonly schema: ((parts: Parts) => ObjectSchema<W>) | null
  resolve(window: W, at: string, scope: Scope, resolving: Resolving, purpose: WindowPurpose): void
  /** For events an adverbial (`近 30 天内`, `in the last 30 days`), for dates what the date lies in (`近 30 天内`, `in …`). */
  sentence(window: W, scope: Scope, speaker: Speaker, purpose: WindowPurpose): string
}
