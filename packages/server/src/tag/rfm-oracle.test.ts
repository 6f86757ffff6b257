import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { compile } from '@tagtree/core/compile/compile'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import { buildCatalog } from '@tagtree/core/language/testing/catalog-builder'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { solveFits } from './run/solve-fits.js'
import { readValue } from './testing/value-map.js'
import { addWorldColumns } from './testing/world-tables.js'

/** Real orders of a shop and figures that were computed outside; not part of the repository. */
const shared = fileURLToPath(new URL('../../../../../shared/', import.meta.url))
const data = `${shared}data/online-retail/online_retail.csv.gz`
const oracle = `${shared}oracles/online_retail_rfm.json`
const isThere = existsSync(data) && existsSync(oracle)
if (!isThere) console.warn('rfm-oracle: ../shared is absent, its figures are passed over')

const recency = { since: { did: 'order.paid', get: 'lastAt' } }
const frequency = { did: 'order.paid', get: { distinct: 'order_id' } }
const monetary = { did: 'order.paid', get: { sum: 'amount' } }
const GROUPS = [
  ['hibernating', [1, 2], [1, 2]],
  ['at_risk', [1, 2], [3, 4]],
  ['cant_lose', [1, 2], [5, 5]],
  ['about_to_sleep', [3, 3], [1, 2]],
  ['need_attention', [3, 3], [3, 3]],
  ['loyal_customers', [3, 4], [4, 5]],
  ['promising', [4, 4], [1, 1]],
  ['new_customers', [5, 5], [1, 1]],
  ['potential_loyalists', [4, 5], [2, 3]],
  ['champions', [5, 5], [4, 5]],
]

const catalog = buildCatalog({
  events: { 'order.paid': { order_id: 'text', amount: 'money' } },
  definitions: [
    ...Object.entries({ recency, frequency, monetary }).map(([id, value]) => ({
      kind: 'tag',
      id,
      name: id,
      ordered: true,
      assign: { cut: value, at: { method: 'quantile', n: 5 }, values: ['1', '2', '3', '4', '5'] },
    })),
    { kind: 'tag', id: 'groups', name: 'n', recipe: { use: 'rfm_grid', with: { recency, frequency, map: GROUPS } } },
    {
      kind: 'tag',
      id: 'abc',
      name: 'n',
      ordered: true,
      assign: { cut: monetary, at: { method: 'share', probs: [0.8, 0.95] }, values: ['C', 'B', 'A'] },
    },
  ],
})

describe.skipIf(!isThere)('541,909 real order lines', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await addWorldColumns(workspace.events, catalog)
    await writeOrders(workspace)
  })
  afterAll(() => workspace.close())

  it('fall into the quintiles, RFM groups and ABC classes that were computed outside', async () => {
    const expected = JSON.parse(readFileSync(oracle, 'utf8'))
    const definitions = [...catalog.definitions.values()].map((entry) => entry.body)
    const compiled = compile(definitions, {
      catalog,
      database: workspace.events.database,
      asOf: Date.parse('2011-12-10T00:00:00+08:00'),
      knownSeq: null,
      excludedImports: [],
      hasSuperseded: false,
      attributes: 'current',
      tags: { mode: 'recompute' },
    })
    const { fits } = await solveFits(workspace.events, compiled)
    const { sql, params } = compiled.statement(fits)
    const rows = await workspace.events.query<Record<string, unknown>>(sql, { params })
    expect(rows.length).toBe(expected.n_customers)

    const edges = compiled.fits
      .slice(0, 3)
      .map((step) => step.describe(fits.get(step.key)!)[0]!.split(', ').map(Number))
    const { R, F, M } = expected.scores_quantile_edges.edges
    expect(edges).toEqual([R, F, M])

    const sizes = (index: number): Record<string, number> => {
      const counts: Record<string, number> = {}
      for (const row of rows) {
        const code = String(readValue(compiled.columns[index]!, row[`v_${index}`]))
        counts[code] = (counts[code] ?? 0) + 1
      }
      return counts
    }
    const counts = expected.scores_quantile_edges.counts
    // A recent order is a good one: the recency score runs against the tier.
    const reversed = Object.fromEntries(Object.entries(sizes(0)).map(([tier, count]) => [6 - Number(tier), count]))
    expect([reversed, sizes(1), sizes(2)]).toEqual([counts.R, counts.F, counts.M])
    const groups: Record<string, { n: number }> = expected.scores_quantile_edges.segments
    expect(sizes(3)).toEqual(Object.fromEntries(Object.entries(groups).map(([name, { n }]) => [name, n])))
    expect(sizes(4)).toEqual(expected.pareto.abc_counts_80_95)
  })
})

/** Orders of known customers, cancellations and gifts left out, as the oracle says it cleaned. */
async function writeOrders(workspace: TestWorkspace): Promise<void> {
  const [, ...lines] = gunzipSync(readFileSync(data)).toString('utf8').split('\n')
  const orders = new Map<string, { customer: number; at: string; amount: bigint }>()
  for (const line of lines) {
    const [invoice, , , quantity, at, price, customer] = fieldsOf(line)
    if (!customer || /^[CA]/.test(invoice!) || Number(quantity) <= 0 || Number(price) <= 0) continue
    const amount = (parseDecimal(quantity!)! / 100_000_000n) * parseDecimal(price!)!
    const order = orders.get(invoice!)
    if (order === undefined) orders.set(invoice!, { customer: Number(customer), at: at!, amount })
    else {
      order.amount += amount
      if (at! < order.at) order.at = at!
    }
  }
  let seq = 0
  const rows = [...orders].map(([id, { customer, at, amount }]) => {
    seq += 1
    const ts = new Date(Date.parse(`${at.replace(' ', 'T')}+08:00`)).toISOString().replace('T', ' ').replace('Z', '')
    const place = { subject: 1, profile_id: customer, node_id: customer, import_id: 0, seq: String(seq) }
    return { ...place, event: 'order.paid', ts, p_order_id: id, p_amount: `${Number(amount) / 1e8}` }
  })
  const nodes = [...new Set(rows.map((row) => row.node_id))].map((node) => ({
    subject: 1,
    profile_id: node,
    node_id: node,
    import_id: 0,
    seq: '1',
    strong: 1,
    first_ts: '2010-01-01 00:00:00.000',
  }))
  for (const [table, list] of Object.entries({ events: rows, nodes })) {
    const body = Buffer.from(list.map((row) => JSON.stringify(row)).join('\n'))
    await workspace.events.insert(table, body, { token: table, columns: Object.keys(list[0]!), gzip: false })
  }
}

/** One line of the file; descriptions may stand in quotes and hold commas. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
