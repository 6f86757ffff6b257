import { Random } from '@tagtree/core/demo/random'
import { zoneOf } from '@tagtree/core/kernel/zone'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { DAY, RunBench } from '../testing/run-testkit.js'
import { cellStatement, type MigrationRequest, readMigration } from './migration.js'
import { type HistorySubject, hiddenRuns, historySubject, readLabels, readMoments } from './published-moment.js'
import { readSubjectHistory } from './subject-history.js'
import { readTrend } from './trend.js'
import { profilePage } from './values-at.js'

const START = Date.parse('2026-03-01T04:00:00Z')
const DAYS = 12
const PEOPLE = 20
const random = new Random(77, 1, 0)
const orders = Array.from({ length: 120 }, () => ({
  profile: random.between(1, PEOPLE),
  ts: START + Math.floor(random.unit() * DAYS * DAY),
  amount: random.between(1, 100),
}))
const week = { last: '7d' }
const paid = { did: 'order.paid', within: week }
const rules = [
  { value: 'often', when: { ...paid, gte: 3 } },
  { value: 'once', when: { ...paid, gte: 1 } },
]

let workspace: TestWorkspace
let bench: RunBench
/** Statements sent while the history is read. */
const sent: string[] = []
beforeAll(async () => {
  workspace = await createTestWorkspace()
  bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid', labels: 'order.paid' }],
    properties: [{ event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' }],
    attributes: [],
  })
  await bench.addCustomers(PEOPLE)
  await bench.addOrders(orders)
  await bench.save({ kind: 'tag', id: 'rate', name: 'rate', assign: { rules } })
  await bench.save({ kind: 'tag', id: 'rates', name: 'rates', family: 'multi', assign: { rules } })
  await bench.save({ kind: 'segment', id: 'buyers', name: 'buyers', where: { ...paid, gte: 1 } })
  // The history is an order of moments, whatever the order in which they were computed.
  for (const day of [3, 12, 5, 1, 8]) {
    const asOf = START + day * DAY
    await bench.run({ now: asOf, asOf })
  }
})
afterAll(() => workspace?.close())

/** What a profile has of a definition, counted again from the orders. */
function recount(id: string, profile: number, day: number | null): string[] {
  if (day === null) return []
  const asOf = START + day * DAY
  const own = orders.filter(
    (order) => order.profile === profile && order.ts < asOf && order.ts >= asOf - 7 * DAY,
  ).length
  if (id === 'buyers') return own > 0 ? ['member'] : []
  if (id === 'rate') return own >= 3 ? ['often'] : own >= 1 ? ['once'] : []
  return [...(own >= 3 ? ['often'] : []), ...(own >= 1 ? ['once'] : [])]
}

const profiles = Array.from({ length: PEOPLE }, (_, index) => index + 1)
const published = [1, 3, 5, 8, 12]
const dayAt = (day: number): number | null => published.findLast((one) => one <= day) ?? null

function watched(): WorkspaceClickHouse {
  const { events } = workspace
  return {
    ...events,
    query: (sql, options) => {
      sent.push(sql)
      return events.query(sql, options)
    },
  }
}

const subjectOf = async (id: string): Promise<HistorySubject> =>
  historySubject(await workspace.catalogs.load(workspace.workspaceId), id)

it('tells the trend from what the runs counted', async () => {
  for (const id of ['rate', 'rates', 'buyers']) {
    const subject = await subjectOf(id)
    const range = { from: START, to: START + 13 * DAY, by: 'day' as const }
    const { points, labels } = await bench.inScope(async ({ tx, workspaceId }) => ({
      points: await readTrend(tx, workspaceId, subject, range, zoneOf('Asia/Shanghai'), null),
      labels: await readLabels(tx, workspaceId, subject, 'codes'),
    }))
    expect(points).toHaveLength(14)
    for (const point of points) {
      const day = dayAt(Math.floor((point.until - START) / DAY))
      const counts = Object.entries(point.published?.counts.values ?? {})
        .map(([code, people]) => [labels.labelOf(Number(code)), people] as const)
        .sort()
      const expected = new Map<string, number>()
      for (const value of profiles.flatMap((profile) => recount(id, profile, day)))
        expected.set(value, (expected.get(value) ?? 0) + 1)
      expect(counts, `${id} until day ${day}`).toEqual([...expected].sort())
    }
  }
})

