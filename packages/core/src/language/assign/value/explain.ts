import type { ExplainWay } from '../../../explain/head.js'
import type { ValueAssign } from '../../document.js'

/** It is whatever its value is. */
export const explainValueAssign: ExplainWay<ValueAssign> = {
  parts: ({ value }) => [{ at: '/assign/value', value }],
  moments: ({ value }, _tag, scope) => scope.value(value, null),
  reach: ({ value }, tag, code, gives, scope) => {
    if (typeof code === 'boolean') return scope.value(value, { kind: 'bool', value: code })
    if (code === null) return scope.value(value, { kind: 'known', known: false })
    const text = String(code)
    if (tag.family === 'multi') {
      return scope.value(value, { kind: 'list', add: gives ? [text] : [], remove: gives ? [] : [text] })
    }
    return gives ? scope.value(value, { kind: 'text', samples: [text], fresh: false, not: [] }) : []
  },
}
