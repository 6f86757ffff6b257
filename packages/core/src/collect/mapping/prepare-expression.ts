import type { PropertyType } from '../../catalog/catalog.js'
import { formatDecimal, parseDecimal } from '../../kernel/decimal.js'
import type { EventScopeScalar, EventScopeValue } from '../../language/event-scope/event-scope.js'
import { prepareEventValue } from '../../language/event-scope/prepare.js'
import type { RawValue } from '../incoming.js'
import { dateReader, readUnambiguousDate } from './cells/date-format.js'
import { rawNumber } from './cells/read-number.js'
import type { Expression } from './mapping.js'
import type { RowScope } from './row-scope.js'

/** The value of an expression for the row that is loaded. */
export type PreparedExpression = (row: RowScope) => EventScopeValue

/** Makes an expression ready for many rows. */
export function prepareExpression(expression: Expression): PreparedExpression {
  if (typeof expression === 'string') return (row) => row.prop(expression)
  if ('constant' in expression) {
    const { constant } = expression
    const value = typeof constant === 'number' ? parseDecimal(constant) : constant
    return () => value
  }
  if ('row' in expression) return (row) => parseDecimal(row.rowNumber)
  if ('concat' in expression) {
    const parts = expression.concat.map(prepareExpression)
    const between = expression.with ?? ''
    return (row) => joined(parts, row, between)
  }
  if ('date' in expression) {
    const parts = expression.date.map(prepareExpression)
    const read = expression.format === undefined ? readUnambiguousDate : (dateReader(expression.format) ?? (() => null))
    return (row) => {
      const text = joined(parts, row, ' ')
      const found = text === null ? null : read(text)
      return found === null ? null : found.isInstant ? found.ms : row.toInstant(found.ms)
    }
  }
  return prepareEventValue(expression)
}

function joined(parts: readonly PreparedExpression[], row: RowScope, between: string): string | null {
  const texts = parts.flatMap((part) => textOf(part(row)) ?? [])
  return texts.length === 0 ? null : texts.join(between)
}

/** A value as text: an identity, a name, a part of a longer text. Dates are ISO in UTC. */
export function textOf(value: EventScopeValue): string | null {
  switch (typeof value) {
    case 'string':
      return value === '' ? null : value
    case 'bigint':
      return formatDecimal(value)
    case 'number':
      return isoOf(value)
    case 'boolean':
      return String(value)
    default:
      return value === null ? null : value.map((one) => textOf(one) ?? '').join(',')
  }
}

/** A value as raw JSON of a fact: numbers rounded to stored decimals, dates as ISO text in UTC. */
export function rawOf(value: EventScopeValue, type: PropertyType): RawValue {
  if (value === null) return null
  if (type === 'text' && typeof value !== 'string' && typeof value !== 'object') return textOf(value)
  if (type === 'list' && typeof value === 'string') return [value]
  if (typeof value === 'object') return value.map((one) => rawScalar(one))
  return rawScalar(value)
}

function rawScalar(value: EventScopeScalar): string | number | boolean {
  if (typeof value === 'bigint') return rawNumber(value)
  return typeof value === 'number' ? isoOf(value) : value
}

function isoOf(instant: number): string {
  return new Date(instant).toISOString()
}
