import type { ValueAssign } from '../../document.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The type of the value itself. */
export const valueCodes: ProduceCodes<ValueAssign> = ({ value }, _tag, scope, find) => ({
  type: find.value(value, scope),
})
