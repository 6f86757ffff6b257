import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { MetricValue } from '../../document.js'

/** The metric's number for the same subject, at the moment asked for. */
export const evaluateMetric: EvaluateValue<MetricValue> = (value, scope) =>
  scope.then(value)?.metric(value.metric) ?? { value: null }
