import type { AttributeEntry } from '@tagtree/core/catalog/catalog'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { localTimeOf, type Zone } from '@tagtree/core/kernel/zone'
import { quoteIdentifier } from '../store/clickhouse.js'

/** ClickHouse expression of an attribute's present value; NULL when it is missing. */
export function attributeText(entry: AttributeEntry): string {
  const column = quoteIdentifier(entry.column!)
  switch (entry.type) {
    case 'list':
      return `if(${quoteIdentifier(`${entry.column}__known`)} = 1, toJSONString(${column}), NULL)`
    case 'date':
      return `toString(toUnixTimestamp64Milli(${column}))`
    default:
      return `toString(${column})`
  }
}

/**
 * What that expression gave as people and programs read it: numbers as numbers (as text where a number would not be
 * exact), moments in UTC, days as the workspace's calendar has them. null = missing.
 */
export function shownAttribute(type: AttributeEntry['type'], text: string | null, zone: Zone): RawValue {
  if (text === null) return null
  switch (type) {
    case 'number':
    case 'money':
      return shownNumber(text)
    case 'bool':
      return text === '1'
    case 'date':
      return shownDate(Number(text), zone)
    case 'list':
      return JSON.parse(text) as string[]
    case 'text':
      return text
  }
}

function shownNumber(text: string): RawValue {
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return String(Number(plain)) === plain ? Number(plain) : plain
}

function shownDate(instant: number, zone: Zone): string {
  const { year, month, day, hour, minute, second, millisecond } = localTimeOf(zone, instant)
  if (hour + minute + second + millisecond > 0) return new Date(instant).toISOString()
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
