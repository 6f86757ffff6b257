import type { EvaluateValue } from '../../../evaluate/scope.js'
import type { MetricValue } from '../../document.js'

/** The metric's number for the same subject. */
export const evaluateMetric: EvaluateValue<MetricValue> = ({ metric }, scope) => scope.metric(metric)
