import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { zoneOf } from '../../kernel/zone.js'
import type { RawValue } from '../incoming.js'
import type { Mapping } from './mapping.js'
import { parseMapping } from './parse-mapping.js'
import { type PreparedMapping, prepareMapping, type RowOutcome } from './prepare-mapping.js'

const importedAt = Date.parse('2026-03-01T00:00:00Z')
const context = { zone: zoneOf('Asia/Shanghai'), importedAt }

function parsed(document: unknown): Mapping {
  const result = parseMapping(document)
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.mapping
}

/** Maps rows as an import does: counting equal rows. */
function run(
  document: unknown,
  rows: readonly Record<string, RawValue>[],
): { mapping: PreparedMapping; outcomes: RowOutcome[] } {
  const mapping = prepareMapping(parsed(document), context)
  const counts = new Map<string, number>()
  const outcomes = rows.map((values, at) =>
    mapping.apply({ number: at + 2, values }, (high, low) => {
      const count = (counts.get(`${high} ${low}`) ?? 0) + 1
      counts.set(`${high} ${low}`, count)
      return count
    }),
  )
  return { mapping, outcomes }
}
const recordsOf = (outcome: RowOutcome | undefined) =>
  outcome !== undefined && 'records' in outcome ? outcome.records : []
const reasonsOf = (outcome: RowOutcome | undefined) =>
  outcome !== undefined && 'rejected' in outcome ? outcome.rejected.map((reason) => reason.code) : []

const visits = {
  id: 'visits',
  name: 'visits',
  columns: { who: 'text', phone: 'text', at: 'date', page: 'text', seconds: 'number', price: 'money', qty: 'number' },
  subjects: { person: { identities: { user_id: 'who', phone: 'phone' } } },
  outputs: [
    {
      event: 'page.viewed',
      time: 'at',
      properties: { page: 'page', seconds: 'seconds', paid: { calc: 'mul', of: [{ prop: 'price' }, { prop: 'qty' }] } },
    },
  ],
}
const visit = { who: 'u1', phone: null, at: '2026-01-31 10:00:00', page: '/a', seconds: '12.5', price: '0.1', qty: '3' }

describe('a row', () => {
  it('becomes an event with local time, exact numbers and identities', () => {
    const { outcomes } = run(visits, [visit])
    expect(recordsOf(outcomes[0])).toMatchObject([
      {
        type: 'event',
        key: { scope: 'file', content: null },
        event: 'page.viewed',
        ts: Date.parse('2026-01-31T02:00:00Z'),
        about: [{ subject: 'person', identities: [{ kind: 'user_id', value: 'u1' }] }],
        properties: { page: '/a', seconds: 12.5, paid: 0.3 },
      },
    ])
  })
  it('keeps its key in another format of the same values, and repeated rows stay apart', () => {
    const { outcomes } = run(visits, [
      visit,
      { ...visit, at: '2026-01-31T02:00:00Z', seconds: 12.5, price: 0.1, qty: 3, unused: 'x' },
      { ...visit, page: '/b' },
    ])
    const keys = outcomes.flatMap((outcome) => recordsOf(outcome).map((record) => record.key.hash))
    const again = run(visits, [visit, visit, { ...visit, page: '/b' }]).outcomes
    expect(new Set(keys).size).toBe(3)
    expect(again.flatMap((outcome) => recordsOf(outcome).map((record) => record.key.hash))).toEqual(keys)
  })
  it.each([
    ['has no identity', { who: ' ', phone: '' }, ['no_identity']],
    ['has an unreadable date and number', { at: '2026-13-45', seconds: 'x' }, ['date_unreadable', 'number_unreadable']],
    ['has no time', { at: null }, ['time_missing']],
    ['lies before 1970', { at: '1960-01-01' }, ['time_before_1970']],
    ['lies in the future', { at: '2036-01-01' }, ['time_in_future']],
    ['has too large a number', { price: '1e400' }, ['number_out_of_range']],
  ])('that %s is rejected with its reasons', (_name, change, reasons) => {
    expect([...reasonsOf(run(visits, [{ ...visit, ...change }]).outcomes[0])].sort()).toEqual([...reasons].sort())
  })
  it('is ruled out with the reason of the mapping, or left when no output takes it', () => {
    const document = {
      ...visits,
      reject: [{ when: { prop: 'page', startsWith: '/admin' }, reason: { zh: '后台', en: 'staff' } }],
      outputs: [{ ...visits.outputs[0], where: { prop: 'seconds', gt: 1 } }],
    }
    const { outcomes } = run(document, [{ ...visit, page: '/admin/x' }, { ...visit, seconds: '0.5' }, visit])
    expect(outcomes[0]).toEqual({ rejected: [{ code: 'ruled_out', words: { zh: '后台', en: 'staff' } }] })
    expect(reasonsOf(outcomes[1])).toEqual(['not_mapped'])
    expect(recordsOf(outcomes[2])).toHaveLength(1)
  })
  it('with an event number of its own is the same event when it comes again', () => {
    const document = { ...visits, outputs: [{ ...visits.outputs[0], key: 'page' }] }
    const [first, second] = run(document, [visit, { ...visit, seconds: '99' }]).outcomes.flatMap(recordsOf)
    expect(first?.key.hash).toBe(second?.key.hash)
    expect(first?.key.content).not.toBe(second?.key.content)
  })
})

