import { afterAll, beforeAll, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../../collect/testing/collecting-workspace.js'
import { event, identities, NOON, who } from '../../collect/testing/facts.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { readScanState } from '../../store/scan-state.js'
import { saveDefinition } from '../catalogue/save-definition.js'
import { type RunTagsDeps, type RunTagsRequest, runTags } from '../run/run-tags.js'
import { correctHistory, hasLateFacts } from './correct.js'
import { hiddenRuns, historySubject, readLabels, readMoment } from './published-moment.js'
import { numbersAt, valuesAt } from './values-at.js'

const DAY = 86_400_000
const NAMES = ['ann', 'bea', 'cai', 'dan', 'eve']
let shop: CollectingWorkspace
let deps: RunTagsDeps
/** Payments as they happened. */
const paid: { name: string; ts: number; amount: number }[] = []

beforeAll(async () => {
  shop = await startCollecting()
  deps = {
    pool: shop.postgres.app,
    clickhouse: shop.events,
    vault: shop.vault,
    loadCatalog: shop.catalogs.load,
    readScanState: (id) => readScanState(shop.postgres.app, id),
  }
  await shop.take(NAMES.map((name) => identities(who(`user_id:${name}`), { ts: NOON - 40 * DAY })))
  await pay('ann', 1, 10)
  const rules = [
    { value: 'twice', when: { did: 'order.paid', gte: 2 } },
    { value: 'once', when: { did: 'order.paid', gte: 1 } },
  ]
  const spend = { did: 'order.paid', get: { sum: 'amount' } }
  await save({ kind: 'tag', id: 'rate', name: 'rate', assign: { rules } })
  await save({ kind: 'tag', id: 'rates', name: 'rates', family: 'multi', assign: { rules } })
  await save({ kind: 'tag', id: 'spent', name: 'spent', only: { ...spend, gt: 0 }, assign: { value: spend } })
})
afterAll(() => shop?.stop())

async function pay(name: string, day: number, amount: number, hours = 0): Promise<void> {
  const ts = NOON + day * DAY - hours * 3_600_000
  paid.push({ name, ts, amount })
  await shop.take([event('order.paid', who(`user_id:${name}`), { amount }, { ts })])
}

function inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return inWorkspace(shop.postgres.app, shop.workspaceId, work)
}

async function save(document: object): Promise<void> {
  const catalog = await shop.catalogs.load(shop.workspaceId)
  const { workspaceId } = shop
  await inside((tx) =>
    saveDefinition({ tx, workspaceId, actorId: null }, { version: 1, ...document }, { catalog, publish: true }),
  )
}

const signal = new AbortController().signal
const run = (request: Partial<RunTagsRequest> & { now: number }) =>
  runTags(deps, { workspaceId: shop.workspaceId, refit: false, signal, onProgress: async () => undefined, ...request })
const correct = (now: number) =>
  correctHistory(deps, { runOnce: (request) => runTags(deps, request) }, shop.workspaceId, now, {
    signal,
    report: () => undefined,
  })

