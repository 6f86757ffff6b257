import type { PropertyType } from '../../catalog/catalog.js'
import type { EventValue } from '../../language/document.js'
import type { ColumnReading, Expression, Mapping } from './mapping.js'

/** How the cells of a column are read, with the short form spelt out; undefined when the mapping does not use it. */
export function columnReading(mapping: Mapping, column: string): ColumnReading | undefined {
  const reading = Object.hasOwn(mapping.columns, column) ? mapping.columns[column] : undefined
  return typeof reading === 'string' ? { type: reading } : reading
}

/** The type of what an expression gives. A calculation with money in it is money. Unknown columns count as text. */
export function expressionType(mapping: Mapping, expression: Expression): PropertyType {
  if (typeof expression === 'string') return columnReading(mapping, expression)?.type ?? 'text'
  if ('prop' in expression) return columnReading(mapping, expression.prop)?.type ?? 'text'
  if ('case' in expression || 'concat' in expression) return 'text'
  if ('date' in expression) return 'date'
  if ('row' in expression) return 'number'
  if ('constant' in expression) {
    const { constant } = expression
    return typeof constant === 'number' ? 'number' : typeof constant === 'boolean' ? 'bool' : 'text'
  }
  return expression.of.some((part) => typeof part !== 'number' && isMoney(mapping, part)) ? 'money' : 'number'
}

function isMoney(mapping: Mapping, part: EventValue): boolean {
  if ('prop' in part) return columnReading(mapping, part.prop)?.type === 'money'
  return 'calc' in part && part.of.some((inner) => typeof inner !== 'number' && isMoney(mapping, inner))
}
