import type { TopAssign } from '../../document.js'
import { streamScopeOf } from '../../frame/stream-scope.js'
import type { ProduceCodes } from '../../frame/tag-type.js'

/** The property's texts; those of a case are known. */
export const topCodes: ProduceCodes<TopAssign> = ({ top, did, each }, _tag, scope, find) => {
  const type = find.prop(top, { ...scope, stream: streamScopeOf(did, each) })
  return { codes: type?.kind === 'text' ? type.codes : null }
}
