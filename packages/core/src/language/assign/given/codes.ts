import type { GivenAssign } from '../../document.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The listed values when there are any; otherwise whatever is given. */
export const givenCodes: ProduceCodes<GivenAssign> = (_assign, tag) => ({
  codes: tag.values && tag.values.length > 0 ? tag.values.map((value) => value.code) : null,
})
