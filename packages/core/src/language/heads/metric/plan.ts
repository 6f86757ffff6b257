import type { PlanValue } from '../../../compile/lower/scope.js'
import type { MetricValue } from '../../document.js'

/** The metric's value, inlined; what it aggregates is shared with everybody else who does. */
export const planMetric: PlanValue<MetricValue> = ({ metric, ago, at }, scope, path) => {
  if (ago !== undefined || at !== undefined) scope.refuse('a metric as of another moment', path)
  return scope.metric(metric, `${path}/metric`)
}
