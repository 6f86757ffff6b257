import type { ExplainValue } from '../../../explain/head.js'
import type { ViaValue } from '../../document.js'

/** What happens to the others is their story; only its moments are followed. */
export const explainVia: ExplainValue<ViaValue> = {
  parts: () => [],
  missing: (_value, _scope, speaker) => speaker.pick('没有相关的对象', 'nobody is related in this way'),
  moments: ({ via, where, of }, scope) => {
    const entry = scope.catalog.relations.get(via)
    for (const row of scope.facts.related?.get(entry?.inverseOf ?? via) ?? []) {
      scope.add(row.from)
      if (row.to !== null) scope.add(row.to)
      scope.of(row.other, (inside) => {
        if (where !== undefined) inside.condition(where)
        if (of !== undefined) inside.value(of, null)
      })
    }
  },
  reach: () => [],
}
