import type { GivenAssign } from '../../document.js'
import { BOOL, DATE, numberType } from '../../frame/scope.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The listed values when there are any; otherwise whatever is given: a query may give numbers, dates, yes and no. */
export const givenCodes: ProduceCodes<GivenAssign> = ({ given }, tag, { catalog }) => {
  if (tag.values && tag.values.length > 0) return { codes: tag.values.map((value) => value.code) }
  const isQuery = typeof given === 'object' && 'sql' in given
  switch (isQuery ? catalog.definitions.get(tag.id)?.sqlKind : 'text') {
    case 'number':
      return { type: numberType(8) }
    case 'date':
      return { type: DATE }
    case 'bool':
      return { type: BOOL }
    default:
      return { codes: null }
  }
}
