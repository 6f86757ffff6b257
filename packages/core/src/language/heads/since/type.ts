import type { SinceValue } from '../../document.js'
import { numberType } from '../../frame/scope.js'
import type { FindType } from '../../frame/type-finder.js'

/** A whole number of the unit. */
export const sinceType: FindType<SinceValue> = ({ unit = 'days' }) => numberType(0, unit)
