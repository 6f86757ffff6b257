import { beforeAll, describe, expect, it } from 'vitest'
import type { Incoming, IncomingEvent, RawValue, SubjectReference } from '../../collect/incoming.js'
import type { OrderLine } from '../../collect/mapping/order-lines.js'
import { parseMapping } from '../../collect/mapping/parse-mapping.js'
import { prepareMapping } from '../../collect/mapping/prepare-mapping.js'
import { DEFAULT_IDENTITY_KINDS } from '../../identify/kinds.js'
import { normaliseIdentity } from '../../identify/normalise.js'
import { zoneOf } from '../../kernel/zone.js'
import { makeDemo } from '../demo-rows.js'
import { DEMO_FILE_NAMES, DEMO_FILES, type DemoCell, type DemoFileName, type DemoRow } from '../files/file.js'
import { DEMO_ATTRIBUTES, DEMO_EVENTS } from '../labels.js'
import type { DemoTruth } from '../truth.js'
import { DEMO_MAPPINGS } from './mappings.js'

const NOW = Date.UTC(2026, 10, 22, 12)

/** What an import finds in one file. */
interface Found {
  readonly records: Incoming[]
  readonly reasons: Record<string, number>
  /** Rows that repeat a fact of an earlier row. */
  duplicates: number
}

function rawCell(cell: DemoCell): RawValue {
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : cell
}

function valuesOf(row: DemoRow): Record<string, RawValue> {
  if ('record' in row) return { ...row.record }
  const file = DEMO_FILES[row.file]
  const columns = file.format === 'ndjson' ? [] : file.columns
  return Object.fromEntries(columns.map((column, i) => [column, rawCell(row.cells[i] ?? null)]))
}

function readDemo(customers: number): { found: Map<DemoFileName, Found>; truth: DemoTruth } {
  const demo = makeDemo({ seed: 11, now: NOW, customers })
  const context = { zone: zoneOf('Asia/Shanghai'), importedAt: NOW }
  const readers = new Map(
    DEMO_FILE_NAMES.map((name) => {
      const mapping = prepareMapping(DEMO_MAPPINGS[name], context)
      const found: Found = { records: [], reasons: {}, duplicates: 0 }
      return [name, { mapping, found, keys: new Set<string>(), orders: new Map<string, OrderLine[]>(), rows: 0 }]
    }),
  )
  for (const row of demo.rows()) {
    const reader = readers.get(row.file)!
    const outcome = reader.mapping.apply({ number: ++reader.rows, values: valuesOf(row) }, () => 1)
    if ('rejected' in outcome) {
      for (const { code } of outcome.rejected) reader.found.reasons[code] = (reader.found.reasons[code] ?? 0) + 1
      continue
    }
    for (const record of outcome.records) takeRecord(reader, record)
    for (const line of outcome.lines) reader.orders.set(line.order, [...(reader.orders.get(line.order) ?? []), line])
  }
  for (const reader of readers.values()) {
    for (const lines of reader.orders.values()) {
      const outcome = reader.mapping.assemble(lines)
      if (!('event' in outcome)) throw new Error('an order of the demo could not be put together')
      reader.found.duplicates += outcome.left.length
      takeRecord(reader, outcome.event)
    }
  }
  return { found: new Map([...readers].map(([name, { found }]) => [name, found])), truth: demo.truth() }
}

/** Records whose subjects have no usable identity are refused behind the log; here they count as `no identity`. */
function takeRecord(reader: { found: Found; keys: Set<string> }, record: Incoming): void {
  if (reader.keys.has(record.key.hash)) {
    reader.found.duplicates++
    return
  }
  reader.keys.add(record.key.hash)
  const about = 'about' in record ? [record.about].flat() : record.type === 'relation' ? [record.from, record.to] : []
  if (about.every(isKnown)) reader.found.records.push(record)
  else reader.found.reasons.unusable = (reader.found.reasons.unusable ?? 0) + 1
}

function isKnown(subject: SubjectReference): boolean {
  return subject.identities.some(({ kind, value }) => {
    const entry = DEFAULT_IDENTITY_KINDS.find(({ key }) => key === kind)
    return entry !== undefined && normaliseIdentity(entry, value, new Set()).kind === 'ok'
  })
}

