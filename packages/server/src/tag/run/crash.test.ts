import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countSegment } from '../../segment/count.js'
import { snapshotSegment } from '../../segment/snapshot.js'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { buildOutline, readOutlineRows } from '../catalogue/outline.js'
import { DAY, RunBench } from '../testing/run-testkit.js'
import { startRuns } from './run-records.js'
import type { RunTagsDeps } from './run-tags.js'
import { runSettings } from './write-codes.js'

const NOW = Date.parse('2026-03-01T04:00:00Z')
const PEOPLE = 8
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
  const spend = { did: 'order.paid', get: { sum: 'amount' } }
  const rules = [
    { value: 'high', when: { ...spend, gte: 300 } },
    { value: 'low', when: { ...spend, gt: 0 } },
  ]
  await bench.save({ kind: 'tag', id: 'tier', name: 'tier', assign: { rules } })
  await bench.save({ kind: 'tag', id: 'spent', name: 'spent', assign: { value: spend } })
  const thirds = { cut: spend, at: { method: 'quantile', n: 3, fit: 'daily' }, values: ['a', 'b', 'c'] }
  await bench.save({ kind: 'tag', id: 'third', name: 'third', assign: thirds })
  await bench.save({ kind: 'segment', id: 'high', name: 'high', where: { tag: 'tier', is: 'high' } })
})
afterAll(() => workspace?.close())

/** The process died. */
class Death extends Error {}

/** Everything a run is given, for one that dies right after its n-th statement or commit: nothing works from then on. */
function mortal(deps: RunTagsDeps, lastStep: number): { deps: RunTagsDeps; steps: () => number } {
  let steps = 0
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (steps >= lastStep) throw new Death()
    const result = await work()
    steps += 1
    if (steps >= lastStep) throw new Death()
    return result
  }
  const clickhouse: WorkspaceClickHouse = {
    database: deps.clickhouse.database,
    connection: deps.clickhouse.connection,
    query: (...given) => step(() => deps.clickhouse.query(...given)) as never,
    queryWithCost: (...given) => step(() => deps.clickhouse.queryWithCost(...given)) as never,
    stream: (...given) => step(() => deps.clickhouse.stream(...given)),
    command: (...given) => step(() => deps.clickhouse.command(...given)),
    insert: (...given) => step(() => deps.clickhouse.insert(...given)),
    pour: (...given) => step(() => deps.clickhouse.pour(...given)),
    dictionarySource: (sql) => deps.clickhouse.dictionarySource(sql),
  }
  const clientOf = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        if (name === 'release') return (error?: Error) => target.release(steps >= lastStep ? true : error)
        if (name !== 'query') {
          const value: unknown = Reflect.get(target, name)
          return typeof value === 'function' ? value.bind(target) : value
        }
        return (...given: [string]) => {
          if (steps >= lastStep) return Promise.reject(new Death())
          return given[0] === 'commit' ? step(() => target.query(...given)) : target.query(...given)
        }
      },
    })
  const pool = new Proxy(deps.pool, {
    get: (target, name) =>
      name === 'connect'
        ? async () => (steps >= lastStep ? Promise.reject(new Death()) : clientOf(await target.connect()))
        : Reflect.get(target, name),
  })
  return { deps: { ...deps, clickhouse, pool }, steps: () => steps }
}

/** Everything a reader sees of the tags. */
async function visible(now: number) {
  const scope = await bench.segmentScope()
  const rows = await bench.inScope(({ tx, workspaceId }) => readOutlineRows(tx, workspaceId))
  const numbers = await workspace.events.query<{ profile: number; num: string }>(
    `SELECT profile_id AS profile, toString(argMax(num, (as_of, run_id))) AS num FROM tag_numbers
     WHERE tag_id = {tag:UInt32} AND run_id NOT IN {hidden:Array(UInt64)} GROUP BY profile_id ORDER BY profile_id`,
    { params: { tag: await bench.numberOf('spent'), hidden: scope.hidden.map(Number) } },
  )
  const segment = { version: 1, kind: 'segment', id: 'x', name: 'x', where: { member: { list: 'frozen' } } } as const
  const list = await Promise.all([null, now].map((asOf) => countSegment(scope, segment, asOf, now)))
  return {
    outline: await buildOutline(workspace.events, rows),
    tier: [...(await bench.published('tier'))],
    third: [...(await bench.published('third'))],
    high: [...(await bench.published('high'))],
    numbers,
    list: list.map(({ people }) => people),
  }
}

