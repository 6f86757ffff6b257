import type { CutMethod } from '../../language/document.js'
import type { FitKind } from '../lower/fit-registry.js'
import type { FitMethod } from './fit-method.js'
import { breaksCuts } from './methods/breaks.js'
import { meanCut } from './methods/mean.js'
import { medianCut } from './methods/median.js'
import { quantileCuts } from './methods/quantile.js'
import { sdCuts } from './methods/sd.js'
import { shareCuts } from './methods/share.js'
import { widthCuts } from './methods/width.js'

type CutsKind = Extract<FitKind, { kind: 'cuts' }>

/** One entry per method of cutting; a new one is a file beside these and a line here. */
const METHODS: Readonly<Record<CutMethod, (of: CutsKind) => FitMethod>> = {
  quantile: ({ n, probs }) => quantileCuts(n, probs),
  width: ({ n }) => widthCuts(n ?? 1),
  breaks: ({ n }) => breaksCuts(n ?? 1),
  sd: () => sdCuts,
  mean: () => meanCut,
  median: () => medianCut,
  share: ({ probs }) => shareCuts(probs ?? []),
}

export function methodOf(of: CutsKind): FitMethod {
  return METHODS[of.method](of)
}
