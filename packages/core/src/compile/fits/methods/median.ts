import { quantileCuts } from './quantile.js'

/** One cut at the median. */
export const medianCut = quantileCuts(2, null)
