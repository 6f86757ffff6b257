import type { PropertyType } from '../../../catalog/catalog.js'
import { isName } from '../../../catalog/flatten.js'
import type { ColumnReading, EventOutput, Expression, MappedValue, Mapping, Output } from '../mapping.js'
import type { ColumnProfile } from './column-profile.js'
import { type ColumnRole, plainName, roleOf } from './column-roles.js'
import { EMPLOYMENT } from './employment.js'

/** A mapping that fits a file as far as its columns tell, and what was understood of each column. */
export interface MappingSuggestion {
  /** null: no column says whom or what the rows are about. */
  readonly mapping: Mapping | null
  readonly columns: readonly ColumnExplanation[]
}
export interface ColumnExplanation {
  readonly column: string
  readonly zh: string
  readonly en: string
}

interface Known {
  readonly profile: ColumnProfile
  readonly role: ColumnRole | undefined
}

/**
 * Suggests a mapping from the names and types of the columns: orders with their lines, single purchases, logs of events,
 * people, companies or an item catalogue. What is not recognised becomes a property or an attribute under its own name.
 */
export function suggestMapping(id: string, profiles: readonly ColumnProfile[]): MappingSuggestion {
  const known: Known[] = profiles.map((profile) => ({ profile, role: fitting(roleOf(profile.name), profile) }))
  const table = new Table(known)
  const outputs = suggestOutputs(table)
  const columns = known.map(({ profile, role }) => explain(profile, role, table))
  if (outputs === null) return { mapping: null, columns }
  const subjects = table.subjects()
  const mapping: Mapping = {
    version: 1,
    id,
    name: id,
    columns: Object.fromEntries(profiles.map((profile) => [profile.name, readingOf(profile, table)])),
    ...(subjects === null ? {} : { subjects }),
    outputs,
    ...(outputs.some((output) => 'relation' in output) ? { declare: { relations: EMPLOYMENT } } : {}),
  }
  return { mapping, columns }
}

/** A name alone is not enough where the cells say otherwise: a "time" that holds no dates is none. */
function fitting(role: ColumnRole | undefined, profile: ColumnProfile): ColumnRole | undefined {
  if (role === undefined || !('order' in role.role)) return role
  const numeric = profile.type === 'number' || profile.type === 'money'
  if (role.role.order === 'time') return profile.type === 'date' ? role : undefined
  return role.role.order === 'key' || role.role.order === 'line' || numeric ? role : undefined
}

/** Keys are texts even where they look like numbers; everything else is what its cells are. */
function readingOf(profile: ColumnProfile, table: Table): PropertyType | ColumnReading {
  const type = table.isKey(profile.name) ? 'text' : profile.type
  const { format, split } = profile
  if (type === 'date' && format !== undefined) return { type, format }
  return type === 'list' && split !== undefined ? { type, split } : type
}

function suggestOutputs(table: Table): Output[] | null {
  const time = table.order('time')
  const who = table.identities('person').length > 0
  const name = table.event('name')
  if (who && time !== undefined && name !== undefined)
    return [suggestEvent(table, { prop: name }, time, table.event('id'))]
  const key = table.order('key')
  if (who && time !== undefined && (key !== undefined || table.order('amount') !== undefined)) {
    return [suggestOrder(table, time, key)]
  }
  if (who) {
    const attributes = table.attributes('person')
    const outputs: Output[] = [
      Object.keys(attributes).length > 0 ? { attributes, of: 'person' } : { identities: 'person' },
    ]
    if (table.identities('organisation').length > 0) {
      outputs.push({ relation: 'employs', from: 'organisation', to: 'person' })
    }
    return outputs
  }
  if (table.identities('organisation').length > 0)
    return [{ attributes: table.attributes('organisation'), of: 'organisation' }]
  const sku = table.item('sku')
  return sku === undefined ? null : [{ catalogue: 'goods', item: sku, properties: table.rest([sku]) }]
}

function suggestEvent(table: Table, event: EventOutput['event'], time: string, key: string | undefined): EventOutput {
  return { event, time, ...(key === undefined ? {} : { key }), properties: table.rest([time, key]) }
}

function suggestOrder(table: Table, time: string, key: string | undefined): EventOutput {
  const amount = table.order('amount')
  const quantity = table.order('quantity')
  const price = table.order('price')
  const product: Expression | undefined =
    quantity !== undefined && price !== undefined
      ? { calc: 'mul', of: [{ prop: quantity }, { prop: price }] }
      : undefined
  const line = table.order('line')
  const lineAmount = product ?? amount
  const hasLines =
    key !== undefined && (line !== undefined || table.item('sku') !== undefined || table.item('name') !== undefined)
  if (!hasLines) {
    const properties = table.rest([time, amount])
    if (lineAmount !== undefined) properties.amount = lineAmount
    if (key !== undefined) properties.order_id = key
    return { event: 'order.paid', time, ...(key === undefined ? {} : { key }), properties }
  }
  const items = table.itemValues()
  if (quantity !== undefined) items.qty = quantity
  if (price !== undefined) items.price = price
  if (lineAmount !== undefined) items.amount = lineAmount
  return {
    event: 'order.paid',
    time,
    properties: { order_id: key, ...table.rest([time, key, line, amount, quantity, price, ...table.itemColumns()]) },
    lines: {
      key,
      ...(line === undefined ? {} : { line }),
      items,
      ...(lineAmount === undefined ? {} : { totals: { amount: { sum: lineAmount } } }),
    },
  }
}

