import type { DescribedAttribute, DescribedValue, Expression } from '../../collect/mapping/mapping.js'
import { DEMO_ATTRIBUTES, DEMO_EVENTS, DEMO_GOODS, type NamedProperty } from '../labels.js'

const describe = ({ type, zh, en, catalogue }: NamedProperty, value: Expression): DescribedValue => ({
  value,
  type,
  label: { zh, en },
  ...(catalogue === undefined ? {} : { catalogue }),
})

/** Properties of an event with the types and names of the demo's labels; the values say where each stands in a row. */
export function propertiesOf(
  event: string,
  values: Readonly<Record<string, Expression>>,
): Record<string, DescribedValue> {
  return labelled(DEMO_EVENTS[event]?.properties ?? {}, values)
}

/** Fields of an order's lines: `sku` is labelled as `items.sku`. */
export function itemsOf(event: string, values: Readonly<Record<string, Expression>>): Record<string, DescribedValue> {
  const properties = DEMO_EVENTS[event]?.properties ?? {}
  const ofLines = Object.entries(properties).flatMap(([name, property]) =>
    name.startsWith('items.') ? [[name.slice('items.'.length), property] as const] : [],
  )
  return labelled(Object.fromEntries(ofLines), values)
}

/** Attributes of a subject kind with the types and names of the demo's labels. */
export function attributesOf(
  subject: 'person' | 'organisation',
  values: Readonly<Record<string, Expression>>,
): Record<string, DescribedAttribute> {
  return labelled(DEMO_ATTRIBUTES[subject], values)
}

/** Properties of articles with the types and names of the demo's labels. */
export function goodsOf(values: Readonly<Record<string, Expression>>): Record<string, DescribedValue> {
  return labelled(DEMO_GOODS, values)
}

/** What the workspace calls these events. */
export function eventNames(...events: string[]): Record<string, { label: { zh: string; en: string } }> {
  return Object.fromEntries(
    events.map((event) => {
      const { zh = event, en = event } = DEMO_EVENTS[event] ?? {}
      return [event, { label: { zh, en } }]
    }),
  )
}

function labelled(
  names: Readonly<Record<string, NamedProperty>>,
  values: Readonly<Record<string, Expression>>,
): Record<string, DescribedValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      describe(names[name] ?? { type: 'text', zh: name, en: name }, value),
    ]),
  )
}
