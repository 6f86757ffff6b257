import type { OutputColumn } from '@tagtree/core/compile/compile'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'

/** A value of the engine as the evaluator holds it. */
export function readValue(column: OutputColumn, raw: unknown): EventScopeValue {
  switch (column.type) {
    case 'code':
      return Number(raw) === 0 ? null : column.codes[Number(raw) - 1]!
    case 'codes': {
      const codes = (raw as unknown[]).map((index) => column.codes[Number(index) - 1]!)
      return codes.length === 0 ? null : codes.sort()
    }
    case 'text':
      return raw as string | null
    case 'list':
      return (raw as string[]).length === 0 ? null : [...(raw as string[])].sort()
    case 'number':
      return raw === null ? null : BigInt(String(raw))
    case 'date':
      return raw === null ? null : Date.parse(`${String(raw).replace(' ', 'T')}Z`)
    case 'bool':
      return raw === null ? null : Number(raw) === 1
  }
}

/** The evaluator's value in the same form: lists without order, an empty one is none. */
export function plainValue(value: EventScopeValue): EventScopeValue {
  if (typeof value !== 'object' || value === null) return value
  return value.length === 0 ? null : [...value].map(String).sort()
}

/** Whether two values are the same. */
export function sameValue(a: EventScopeValue, b: EventScopeValue): boolean {
  return showValue(a) === showValue(b)
}

export function showValue(value: EventScopeValue): string {
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
}
