import { Random } from '@tagtree/core/demo/random'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { DAY, RunBench } from '../testing/run-testkit.js'

const START = Date.parse('2026-03-01T04:00:00Z')
const PEOPLE = 12
let workspace: TestWorkspace
let bench: RunBench

beforeAll(async () => {
  workspace = await createTestWorkspace()
  bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid', labels: 'order.paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
    attributes: [],
  })
  await bench.addCustomers(PEOPLE)
  await bench.save({ kind: 'metric', id: 'spend', name: 'spend', value: spend })
  await bench.save({
    kind: 'tag',
    id: 'spent',
    name: 'spent',
    only: { metric: 'spend', gt: 0 },
    assign: { value: { metric: 'spend' } },
  })
  await bench.save({
    kind: 'tag',
    id: 'last',
    name: 'last',
    assign: { value: { did: 'order.paid', get: 'lastAt', within: month } },
  })
  await bench.save(variants[0]!.document)
})
afterAll(() => workspace?.close())

const month = { last: '30d' } as const
const spend = { did: 'order.paid', get: { sum: 'amount' }, within: month }

interface Order {
  readonly profile: number
  readonly ts: number
  readonly amount: number
}
interface Facts {
  readonly sum: number
  readonly count: number
  readonly last: number | null
}
const rule = (value: string, when: object) => ({ value, when })
/** One tag in three shapes; `codes` says again in TypeScript what each gives. */
const variants = [
  {
    document: tag({
      rules: [
        rule('high', { metric: 'spend', gte: 500 }),
        rule('mid', { metric: 'spend', gte: 200 }),
        rule('low', { metric: 'spend', gt: 0 }),
      ],
    }),
    codes: ({ sum }: Facts) => (sum >= 500 ? ['high'] : sum >= 200 ? ['mid'] : sum > 0 ? ['low'] : []),
  },
  {
    document: {
      ...tag({
        rules: [
          rule('low', { metric: 'spend', gt: 0 }),
          rule('high', { metric: 'spend', gte: 300 }),
          rule('twice', { did: 'order.paid', within: month, gte: 2 }),
        ],
      }),
      family: 'multi',
    },
    codes: ({ sum, count }: Facts) => [
      ...(sum > 0 ? ['low'] : []),
      ...(sum >= 300 ? ['high'] : []),
      ...(count >= 2 ? ['twice'] : []),
    ],
  },
  { document: tag({ value: { did: 'order.paid', within: month } }), codes: () => null },
] as const

function tag(assign: object): { kind: 'tag'; id: string; name: string; assign: object } {
  return { kind: 'tag', id: 'shape', name: 'shape', assign }
}

/** Every value at one moment as text: what was published, or what the history tells. */
type State = Record<'shape' | 'spent' | 'last', Record<number, string>>

function expected(orders: readonly Order[], asOf: number, variant: (typeof variants)[number]): State {
  const state: State = { shape: {}, spent: {}, last: {} }
  for (let profile = 1; profile <= PEOPLE; profile++) {
    const own = orders.filter((order) => order.profile === profile && order.ts < asOf && order.ts >= asOf - 30 * DAY)
    const facts: Facts = {
      sum: own.reduce((sum, order) => sum + order.amount, 0),
      count: own.length,
      last: own.length === 0 ? null : Math.max(...own.map((order) => order.ts)),
    }
    const codes = variant.codes(facts)
    if (codes === null) state.shape[profile] = String(facts.count)
    else if (codes.length > 0) state.shape[profile] = [...codes].sort().join(' ')
    if (facts.sum > 0) state.spent[profile] = String(facts.sum)
    if (facts.last !== null) state.last[profile] = new Date(facts.last).toISOString()
  }
  return state
}

/** What the history tells of a moment. */
async function replay(asOf: number, variant: (typeof variants)[number]): Promise<State> {
  const isMulti = 'family' in variant.document
  const isNumber = variant === variants[2]
  return {
    shape: isNumber ? await replayNumbers('shape', asOf) : await replayCodes('shape', asOf, isMulti),
    spent: await replayNumbers('spent', asOf),
    last: await replayNumbers('last', asOf),
  }
}

