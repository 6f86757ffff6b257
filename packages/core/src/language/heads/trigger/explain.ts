import type { ExplainValue } from '../../../explain/head.js'

/** Stands for a journey's event, which is given. */
export const explainTrigger: ExplainValue<{ trigger: string }> = {
  parts: () => [],
  missing: (_value, _scope, speaker) => speaker.pick('没有触发事件', 'there is no triggering event'),
  moments: () => {},
  reach: () => [],
}
