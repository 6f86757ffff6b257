import type { ExplainValue } from '../../../explain/head.js'
import type { TagValue } from '../../document.js'

/** Its definition is looked into. */
export const explainTag: ExplainValue<TagValue> = {
  parts: ({ tag, ago, at }) => (ago === undefined && at === undefined ? [{ at: '/tag', definition: tag }] : []),
  missing: (value, scope, speaker) => {
    const said = speaker.value(value, scope)
    return speaker.pick(`${said}没有值`, `${said} is blank`)
  },
  moments: (value, scope, compared) => scope.then(value, (there) => there.definition(value.tag, compared)),
  dates: ({ tag }, scope) => {
    const body = scope.catalog.definitions.get(tag)?.body
    return body?.kind === 'tag' && 'value' in body.assign ? scope.dates(body.assign.value) : []
  },
  reach: ({ tag, ago, at }, goal, scope) => (ago === undefined && at === undefined ? scope.definition(tag, goal) : []),
}
