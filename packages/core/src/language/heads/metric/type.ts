import type { MetricValue } from '../../document.js'
import type { FindType } from '../../frame/type-finder.js'

/** The number of the metric's value, in the metric's unit. */
export const metricType: FindType<MetricValue> = ({ metric }, scope, find) => find.definition(metric, 'metric', scope)