async function replayCodes(id: string, asOf: number, isMulti: boolean): Promise<Record<number, string>> {
  const catalog = await workspace.catalogs.load(workspace.workspaceId)
  const labels = new Map([...catalog.definitions.get(id)!.codes].map(([label, code]) => [code, label]))
  const until = `FROM tag_changes WHERE tag_id = {tag:UInt32} AND as_of <= toDateTime({asOf:Int64}, 'UTC')`
  const sql = isMulti
    ? `SELECT profile_id, value, argMax(present, (as_of, run_id)) AS present ${until} AND value != 0 GROUP BY profile_id, value`
    : `SELECT profile_id, argMax(value, (as_of, run_id)) AS value, toUInt8(1) AS present ${until} GROUP BY profile_id`
  const rows = await workspace.events.query<{ profile_id: number; value: number; present: number }>(sql, {
    params: { tag: await bench.numberOf(id), asOf: Math.floor(asOf / 1000) },
  })
  const found: Record<number, string[]> = {}
  for (const { profile_id: profile, value, present } of rows) {
    if (value !== 0 && present === 1) found[profile] = [...(found[profile] ?? []), labels.get(value)!]
  }
  return Object.fromEntries(Object.entries(found).map(([profile, codes]) => [profile, codes.sort().join(' ')]))
}

async function replayNumbers(id: string, asOf: number): Promise<Record<number, string>> {
  const rows = await workspace.events.query<{ profile_id: number; num: string | null; at: string | null }>(
    `SELECT profile_id, tupleElement(latest, 1) AS num, toString(tupleElement(latest, 2)) AS at FROM (
       SELECT profile_id, argMax(tuple(num, at), (as_of, run_id)) AS latest FROM tag_numbers
       WHERE tag_id = {tag:UInt32} AND as_of <= toDateTime({asOf:Int64}, 'UTC') GROUP BY profile_id)`,
    { params: { tag: await bench.numberOf(id), asOf: Math.floor(asOf / 1000) } },
  )
  return Object.fromEntries(
    rows.flatMap(({ profile_id: profile, num, at }) => {
      if (num !== null) return [[profile, String(Number(num))]]
      return at === null || at === '' ? [] : [[profile, new Date(`${at.replace(' ', 'T')}Z`).toISOString()]]
    }),
  )
}

async function publishedState(variant: (typeof variants)[number]): Promise<Record<number, string>> {
  const found: Record<number, string[]> = {}
  for (const [code, profiles] of await bench.published('shape')) {
    for (const profile of profiles) found[profile] = [...(found[profile] ?? []), code]
  }
  if (variant === variants[2]) return Object.fromEntries(Object.keys(found).map((profile) => [profile, 'known']))
  return Object.fromEntries(Object.entries(found).map(([profile, codes]) => [profile, codes.sort().join(' ')]))
}

it('tells for every published moment what was published for it, whatever came in between', async () => {
  const random = new Random(20_260_301, 9, 0)
  const pick = (below: number): number => random.below(below)
  const orders: Order[] = []
  /** Moment -> what the newest run for it published. */
  const told = new Map<number, { state: State; variant: (typeof variants)[number] }>()
  let now = START
  let variant: (typeof variants)[number] = variants[0]
  let edited = START
  for (let step = 0; step < 20; step++) {
    now += (1 + pick(12)) * DAY
    const fresh = Array.from({ length: pick(8) }, () => ({
      profile: 1 + pick(PEOPLE),
      // Some are late: they change the past, but nothing that was published for it until it is computed again.
      ts: now - pick(40) * DAY - 1 - pick(1000),
      amount: 50 * (1 + pick(8)),
    }))
    orders.push(...fresh)
    await bench.addOrders(fresh)
    if (step % 5 === 4) {
      variant = variants[pick(3)]!
      await bench.save(variant.document)
      edited = now
    }
    const past = [...told.keys()].filter((moment) => moment > edited)
    const isPast = step % 3 === 2 && past.length > 0
    // Sometimes the very moment of an earlier run, sometimes one between two.
    const asOf = isPast ? past[pick(past.length)]! + pick(2) * 3_600_000 : now
    await bench.run(isPast ? { now, asOf } : { now })
    const state = expected(orders, asOf, variant)
    told.set(asOf, { state, variant })
    expect(await publishedState(variant)).toEqual(
      variant === variants[2] ? Object.fromEntries(Object.keys(state.shape).map((id) => [id, 'known'])) : state.shape,
    )
    for (const [moment, was] of told) {
      // A tag of another shape left its history where it was; only its own is still told the same way.
      if (was.variant !== variant || moment < edited) continue
      expect({ step, moment, ...(await replay(moment, variant)) }).toEqual({ step, moment, ...was.state })
    }
  }
})
