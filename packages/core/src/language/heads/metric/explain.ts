import type { ExplainValue } from '../../../explain/head.js'
import type { MetricValue } from '../../document.js'

/** Its definition is looked into. */
export const explainMetric: ExplainValue<MetricValue> = {
  parts: ({ metric, ago, at }) =>
    ago === undefined && at === undefined ? [{ at: '/metric', definition: metric }] : [],
  missing: (value, scope, speaker) => {
    const said = speaker.value(value, scope)
    return speaker.pick(`“${said}”没有值`, `"${said}" has no value`)
  },
  moments: (value, scope, compared) => scope.then(value, (there) => there.definition(value.metric, compared)),
  dates: ({ metric }, scope) => {
    const body = scope.catalog.definitions.get(metric)?.body
    return body?.kind === 'metric' ? scope.dates(body.value) : []
  },
  reach: ({ metric, ago, at }, goal, scope) =>
    ago === undefined && at === undefined ? scope.definition(metric, goal) : [],
}
