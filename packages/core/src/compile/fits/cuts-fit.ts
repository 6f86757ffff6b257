import type { CutMethod, Cuts } from '../../language/document.js'
import type { FitKind } from '../lower/fit-registry.js'

/** What fitted cuts ask for. */
export function cutsFit(at: Exclude<Cuts, number[]>): CutsFit {
  return { kind: 'cuts', method: at.method, n: at.n ?? null, probs: at.probs ?? null }
}

type CutsFit = Extract<FitKind, { kind: 'cuts' }>

/** How many cuts a fit has at most; natural breaks of few values have fewer. */
export function cutsCount(fit: CutsFit): number {
  return COUNTS[fit.method](fit)
}

const COUNTS: Readonly<Record<CutMethod, (fit: CutsFit) => number>> = {
  quantile: ({ n, probs }) => probs?.length ?? (n ?? 1) - 1,
  width: ({ n }) => (n ?? 1) - 1,
  breaks: ({ n }) => (n ?? 1) - 1,
  sd: () => 4,
  mean: () => 1,
  median: () => 1,
  share: ({ probs }) => probs?.length ?? 0,
}