/** The columns by what they are. */
class Table {
  constructor(private readonly known: readonly Known[]) {}

  private find(test: (role: ColumnRole['role']) => boolean): string | undefined {
    return this.known.find(({ role }) => role !== undefined && test(role.role))?.profile.name
  }
  order(part: string): string | undefined {
    return this.find((role) => 'order' in role && role.order === part)
  }
  event(part: string): string | undefined {
    return this.find((role) => 'event' in role && role.event === part)
  }
  item(name: string): string | undefined {
    return this.find((role) => 'item' in role && role.item === name)
  }
  identities(subject: string): (readonly [kind: string, column: string])[] {
    return this.known.flatMap(({ profile, role }) =>
      role !== undefined && 'identity' in role.role && role.role.subject === subject
        ? [[role.role.identity, profile.name] as const]
        : [],
    )
  }
  isKey(column: string): boolean {
    const role = this.known.find(({ profile }) => profile.name === column)?.role?.role
    if (role === undefined) return false
    return (
      'identity' in role ||
      'event' in role ||
      ('order' in role && (role.order === 'key' || role.order === 'line')) ||
      ('item' in role && role.item === 'sku')
    )
  }
  /** Subjects with their identities; of several columns of one kind the first is taken. */
  subjects(): Mapping['subjects'] | null {
    const subjects: NonNullable<Mapping['subjects']> = {}
    for (const subject of ['person', 'organisation'] as const) {
      const identities = this.identities(subject)
      if (identities.length === 0) continue
      const first = identities.filter(([kind], at) => identities.findIndex(([other]) => other === kind) === at)
      subjects[subject] = { kind: subject, identities: Object.fromEntries(first) }
    }
    return Object.keys(subjects).length === 0 ? null : subjects
  }
  attributes(subject: 'person' | 'organisation'): Record<string, MappedValue> {
    const values: Record<string, MappedValue> = {}
    const taken = new Set(
      [...this.identities('person'), ...this.identities('organisation')].map(([, column]) => column),
    )
    for (const { profile, role } of this.known) {
      if (taken.has(profile.name)) continue
      if (role !== undefined && 'attribute' in role.role) {
        if (role.role.subject === subject) values[role.role.attribute] = profile.name
      } else {
        values[freeName(values, profile.name)] = profile.name
      }
    }
    return values
  }
  itemColumns(): string[] {
    return this.known.flatMap(({ profile, role }) => (role !== undefined && 'item' in role.role ? [profile.name] : []))
  }
  itemValues(): Record<string, MappedValue> {
    return Object.fromEntries(
      this.known.flatMap(({ profile, role }) =>
        role !== undefined && 'item' in role.role ? [[role.role.item, profile.name]] : [],
      ),
    )
  }
  /** Properties of all columns that are no identities, under known names or their own. */
  rest(without: readonly (string | undefined)[]): Record<string, MappedValue> {
    const values: Record<string, MappedValue> = {}
    for (const { profile, role } of this.known) {
      if (without.includes(profile.name)) continue
      const part = role?.role
      if (part !== undefined && ('identity' in part || 'event' in part)) continue
      const name =
        part === undefined
          ? profile.name
          : 'property' in part
            ? part.property
            : 'item' in part
              ? part.item
              : 'attribute' in part
                ? part.attribute
                : 'order' in part
                  ? part.order
                  : profile.name
      values[freeName(values, name)] = profile.name
    }
    return values
  }
}

/** A name the catalogue takes: Latin names in snake case, others as they are; numbered when it is taken. */
function freeName(taken: Readonly<Record<string, unknown>>, column: string): string {
  const snake = column
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
  const base = isName(snake) && snake !== 'items' ? snake : `column_${plainName(column).length}`
  let name = base
  for (let copy = 2; Object.hasOwn(taken, name); copy++) name = `${base}_${copy}`
  return name
}

const TYPES: Readonly<Record<PropertyType, { readonly zh: string; readonly en: string }>> = {
  number: { zh: '数字', en: 'a number' },
  money: { zh: '金额', en: 'money' },
  text: { zh: '文本', en: 'text' },
  date: { zh: '日期', en: 'a date' },
  bool: { zh: '是否', en: 'yes or no' },
  list: { zh: '列表', en: 'a list' },
}

function explain(profile: ColumnProfile, role: ColumnRole | undefined, table: Table): ColumnExplanation {
  const type = TYPES[table.isKey(profile.name) ? 'text' : profile.type]
  const format = profile.format === undefined ? '' : ` (${profile.format})`
  const unfit = profile.unfit === 0 ? '' : `, ${profile.unfit} of ${profile.cells} cells do not fit`
  const unfitZh = profile.unfit === 0 ? '' : `，${profile.cells} 个单元格中有 ${profile.unfit} 个不符合`
  return role === undefined
    ? {
        column: profile.name,
        en: `not known by its name; holds ${type.en}${format}${unfit}`,
        zh: `未识别列名；内容为${type.zh}${format}${unfitZh}`,
      }
    : {
        column: profile.name,
        en: `${role.en}, by its name; holds ${type.en}${format}${unfit}`,
        zh: `按列名识别为${role.zh}；内容为${type.zh}${format}${unfitZh}`,
      }
}
