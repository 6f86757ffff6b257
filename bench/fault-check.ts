import { startEngines } from '@tagtree/engines/start-engines'
import { openClickHouse, type WorkspaceClickHouse } from '@tagtree/server/store/clickhouse'
import { inTransaction, inWorkspace, openPostgres } from '@tagtree/server/store/postgres'
import { pino } from 'pino'
import type { FaultFile } from './fault-imports.js'

/** What clients were told, to be held against what is stored. */
export interface Expected {
  readonly slug: string
  /** Events of batches that were acknowledged. */
  readonly sent: number
  readonly files: readonly FaultFile[]
}

/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  readonly expected: string
  readonly found: string
}

/** Opens the engines on the data of the stopped server and holds everything stored against what was promised. */
export async function checkStored(dataDirectory: string, expected: Expected): Promise<Finding[]> {
  const engines = await startEngines({ dataDirectory, log: pino({ level: 'warn' }) })
  const postgres = openPostgres(engines.postgres.url)
  const clickhouse = openClickHouse(engines.clickhouse)
  try {
    const id = await inTransaction(postgres.app, async (tx) => {
      const { rows } = await tx.query<{ id: number }>('select id from workspace where slug = $1', [expected.slug])
      return rows[0]!.id
    })
    const database = clickhouse.workspace(`ws_${String(id).padStart(4, '0')}`)
    const runs = await inWorkspace(postgres.app, id, async (tx) => {
      const { rows } = await tx.query<Run>(
        `select run_id, pass_id, definition_id, number, state, clock, counts, bitmaps_dropped, to_char(as_of at time zone 'UTC',
           'YYYY-MM-DD HH24:MI:SS') as as_of from tag_run order by run_id`,
      )
      return rows
    })
    return [
      ...checkReports(expected.files),
      ...(await checkFacts(database, expected)),
      ...checkPasses(runs),
      ...(await checkRuns(database, runs, expected)),
    ]
  } finally {
    await clickhouse.close()
    await postgres.close()
    await engines.stop()
  }
}

interface Run {
  readonly run_id: string
  readonly pass_id: string
  readonly definition_id: string
  readonly number: number
  readonly state: string
  readonly clock: string | null
  readonly counts: { readonly values: Readonly<Record<string, number>>; readonly known: number } | null
  readonly bitmaps_dropped: boolean
  readonly as_of: string
}

const finding = (what: string, expected: unknown, found: unknown): Finding => ({
  what,
  expected: JSON.stringify(expected),
  found: JSON.stringify(found),
})

/** Every import tells exactly what is in its file. */
function checkReports(files: readonly FaultFile[]): Finding[] {
  return files.flatMap((file) => {
    const sum = (of: (report: FaultFile['reports'][number]) => number): number =>
      file.reports.reduce((total, report) => total + of(report), 0)
    const told = {
      states: [...new Set(file.reports.map(({ state }) => state))],
      rows: file.reports.map(({ rows }) => rows.read),
      refused: file.reports.map(({ rows }) => rows.rejected),
      created: sum(({ result }) => result.created),
      // What an order given twice brings again.
      duplicate: sum(({ result }) => result.duplicate),
      updated: sum(({ result }) => result.updated + result.rejected),
    }
    const wanted = {
      states: ['done'],
      rows: file.reports.map(() => file.rows),
      refused: file.reports.map(() => file.rejected),
      created: file.facts,
      duplicate: file.facts * (file.reports.length - 1),
      updated: 0,
    }
    return [finding(`report of ${file.name}`, wanted, told)]
  })
}

async function checkFacts(database: WorkspaceClickHouse, { sent, files }: Expected): Promise<Finding[]> {
  const findings: Finding[] = []
  const kinds = [...new Set(files.map(({ event }) => event))]
  const wanted = new Map<string, { facts: number; amount: number }>([['fault.sent', { facts: sent, amount: sent }]])
  for (const event of kinds) {
    const of = files.filter((file) => file.event === event)
    const sum = (pick: (file: FaultFile) => number): number => of.reduce((total, file) => total + pick(file), 0)
    wanted.set(event, { facts: sum(({ facts }) => facts), amount: sum(({ amount }) => amount) })
  }
  for (const [event, { facts, amount }] of wanted) {
    const [found] = await database.query(
      `SELECT toString(count()) AS stored, toString(uniqExact(message_hash)) AS distinct, toString(uniqExact(seq)) AS places,
         toString(toInt64(sum(p_amount))) AS amount FROM events WHERE event = {event:String}`,
      { params: { event } },
    )
    const [n, sum] = [String(facts), String(amount)]
    findings.push(finding(`facts ${event}`, { stored: n, distinct: n, places: n, amount: sum }, found))
  }
  const [left] = await database.query(
    `SELECT toString((SELECT count() FROM import_line)) AS lines, toString((SELECT count() FROM events_superseded)) AS replaced`,
  )
  findings.push(finding('lines left aside and orders replaced', { lines: '0', replaced: '0' }, left))
  return findings
}

