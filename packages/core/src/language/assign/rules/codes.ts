import type { RulesAssign } from '../../document.js'
import { distinctCodes } from '../../frame/codes.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The codes of the rules and of `otherwise`. */
export const rulesCodes: ProduceCodes<RulesAssign> = ({ rules, otherwise }) => ({
  codes: distinctCodes([...rules.map((rule) => rule.value), otherwise]),
})