const orders = {
  id: 'orders',
  name: 'orders',
  columns: {
    no: 'text',
    line: 'number',
    day: 'text',
    clock: 'text',
    who: 'text',
    sku: 'text',
    qty: 'number',
    price: 'money',
  },
  subjects: { buyer: { identities: { user_id: 'who' } } },
  outputs: [
    {
      event: { case: [{ when: { prop: 'no', startsWith: 'C' }, value: 'order.cancelled' }], otherwise: 'order.paid' },
      time: { date: ['day', 'clock'], format: 'd/M/yyyy H:mm' },
      properties: { order_id: 'no' },
      lines: {
        key: 'no',
        line: 'line',
        items: { sku: 'sku', qty: 'qty', amount: { calc: 'mul', of: [{ prop: 'qty' }, { prop: 'price' }] } },
        totals: {
          amount: { sum: { calc: 'mul', of: [{ prop: 'qty' }, { prop: 'price' }] } },
          lines: { count: true },
          articles: { distinct: 'sku' },
          dearest: { max: 'price' },
        },
      },
    },
  ],
}
const line = (no: string, lineNo: number, clock: string, sku: string, qty: number, price: number) => ({
  no,
  line: lineNo,
  day: '31/1/2026',
  clock,
  who: 'u1',
  sku,
  qty,
  price,
})

function ordersOf(rows: readonly Record<string, RawValue>[]) {
  const { mapping, outcomes } = run(orders, rows)
  const lines = outcomes.flatMap((outcome) => ('lines' in outcome ? outcome.lines : []))
  const keys = [...new Set(lines.map((one) => one.order))]
  return keys.map((key) => mapping.assemble(lines.filter((one) => one.order === key)))
}

describe('lines of orders', () => {
  const rows = [
    line('A', 1, '10:00', 'x', 2, 1.25),
    line('B', 1, '11:00', 'y', 1, 9),
    line('A', 2, '9:30', 'y', 1, 0.1),
    line('A', 1, '10:00', 'x', 2, 1.25),
    line('CA', 1, '12:00', 'x', -1, 1.25),
  ]
  it('become one event at the earliest time, wherever they stand; repeated lines count once', () => {
    expect(ordersOf(rows)).toMatchObject([
      {
        left: [5],
        event: {
          event: 'order.paid',
          ts: Date.parse('2026-01-31T01:30:00Z'),
          properties: {
            order_id: 'A',
            amount: 2.6,
            lines: 2,
            articles: 2,
            dearest: 1.25,
            items: [
              { sku: 'x', qty: 2, amount: 2.5 },
              { sku: 'y', qty: 1, amount: 0.1 },
            ],
          },
        },
      },
      { event: { properties: { order_id: 'B', amount: 9 } } },
      { event: { event: 'order.cancelled', properties: { amount: -1.25 } } },
    ])
  })
  it('keep their key and content in another order of rows, and change the content with their values', () => {
    const key = (outcome: ReturnType<typeof ordersOf>[number] | undefined) =>
      outcome !== undefined && 'event' in outcome ? outcome.event.key : null
    const [first] = ordersOf(rows)
    const [moved] = ordersOf([rows[2]!, rows[0]!])
    const [other] = ordersOf([rows[0]!, line('A', 2, '9:30', 'y', 2, 0.1)])
    expect(key(moved)).toEqual(key(first))
    expect(key(other)?.hash).toBe(key(first)?.hash)
    expect(key(other)?.content).not.toBe(key(first)?.content)
  })
})