/** Runs of one pass were published in one tick or not at all. */
function checkPasses(runs: readonly Run[]): Finding[] {
  const passes = grouped(runs, (run) => run.pass_id)
  const half = [...passes.values()].filter(
    (pass) => new Set(pass.map((run) => `${run.state === 'published'}/${run.clock}`)).size > 1,
  )
  const open = runs.filter((run) => run.state === 'running')
  return [
    finding('passes published in part', 0, half.length),
    finding('runs that hang', 0, open.length),
    finding(
      'some were published',
      true,
      runs.some(({ state }) => state === 'published'),
    ),
  ]
}

async function checkRuns(
  database: WorkspaceClickHouse,
  runs: readonly Run[],
  { sent, files }: Expected,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const published = runs.filter((run) => run.state === 'published')
  const publishedIds = published.map((run) => Number(run.run_id))
  for (const table of ['tag_bitmaps', 'tag_changes', 'tag_numbers']) {
    const [found] = await database.query<{ rows: string }>(
      `SELECT toString(count()) AS rows FROM ${table} WHERE run_id NOT IN {runs:Array(UInt64)}`,
      { params: { runs: publishedIds } },
    )
    findings.push(finding(`rows of unpublished runs in ${table}`, '0', found?.rows))
  }
  const bitmaps = await database.query<{ run: string; value: number; people: string }>(
    `SELECT toString(run_id) AS run, value, toString(sum(people)) AS people FROM (
       SELECT run_id, value, slice, groupBitmapMerge(users) AS people FROM tag_bitmaps GROUP BY run_id, value, slice)
     GROUP BY run_id, value`,
  )
  const byRun = grouped(bitmaps, ({ run }) => run)
  let compared = 0
  for (const run of published.filter(({ bitmaps_dropped }) => !bitmaps_dropped)) {
    const found = Object.fromEntries((byRun.get(run.run_id) ?? []).map(({ value, people }) => [value, Number(people)]))
    const isNumber = Object.keys(run.counts!.values).length === 0 && run.counts!.known > 0
    const wanted = isNumber ? { 1: run.counts!.known } : run.counts!.values
    if (JSON.stringify(sorted(wanted)) !== JSON.stringify(sorted(found))) {
      findings.push(finding(`bitmaps of run ${run.run_id} (${run.definition_id})`, sorted(wanted), sorted(found)))
    }
    if (!isNumber && run.number >= 1000) {
      const [differing] = await database.query<{ rows: string }>(changesAgainstBitmaps, {
        params: { tag: run.number, run: run.run_id, asOf: run.as_of },
      })
      if (differing?.rows !== '0') findings.push(finding(`changes of run ${run.run_id}`, '0', differing?.rows))
    }
    compared += 1
  }
  findings.push(finding('runs whose bitmaps were held against counts and changes', true, compared > 0))
  const newest = (id: string): number => published.findLast((run) => run.definition_id === id)?.number ?? 0
  const amount = files.filter(({ event }) => event === 'order.paid').reduce((sum, file) => sum + file.amount, 0)
  for (const [id, wanted] of [
    ['sent', sent],
    ['spent', amount],
  ] as const) {
    const [total] = await database.query<{ total: string }>(
      `SELECT toString(toInt64(sum(latest))) AS total FROM (
         SELECT argMax(num, (as_of, run_id)) AS latest FROM tag_numbers WHERE tag_id = {tag:UInt32} GROUP BY profile_id)`,
      { params: { tag: newest(id) } },
    )
    findings.push(finding(`sum of the tag ${id}`, String(wanted), total?.total))
  }
  return findings
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one])
  return groups
}

const sorted = (counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts).sort(([left], [right]) => Number(left) - Number(right))

/** Rows that the history of a tag up to a run and its bitmaps do not share. */
const changesAgainstBitmaps = `
  SELECT toString(count()) AS rows FROM (SELECT profile_id, value FROM (
    SELECT profile_id, value FROM (
      SELECT profile_id, argMax(value, (as_of, run_id)) AS value FROM tag_changes
      WHERE tag_id = {tag:UInt32} AND (as_of, run_id) <= (toDateTime({asOf:String}, 'UTC'), {run:UInt64})
      GROUP BY profile_id) WHERE value != 0
    UNION ALL
    SELECT arrayJoin(bitmapToArray(groupBitmapMergeState(users))) AS profile_id, value FROM tag_bitmaps
    WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64} GROUP BY value)
  GROUP BY profile_id, value HAVING count() != 2)`
