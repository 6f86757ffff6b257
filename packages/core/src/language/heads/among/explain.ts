import type { ExplainValue } from '../../../explain/head.js'
import type { AmongValue } from '../../document.js'

/** A number of the group as the last full run found it; another group has another. */
export const explainAmong: ExplainValue<AmongValue> = {
  parts: ({ among }) => among.map((value, index) => ({ at: `/among/${index}`, value })),
  missing: (_value, _scope, speaker) =>
    speaker.pick('该组没有结果（人数不足或尚未运行）', 'the group has no number yet (too few, or no run)'),
  moments: ({ among }, scope) => {
    for (const key of among) scope.value(key, null)
  },
  reach: () => [],
}
