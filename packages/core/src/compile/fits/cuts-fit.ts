import type { Cuts } from '../../language/document.js'
import type { FitKind } from '../lower/fit-registry.js'

/** What fitted cuts ask for. */
export function cutsFit(at: Exclude<Cuts, number[]>): FitKind {
  return { kind: 'cuts', method: at.method, n: at.n ?? null, probs: at.probs ?? null }
}