/** Everything the history tells of a moment: definition -> name -> values. */
async function told(moment: number, knownAt: number | null = null): Promise<Record<string, Record<string, string>>> {
  const catalog = await shop.catalogs.load(shop.workspaceId)
  const nameOf = new Map<number, string>()
  for (const name of [...NAMES].reverse()) nameOf.set(await shop.profileOf('user_id', name), name)
  const found: Record<string, Record<string, string>> = {}
  for (const id of ['rate', 'rates', 'spent']) {
    const subject = historySubject(catalog, id)
    const { published, hidden, labels } = await inside(async (tx) => ({
      published: await readMoment(tx, shop.workspaceId, subject, moment, knownAt),
      hidden: await hiddenRuns(tx, shop.workspaceId, knownAt),
      labels: await readLabels(tx, shop.workspaceId, subject, 'codes'),
    }))
    const part = { number: subject.number, hidden }
    const { sql, params } = id === 'spent' ? numbersAt(part, moment, 'at') : valuesAt(part, published, moment, 'at')
    const value = id === 'spent' ? '[toString(num)]' : 'groupArray(toString(value))'
    const rows = await shop.events.query<{ profile_id: number; v: string[] }>(
      `SELECT profile_id, ${value} AS v FROM (${sql}) ${id === 'spent' ? '' : 'GROUP BY profile_id'}`,
      { params },
    )
    const texts = rows.map(({ profile_id, v }) => {
      const shown = id === 'spent' ? v : v.map((code) => labels.labelOf(Number(code))).sort()
      return [nameOf.get(profile_id) ?? `profile ${profile_id}`, shown.join(' ')] as const
    })
    found[id] = Object.fromEntries(texts)
    // The counts beside the run are those of the history.
    const counts =
      id === 'spent' ? published.counts.known : Object.values(published.counts.values).reduce((a, b) => a + b, 0)
    expect(counts, `${id} at ${new Date(moment).toISOString()}`).toBe(
      texts.flatMap(([, text]) => text.split(' ')).length,
    )
  }
  return found
}

/** The same counted again. */
function recount(moment: number): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = { rate: {}, rates: {}, spent: {} }
  for (const name of NAMES) {
    const own = paid.filter((one) => one.name === name && one.ts < moment)
    if (own.length === 0) continue
    found.rate![name] = own.length >= 2 ? 'twice' : 'once'
    found.rates![name] = own.length >= 2 ? 'once twice' : 'once'
    found.spent![name] = String(own.reduce((sum, one) => sum + one.amount, 0))
  }
  return found
}

it('late facts change what was published for the days since, and nothing else', async () => {
  for (let day = 1; day <= 6; day++) {
    await pay(NAMES[day % NAMES.length]!, day, day * 10, 2)
    await run({ now: NOON + day * DAY })
    await run({ now: NOON + day * DAY + 3_600_000, ids: ['rate'] })
  }
  expect(await inside((tx) => hasLateFacts(tx, shop.workspaceId))).toBe(false)
  const days = [1, 2, 3, 4, 5, 6]
  const before = await Promise.all(days.map((day) => told(NOON + day * DAY)))
  for (const [index, day] of days.entries()) expect(before[index]).toEqual(recount(NOON + day * DAY))
  const knownAt = Date.now()

  // Later facts, and late ones.
  await pay('bea', 3, 7, 5)
  await pay('dan', 4, 3, 5)
  await pay('eve', 7, 70, 2)
  await pay('cai', 2, 5, 1)
  expect(await inside((tx) => hasLateFacts(tx, shop.workspaceId))).toBe(true)
  // Nothing is computed by reading: the former moments are told as they were published.
  for (const [index, day] of days.entries()) expect(await told(NOON + day * DAY)).toEqual(before[index])

  await run({ now: NOON + 8 * DAY })
  const outcome = await correct(NOON + 8 * DAY)
  expect(outcome.moments).toBeGreaterThan(4)
  expect(await inside((tx) => hasLateFacts(tx, shop.workspaceId))).toBe(false)
  for (const day of days) {
    // The last moment of a day is the one that is corrected.
    const { rate } = await told(NOON + day * DAY + 3_600_000)
    const { rates, spent } = await told(NOON + day * DAY)
    const truth = { ...recount(NOON + day * DAY), rate: recount(NOON + day * DAY + 3_600_000).rate }
    expect({ rate, rates, spent }, `day ${day}`).toEqual(truth)
  }
  expect(await told(NOON + 8 * DAY)).toEqual(recount(NOON + 8 * DAY))
  // As it was known then, it is told as it was published then.
  for (const [index, day] of days.entries()) expect(await told(NOON + day * DAY, knownAt)).toEqual(before[index])
})

it('has nothing to do when nothing came late', async () => {
  await pay('ann', 9, 1)
  expect(await correct(NOON + 10 * DAY)).toEqual({ done: 0, moments: 0, profiles: 0 })
})
