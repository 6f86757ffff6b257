import type { CutValue } from '../../document.js'
import { numberType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** The tier, 1 … n. */
export const cutType: FindType<CutValue> = () => numberType(0)
