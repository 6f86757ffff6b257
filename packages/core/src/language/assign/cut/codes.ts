import type { CutAssign } from '../../document.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The names of the tiers, lowest first. */
export const cutCodes: ProduceCodes<CutAssign> = ({ values }) => ({ codes: values, ranked: true })
