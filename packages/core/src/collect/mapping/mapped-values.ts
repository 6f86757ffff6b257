import type { PropertyType } from '../../catalog/catalog.js'
import type { Text } from '../../language/document.js'
import type { RawValue } from '../incoming.js'
import { expressionType } from './expression-type.js'
import type { AttributeValue, DescribedAttribute, DescribedValue, Expression, Mapping } from './mapping.js'
import { type PreparedExpression, prepareExpression, rawOf, textOf } from './prepare-expression.js'
import type { RowScope } from './row-scope.js'

/** A property or attribute of a mapping, with its type. */
export interface NamedValue {
  readonly name: string
  readonly type: PropertyType
  readonly label: Text | undefined
  /** The item catalogue whose items the value names. */
  readonly catalogue: string | undefined
  readonly operation: 'set' | 'set_once' | 'increment' | 'append' | 'unset'
  /** null when the row has none. */
  readonly read: (row: RowScope) => RawValue
}

/** The expression inside of a value, whether it is described or not. */
export function valueExpression(value: AttributeValue): Expression {
  return isDescribed(value) ? value.value : value
}

/** No form of an expression has a field `value` of its own. */
function isDescribed(value: AttributeValue): value is DescribedAttribute {
  return typeof value === 'object' && 'value' in value
}

/** Makes named values ready for many rows. */
export function prepareValues(
  mapping: Mapping,
  values: Readonly<Record<string, AttributeValue>> | undefined,
): NamedValue[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => {
    const described = isDescribed(value) ? value : undefined
    const expression = valueExpression(value)
    const type = described?.type ?? expressionType(mapping, expression)
    const prepared = prepareExpression(expression)
    const { label, catalogue, currency }: Partial<DescribedValue> = described ?? {}
    const named: NamedValue = {
      ...{ name, type, label, catalogue },
      operation: described?.operation ?? 'set',
      read: (row) => rawOf(prepared(row), type),
    }
    return currency === undefined ? [named] : [named, currencyOf(named, prepareExpression(currency))]
  })
}

/** The currency beside an amount. */
function currencyOf({ name, label }: NamedValue, prepared: PreparedExpression): NamedValue {
  return {
    ...{ name: `${name}.currency`, type: 'text', label: currencyLabel(label), catalogue: undefined, operation: 'set' },
    read: (row) => textOf(prepared(row)),
  }
}

/** What the currency of an amount is called. */
export function currencyLabel(label: Text | undefined): Text | undefined {
  if (label === undefined) return undefined
  const [zh, en] = typeof label === 'string' ? [label, label] : [label.zh, label.en ?? label.zh]
  return { zh: `${zh}币种`, en: `${en}: currency` }
}

/** What the amount in its own currency is called. */
export function originalLabel(label: Text | undefined): Text | undefined {
  if (label === undefined) return undefined
  const [zh, en] = typeof label === 'string' ? [label, label] : [label.zh, label.en ?? label.zh]
  return { zh: `${zh}（原币）`, en: `${en}: in its own currency` }
}

/** The values a row has, as properties; missing ones are left out. */
export function readValues(values: readonly NamedValue[], row: RowScope): Record<string, RawValue> {
  const properties: Record<string, RawValue> = {}
  for (const value of values) {
    const raw = value.read(row)
    if (raw !== null) properties[value.name] = raw
  }
  return properties
}
