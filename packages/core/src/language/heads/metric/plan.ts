import type { PlanValue } from '../../../compile/lower/scope.js'
import type { MetricValue } from '../../document.js'

/** The metric's value, inlined; what it aggregates is shared with everybody else who does. */
export const planMetric: PlanValue<MetricValue> = (value, scope, path) =>
  scope.then(value, (there) => there.metric(value.metric, `${path}/metric`), path)
