import type { ExplainWay } from '../../../explain/head.js'
import type { GivenAssign } from '../../document.js'
import { givenAttribute } from './attribute.js'

/** Somebody may give another value; given values expire. */
export const explainGiven: ExplainWay<GivenAssign> = {
  parts: () => [],
  moments: ({ expires }, tag, scope) => {
    for (const { ts } of scope.facts.attributes.get(givenAttribute(tag.id)) ?? []) {
      scope.add(ts + 1)
      if (expires === undefined) continue
      scope.later(ts, [expires])
      scope.later(ts - 1, [expires])
    }
  },
  reach: ({ given }, tag, code, gives, scope) => {
    if (given !== 'manual' && given !== 'import') return []
    const key = givenAttribute(tag.id)
    if (tag.family !== 'multi') {
      const value = code === null || !gives ? null : ({ type: 'text', value: String(code) } as const)
      return [[{ kind: 'attribute', key, value, fresh: false }]]
    }
    const now = scope.now.tag(tag.id).value
    const held = Array.isArray(now) ? now.map(String) : []
    const value = gives ? [...new Set([...held, String(code)])] : held.filter((one) => one !== code)
    return [[{ kind: 'attribute', key, value: { type: 'list', value }, fresh: false }]]
  },
}
