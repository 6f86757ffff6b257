import type { MetricValue } from '../../document.js'
import { sayThen } from '../../frame/say-then.js'
import type { SayHead } from '../../frame/speaker.js'

/** The metric's name. */
export const metricSentence: SayHead<MetricValue> = (value, _scope, speaker) => {
  const label = speaker.label(speaker.catalog.definitions.get(value.metric)?.body.name ?? value.metric)
  const { before, after } = sayThen(value, speaker)
  return `${before}${label}${after}`
}