/** Rows of runs that were not published, and tables of passes that are over. */
async function leftovers(): Promise<unknown> {
  const published = await bench.inScope(async ({ tx, workspaceId }) => {
    const { rows } = await tx.query<{ run_id: string }>(
      `select run_id from tag_run where workspace_id = $1 and state = 'published'`,
      [workspaceId],
    )
    return rows.map((row) => Number(row.run_id))
  })
  const count = (table: string) => `(SELECT count() FROM ${table} WHERE run_id NOT IN {published:Array(UInt64)})`
  const [rows] = await workspace.events.query(
    `SELECT ${count('tag_bitmaps')} + ${count('tag_changes')} + ${count('tag_numbers')} AS rows,
       (SELECT count() FROM system.tables WHERE database = {database:String} AND name LIKE 'run%') AS tables`,
    { params: { published, database: workspace.events.database } },
  )
  return rows
}

it('shows all of a run or nothing of it, wherever it dies, and the next run heals', async () => {
  let now = NOW
  const order = async (profile: number, amount: number) => {
    now += DAY
    await bench.addOrders([{ profile, ts: now - 1000, amount }])
  }
  for (let profile = 1; profile <= PEOPLE; profile++) await order(profile, profile * 50)
  await bench.run({ now })
  const list = { id: 'frozen', name: 'frozen' }
  await snapshotSegment(workspace.postgres.app, await bench.segmentScope(), {
    workspaceId: workspace.workspaceId,
    actorId: null,
    segmentId: 'high',
    list,
  })
  let before = await visible(now)
  let died = 0
  for (let lastStep = 1; ; lastStep += 1) {
    await order(1 + (lastStep % PEOPLE), 90)
    const run = mortal(bench.deps, lastStep)
    const isDead = await bench.run({ now }, run.deps).then(
      () => false,
      (error: unknown) => {
        expect(error).toBeInstanceOf(Error)
        return true
      },
    )
    if (!isDead) break
    died += 1
    const after = await visible(now)
    const isPublished = JSON.stringify(after) !== JSON.stringify(before)
    // The last steps of a run come after its publication: then all of it is there.
    if (!isPublished && lastStep % 4 > 0) continue
    await bench.run({ now })
    before = await visible(now)
    if (isPublished) expect(after).toEqual(before)
    expect(await leftovers()).toEqual({ rows: '0', tables: '0' })
  }
  expect(died).toBeGreaterThan(25)
  await bench.run({ now })
  expect(await leftovers()).toEqual({ rows: '0', tables: '0' })
})

it('ends what a dead run left running before it takes the rows away', async () => {
  const { workspaceId, events } = workspace
  const number = await bench.numberOf('tier')
  const [run] = await bench.inScope(({ tx }) =>
    startRuns(tx, workspaceId, [{ definitionId: 'tier', number, version: 1 }], NOW, 0),
  )
  const before = await visible(NOW)
  const late = events
    .command(
      `INSERT INTO tag_changes (tag_id, profile_id, run_id, as_of, value, present)
       SELECT {tag:UInt32}, number + 1, {run:UInt64}, now(), 1, 1 FROM numbers(${PEOPLE}) WHERE sleepEachRow(3) = 0`,
      {
        params: { tag: number, run: run!.runId },
        settings: { ...runSettings, max_block_size: '1', function_sleep_max_microseconds_per_block: '60000000' },
      },
    )
    .then(
      () => 'written',
      () => 'ended',
    )
  await until(async () => {
    const [found] = await events.query<{ n: string }>(
      `SELECT count() AS n FROM system.processes WHERE current_database = {database:String} AND query LIKE 'INSERT INTO tag_changes%'`,
      { params: { database: events.database } },
    )
    return found?.n === '1'
  })
  await bench.run({ now: NOW + 100 * DAY })
  expect(await late).toBe('ended')
  expect(await leftovers()).toEqual({ rows: '0', tables: '0' })
  expect((await visible(NOW)).tier).toEqual(before.tier)
})

async function until(isReached: () => Promise<boolean>): Promise<void> {
  while (!(await isReached())) await new Promise((resolve) => setTimeout(resolve, 20))
}
