import { describe, expect, it } from 'vitest'
import { zoneOf } from '../../kernel/zone.js'
import { parseMapping } from './parse-mapping.js'
import { prepareMapping, type RowOutcome } from './prepare-mapping.js'

const base = {
  id: 'm',
  name: 'm',
  columns: { id: 'text', at: 'date', who: 'text', paid: 'money', fee: 'money', money: 'text' },
  subjects: { buyer: { identities: { user_id: 'who' } } },
}
const plain = {
  ...base,
  outputs: [
    {
      event: 'order.paid',
      time: 'at',
      properties: { amount: { value: 'paid', currency: 'money', label: { zh: '金额', en: 'amount' } } },
    },
  ],
}
const lines = {
  ...base,
  outputs: [
    {
      event: 'order.paid',
      time: 'at',
      lines: {
        key: 'id',
        items: { amount: { value: 'paid', currency: 'money' } },
        totals: { amount: { sum: 'paid', currency: 'money' }, fee: { sum: 'fee' } },
      },
    },
  ],
}

function ready(document: unknown) {
  const parsed = parseMapping(document)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return prepareMapping(parsed.mapping, { zone: zoneOf('Asia/Shanghai'), importedAt: Date.UTC(2026, 5, 1) })
}
const row = (paid: string, money: string | null, number = 1) => ({
  number,
  values: { id: 'o1', at: '2026-01-02', who: 'ana', paid, fee: '1', money },
})
const linesOf = (outcome: RowOutcome) => ('lines' in outcome ? outcome.lines : [])

describe('a currency beside an amount', () => {
  it('goes with the amount, and is left out where the row has none', () => {
    const mapping = ready(plain)
    const properties = [row('10.5', 'USD'), row('7', null)].map((one) => {
      const outcome = mapping.apply(one, () => 1)
      const [record] = 'records' in outcome ? outcome.records : []
      return record?.type === 'event' ? record.properties : null
    })
    expect(properties).toEqual([{ amount: 10.5, 'amount.currency': 'USD' }, { amount: 7 }])
  })

  it('is one for the whole order, and each line keeps its own', () => {
    const mapping = ready(lines)
    const staged = [row('10', 'USD', 1), row('2.5', 'USD', 2)].flatMap((one) => linesOf(mapping.apply(one, () => 1)))
    const order = mapping.assemble(staged)
    expect('event' in order && order.event.properties).toEqual({
      ...{ amount: 12.5, 'amount.currency': 'USD', fee: 2 },
      items: [
        { amount: 10, 'amount.currency': 'USD' },
        { amount: 2.5, 'amount.currency': 'USD' },
      ],
    })
    const mixed = mapping.assemble([...staged, ...linesOf(mapping.apply(row('1', 'EUR', 3), () => 1))])
    expect(mixed).toEqual({ rejected: [{ code: 'currency_mixed', words: { column: 'amount' } }], rows: [1, 2, 3] })
  })

  it('stands beside numbers only, in a column of the mapping', () => {
    const issuesOf = (value: object) => {
      const parsed = parseMapping({ ...base, outputs: [{ event: 'x', time: 'at', properties: { amount: value } }] })
      return parsed.ok ? [] : parsed.issues.map(({ pointer }) => pointer)
    }
    expect(issuesOf({ value: 'who', currency: 'money' })).toEqual(['/outputs/0/properties/amount/currency'])
    expect(issuesOf({ value: 'paid', currency: 'mony' })).toEqual(['/outputs/0/properties/amount/currency'])
    expect(issuesOf({ value: 'paid', currency: { constant: 'USD' } })).toEqual([])
  })
})
