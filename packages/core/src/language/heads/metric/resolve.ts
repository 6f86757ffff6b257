import type { MetricValue } from '../../document.js'
import { resolveDefinitionReference } from '../../frame/definition-reference.js'
import type { ResolveHead } from '../../frame/resolving.js'
import { resolveThen } from '../../frame/then.js'

/** The metric exists, is about the same subject and leads to no cycle. */
export const metricResolve: ResolveHead<MetricValue> = (value, at, scope, resolving) => {
  resolveDefinitionReference('metric', value.metric, `${at}/metric`, scope, resolving)
  resolveThen(value, at, resolving)
}