it('tells who moved from one value to another as a recount does, and who they are', async () => {
  for (const id of ['rate', 'rates', 'buyers']) {
    const subject = await subjectOf(id)
    for (const [then, later] of [
      [0, 1],
      [1, 4],
      [3, 8],
      [5, 12],
      [12, 2],
    ] as const) {
      const [from, to] = [START + then * DAY, START + later * DAY]
      const { request, labels } = await bench.inScope(async ({ tx, workspaceId }) => {
        const [before, after] = await readMoments(tx, workspaceId, subject.number, [from, to], null)
        const request: MigrationRequest = {
          number: subject.number,
          hidden: await hiddenRuns(tx, workspaceId, null),
          from: { moment: from, published: before! },
          to: { moment: to, published: after! },
        }
        return { request, labels: await readLabels(tx, workspaceId, subject, 'codes') }
      })
      const cells = await readMigration(watched(), request)
      const expected = new Map<string, number[]>()
      const add = (key: string, profile: number) => expected.set(key, [...(expected.get(key) ?? []), profile])
      for (const profile of profiles) {
        const [a, b] = [recount(id, profile, dayAt(then)), recount(id, profile, dayAt(later))]
        const values = id === 'rates' ? [...new Set([...a, ...b])] : []
        for (const value of values)
          add(`${a.includes(value) ? value : '-'} ${b.includes(value) ? value : '-'}`, profile)
        if (id !== 'rates' && (a.length > 0 || b.length > 0)) add(`${a[0] ?? '-'} ${b[0] ?? '-'}`, profile)
      }
      const shown = new Map<string, number[]>()
      for (const cell of cells) {
        const { sql, params } = profilePage(cellStatement(request, cell), 0, 100)
        const rows = await watched().query<{ profile_id: number }>(sql, { params })
        expect(rows).toHaveLength(cell.people)
        const label = (code: number): string => (code === 0 ? '-' : labels.labelOf(code))
        shown.set(
          `${label(cell.from)} ${label(cell.to)}`,
          rows.map((row) => row.profile_id),
        )
      }
      expect([...shown].sort(), `${id} from day ${then} to day ${later}`).toEqual([...expected].sort())
    }
  }
})

it('tells what one profile had, and since when', async () => {
  const subjects = await Promise.all(['rate', 'rates', 'buyers'].map(subjectOf))
  for (const profile of profiles.slice(0, 8)) {
    const { history, labels } = await bench.inScope(async ({ tx, workspaceId }) => ({
      history: await readSubjectHistory(watched(), tx, workspaceId, {
        profileId: profile,
        numbers: subjects.map(({ number }) => number),
        until: START + 30 * DAY,
        hidden: await hiddenRuns(tx, workspaceId, null),
      }),
      labels: await Promise.all(subjects.map((subject) => readLabels(tx, workspaceId, subject, 'codes'))),
    }))
    for (const [index, subject] of subjects.entries()) {
      const expected: { at: number; values: string[] }[] = []
      for (const day of published) {
        const values = recount(subject.id, profile, day).sort()
        const before = expected.at(-1)?.values ?? []
        if (String(values) !== String(before)) expected.push({ at: START + day * DAY, values })
      }
      const shown = (history.get(subject.number) ?? []).map(({ at, codes }) => ({
        at,
        values: codes.map(labels[index]!.labelOf).sort(),
      }))
      expect(shown, `${subject.id} of ${profile}`).toEqual(expected)
    }
  }
})

it('computes nothing again: only the changes of runs are read', () => {
  expect(sent.length).toBeGreaterThan(30)
  for (const sql of sent) {
    const tables = [...sql.matchAll(/\b(?:FROM|JOIN)\s+([a-z_]+)/g)].map((match) => match[1])
    expect(tables.filter((table) => table !== 'tag_changes' && table !== 'tag_numbers')).toEqual([])
  }
})