describe('other outputs', () => {
  it('give attributes, relations, identities and items', () => {
    const document = {
      id: 'contacts',
      name: 'contacts',
      columns: {
        company: 'text',
        phone: 'text',
        name: 'text',
        role: 'text',
        since: 'date',
        until: 'date',
        vip: 'bool',
        tags: { type: 'list', split: '、' },
      },
      subjects: {
        person: { identities: { phone: 'phone' } },
        firm: { kind: 'organisation', identities: { organisation_id: 'company' } },
      },
      outputs: [
        {
          attributes: { name: 'name', vip: { value: 'vip', operation: 'set_once' }, tags: 'tags' },
          of: 'person',
          time: 'since',
        },
        { relation: 'employs', from: 'firm', to: 'person', role: 'role', since: 'since', until: 'until' },
        { identities: 'person' },
        { catalogue: 'goods', item: { concat: ['company', 'role'], with: '-' }, properties: { n: { row: 'number' } } },
      ],
    }
    const row = {
      company: 'F1',
      phone: '138',
      name: '张',
      role: '采购',
      since: '2020-01-01',
      until: null,
      vip: '是',
      tags: 'a、b',
    }
    const since = Date.parse('2019-12-31T16:00:00Z')
    const person = { subject: 'person', identities: [{ kind: 'phone', value: '138' }] }
    expect(recordsOf(run(document, [row]).outcomes[0])).toMatchObject([
      {
        type: 'attributes',
        ts: since,
        about: person,
        changes: [
          { operation: 'set', attribute: 'name', value: '张' },
          { operation: 'set_once', attribute: 'vip', value: true },
          { operation: 'set', attribute: 'tags', value: ['a', 'b'] },
        ],
      },
      {
        type: 'relation',
        relation: 'employs',
        from: { subject: 'organisation' },
        to: person,
        role: '采购',
        ts: since,
        until: null,
      },
      { type: 'identities', ts: importedAt, about: person },
      { type: 'item', catalogue: 'goods', item: 'F1-采购', properties: { n: 2 } },
    ])
    expect(reasonsOf(run(document, [{ ...row, company: null }]).outcomes[0])).toEqual(['related_missing'])
  })
})

