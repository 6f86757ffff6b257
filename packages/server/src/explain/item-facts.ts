import type { RawValue } from '@tagtree/core/collect/incoming'
import type { ItemReader } from '@tagtree/core/evaluate/event-rows'
import type { SubjectFacts } from '@tagtree/core/evaluate/facts'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { quoteIdentifier } from '../store/clickhouse.js'
import { readCell } from './event-facts.js'
import { type FactSource, knownRows, sourceParams } from './fact-source.js'

/** The items that events of these facts name, as they are known; absent when no event names any. */
export async function loadItems(source: FactSource, facts: SubjectFacts): Promise<ItemReader | undefined> {
  const wanted = itemsNamed(source, facts)
  if (wanted.size === 0) return undefined
  const known = new Map<string, ReadonlyMap<string, Readonly<Record<string, EventScopeValue>>>>()
  for (const [catalogue, items] of wanted) known.set(catalogue, await readItems(source, catalogue, [...items]))
  return (catalogue, item) => known.get(catalogue)?.get(item) ?? null
}

function itemsNamed({ catalog }: FactSource, facts: SubjectFacts): Map<string, Set<string>> {
  const wanted = new Map<string, Set<string>>()
  if (catalog.items.size === 0) return wanted
  const visit = (one: SubjectFacts, depth: number): void => {
    for (const event of one.events) {
      for (const { name, item, catalogue } of catalog.events.get(event.event)?.properties.values() ?? []) {
        if (catalogue === undefined) continue
        const field = name.slice(name.indexOf('.') + 1)
        const values = item ? event.items.map((line) => line[field]) : [event.properties[name]].flat()
        const own = wanted.get(catalogue) ?? new Set()
        for (const value of values) if (typeof value === 'string') own.add(value)
        if (own.size > 0) wanted.set(catalogue, own)
      }
    }
    if (depth === 0) return
    for (const links of one.related?.values() ?? []) for (const link of links) visit(link.other, depth - 1)
  }
  visit(facts, 2)
  return wanted
}

/** The engine takes parameters up to 128 KiB. */
const ITEMS_PER_QUERY = 1_000

async function readItems(source: FactSource, catalogue: string, items: readonly string[]) {
  const properties = [...(source.catalog.items.get(catalogue)?.properties.values() ?? [])]
  const columns = properties.map(({ name, type, column }, index) => {
    const value = column === null ? `props.${quoteIdentifier(name)}.:String` : quoteIdentifier(column)
    const known = column !== null && type === 'list' ? `, ${quoteIdentifier(`${column}__known`)} AS k${index}` : ''
    return `, ${value} AS v${index}${known}`
  })
  const found = new Map<string, Record<string, EventScopeValue>>()
  for (let from = 0; from < items.length; from += ITEMS_PER_QUERY) {
    const rows = await source.clickhouse.query<Record<string, RawValue> & { item: string }>(
      `SELECT item${columns.join('')} FROM items
       WHERE catalogue = {catalogue:String} AND item IN {items:Array(String)}${knownRows(source)}
       ORDER BY item, ts DESC, seq DESC LIMIT 1 BY item`,
      { params: { ...sourceParams(source), catalogue, items: items.slice(from, from + ITEMS_PER_QUERY) } },
    )
    for (const row of rows) {
      const values: Record<string, EventScopeValue> = {}
      for (const [index, entry] of properties.entries()) {
        const stored = row[`v${index}`]
        if (stored === undefined || stored === null) continue
        if (entry.column !== null && entry.type === 'list' && row[`k${index}`] !== 1) continue
        values[entry.name] = readCell(stored, entry)
      }
      found.set(row.item, values)
    }
  }
  return found
}