describe('the mappings of the demo', () => {
  let found: Map<DemoFileName, Found>
  let truth: DemoTruth
  beforeAll(() => {
    ;({ found, truth } = readDemo(1200))
  })
  const eventsOf = (files: readonly DemoFileName[]): IncomingEvent[] =>
    files.flatMap((file) => found.get(file)!.records.filter((record) => record.type === 'event'))

  it.each(DEMO_FILE_NAMES)('%s has one that fits its columns', (name) => {
    const file = DEMO_FILES[name]
    const result = parseMapping(DEMO_MAPPINGS[name], file.format === 'ndjson' ? undefined : file.columns)
    expect(result.ok ? [] : result.issues).toEqual([])
  })

  it('find every event that happened, once', () => {
    const counts: Record<string, number> = {}
    for (const { event } of eventsOf(DEMO_FILE_NAMES)) counts[event] = (counts[event] ?? 0) + 1
    expect(counts).toEqual(truth.events)
  })

  it('find the same revenue, lines and refunds', () => {
    const orders = eventsOf(['orders.csv', 'pos-orders.csv'])
    const fenOf = (event: IncomingEvent): number => Math.round(Number(event.properties.amount) * 100)
    expect(orders.reduce((sum, order) => sum + fenOf(order), 0)).toBe(truth.revenueFen)
    expect(orders.reduce((sum, order) => sum + (order.properties.items as RawValue[]).length, 0)).toBe(truth.orderLines)
    const refunds = eventsOf(['returns.csv']).filter(({ event }) => event === 'order.refunded')
    expect(refunds.reduce((sum, refund) => sum + fenOf(refund), 0)).toBe(truth.refundedFen)
  })

  it('refuse exactly the rows that are dirt', () => {
    for (const name of DEMO_FILE_NAMES) {
      const { reasons } = found.get(name)!
      const refused = Object.values(reasons).reduce((sum, count) => sum + count, 0)
      // A contact without a usable phone loses both its facts.
      const facts = name === 'contacts.csv' ? 2 : 1
      const future = truth.future[name] ?? 0
      expect(refused, `${name} ${JSON.stringify(reasons)}`).toBe((truth.rejected[name] ?? 0) * facts + future)
      expect(reasons.time_in_future ?? 0, name).toBe(future)
    }
  })

  it('take repeated rows for what they are', () => {
    for (const name of ['orders.csv', 'pos-orders.csv', 'web-events.ndjson'] as const) {
      expect(found.get(name)!.duplicates, name).toBe(truth.duplicates[name] ?? 0)
    }
  })

  it('give one spelling of gender and city, and no placeholder birthdays', () => {
    const cities = new Set<unknown>()
    const genders = new Set<unknown>()
    for (const record of found.get('customers.xlsx')!.records) {
      if (record.type !== 'attributes') continue
      for (const { attribute, value } of record.changes) {
        if (attribute === 'city') cities.add(value)
        if (attribute === 'gender') genders.add(value)
        if (attribute === 'birthday') expect(Number(String(value).slice(0, 4))).toBeGreaterThan(1930)
      }
    }
    expect([...genders].sort()).toEqual(['女', '男'])
    expect(cities.size).toBeGreaterThan(30)
    for (const city of cities) expect(city).not.toMatch(/市$/)
  })

  it('bring only names that have labels in both languages', () => {
    for (const file of DEMO_FILE_NAMES) {
      for (const record of found.get(file)!.records) {
        if (record.type === 'event') {
          const named = DEMO_EVENTS[record.event]
          for (const name of Object.keys(record.properties)) {
            if (name !== 'items') expect(named?.properties, `${record.event} ${name}`).toHaveProperty([name])
          }
          const [line] = (record.properties.items ?? []) as Record<string, RawValue>[]
          for (const name of Object.keys(line ?? {})) expect(named?.properties).toHaveProperty([`items.${name}`])
        }
        if (record.type === 'attributes') {
          const kind = record.about.subject === 'organisation' ? 'organisation' : 'person'
          for (const { attribute } of record.changes) expect(DEMO_ATTRIBUTES[kind]).toHaveProperty([attribute])
        }
      }
    }
  })

  it('bring every article that is sold, with the price it is listed at', () => {
    const goods = new Map(
      found
        .get('goods.csv')!
        .records.flatMap((record) => (record.type === 'item' ? [[record.item, record] as const] : [])),
    )
    let lines = 0
    for (const file of ['orders.csv', 'pos-orders.csv'] as const) {
      for (const record of found.get(file)!.records) {
        if (record.type !== 'event') continue
        for (const line of (record.properties.items ?? []) as Record<string, RawValue>[]) {
          const article = goods.get(String(line.sku))
          expect(article?.properties).toMatchObject({ category: line.category, list_price: line.list_price })
          lines += 1
        }
      }
    }
    expect(lines).toBeGreaterThan(100)
    expect([...goods.values()].every(({ properties }) => properties.brand && properties.price_band)).toBe(true)
  })

  it('say who works for which company, in which role', () => {
    const relations = found.get('contacts.csv')!.records.filter((record) => record.type === 'relation')
    expect(relations.length).toBe(truth.employments)
    expect(new Set(relations.map((relation) => relation.role))).toContain('采购')
    expect(relations.some((relation) => relation.until !== null)).toBe(true)
    expect(DEMO_MAPPINGS['contacts.csv'].declare?.relations).toMatchObject({
      employs: { from: 'organisation', to: 'person' },
      employer: { inverseOf: 'employs' },
    })
  })
})