describe('a mapping with mistakes', () => {
  const cases: [string, unknown, string, RegExp][] = [
    ['no object', 7, '', /object/],
    ['an unknown field', { ...visits, colums: {} }, '/colums', /did you mean "columns"/],
    ['an unknown type', { ...visits, columns: { a: 'numbr' } }, '/columns/a', /did you mean "number"/],
    [
      'an unknown column',
      { ...visits, outputs: [{ event: 'x', time: 'att' }] },
      '/outputs/0/time',
      /did you mean "at"/,
    ],
    ['a time that is no date', { ...visits, outputs: [{ event: 'x', time: 'page' }] }, '/outputs/0/time', /type date/],
    [
      'an unknown subject',
      { ...visits, outputs: [{ event: 'x', time: 'at', about: ['persn'] }] },
      '/outputs/0/about/0',
      /did you mean "person"/,
    ],
    ['no subject', { ...visits, subjects: {}, outputs: [{ event: 'x', time: 'at' }] }, '/outputs/0', /no subject/],
    [
      'a relation without ends',
      { ...visits, declare: { relations: { a: { from: 'person', many: true, label: 'a', noun: 'a' } } } },
      '/declare/relations/a',
      /from and to, or inverseOf/,
    ],
    [
      'an inverse with ends of its own',
      {
        ...visits,
        declare: {
          relations: { a: { from: 'person', to: 'person', inverseOf: 'b', many: true, label: 'a', noun: 'a' } },
        },
      },
      '/declare/relations/a',
      /from and to, or inverseOf/,
    ],
    [
      'a number that names items',
      {
        ...visits,
        columns: { ...visits.columns, n: 'number' },
        outputs: [{ event: 'x', time: 'at', properties: { sku: { value: 'n', catalogue: 'goods' } } }],
      },
      '/outputs/0/properties/sku/catalogue',
      /type: text/,
    ],
    ['an unknown output', { ...visits, outputs: [{ evnt: 'x' }] }, '/outputs/0', /did you mean "event"/],
    ['two heads', { ...visits, outputs: [{ event: 'x', attributes: {}, time: 'at' }] }, '/outputs/0', /one of/],
    [
      'a clock in a test',
      { ...visits, reject: [{ when: { clock: 'hour', is: 1 }, reason: 'x' }] },
      '/reject/0/when/clock',
      /no meaning/,
    ],
    [
      'an attribute in a test',
      { ...visits, reject: [{ when: { prop: 'page', is: { attr: 'x' } }, reason: 'x' }] },
      '/reject/0/when/is/attr',
      /no meaning/,
    ],
    ['a bad test', { ...visits, reject: [{ when: { prop: 'page' }, reason: 'x' }] }, '/reject/0/when', /operator/],
    [
      'a bad format',
      { ...visits, columns: { ...visits.columns, at: { type: 'date', format: 'HH' } } },
      '/columns/at/format',
      /no date format/,
    ],
    [
      'a sum of text',
      { ...orders, outputs: [{ ...orders.outputs[0], lines: { key: 'no', totals: { a: { sum: 'sku' } } } }] },
      '/outputs/0/lines/totals/a/sum',
      /numbers/,
    ],
    [
      'a reserved name',
      { ...visits, outputs: [{ event: 'x', time: 'at', properties: { constructor: 'page' } }] },
      '/outputs/0/properties/constructor',
      /not allowed/,
    ],
    ['an unknown zone', { ...visits, timeZone: 'Asia/Beijing2' }, '/timeZone', /no time zone/],
    ['a version of the future', { ...visits, version: 9 }, '/version', /./],
  ]
  it.each(cases)('%s is told where and why', (_name, document, pointer, message) => {
    const result = parseMapping(document)
    expect(result.ok).toBe(false)
    const issues = result.ok ? [] : result.issues
    const issue = issues.find((one) => one.pointer === pointer)
    expect(issue ?? issues).toMatchObject({ message: expect.stringMatching(message), messageZh: expect.any(String) })
  })
  it('of a column that the file does not have is told with the nearest one', () => {
    const result = parseMapping(visits, ['who', 'phone', 'att', 'page', 'seconds', 'price', 'qty'])
    expect(result.ok ? [] : result.issues).toMatchObject([{ pointer: '/columns/at', didYouMean: 'att' }])
  })
  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.constantFrom('columns', 'subjects', 'outputs', 'reject', 'file', 'declare', 'id'),
        (whole, part, field) => {
          parseMapping(whole)
          const result = parseMapping({ ...visits, [field]: part })
          if (result.ok) prepareMapping(result.mapping, context)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('rows of any kind', () => {
  const cell: fc.Arbitrary<RawValue> = fc.oneof(
    fc.jsonValue() as fc.Arbitrary<RawValue>,
    fc.double(),
    fc.constantFrom(
      '1e400',
      'NaN',
      '__proto__',
      "'; drop table events; --",
      '2026-13-45',
      '9999-12-31',
      '\u0000',
      '𠮷',
      '-0',
      '1'.repeat(500),
    ),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  it('never throw and give finite moments and valid keys', () => {
    const mappings = [visits, orders].map((document) => prepareMapping(parsed(document), context))
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(...Object.keys({ ...visits.columns, ...orders.columns }), '__proto__', 'x'),
          cell,
        ),
        (values) => {
          for (const mapping of mappings) {
            const outcome = mapping.apply({ number: 1, values }, () => 1)
            if ('rejected' in outcome) expect(outcome.rejected.length).toBeGreaterThan(0)
            else {
              for (const record of outcome.records) {
                expect(Number.isFinite(record.ts)).toBe(true)
                expect(record.key.hash).toMatch(/^-?\d{1,19}$/)
                expect(JSON.parse(JSON.stringify(record))).toEqual(record)
              }
              if (outcome.lines.length > 0) mapping.assemble(outcome.lines)
            }
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
