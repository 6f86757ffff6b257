import type { Tx } from '../../store/postgres.js'
import type { StartedRun, ValueType } from './run-records.js'
import type { HistoryPlace } from './write-history.js'

/**
 * Where in the history of its definition each run of a pass stands, by run id. Rows of the history know whole seconds, so
 * moments within one second are one.
 */
export async function readPlaces(
  tx: Tx,
  workspaceId: number,
  runs: readonly StartedRun[],
  asOf: number,
  hidden: readonly string[],
  only?: readonly number[],
): Promise<ReadonlyMap<string, HistoryPlace>> {
  const second = Math.floor(asOf / 1000)
  const { rows } = await tx.query<{
    number: number
    newest: number
    next: Date | null
    base_run: string
    version: number
    value_type: ValueType
    head_second: number
  }>(
    `with published as (
       select number, floor(extract(epoch from max(as_of)))::int as newest,
         min(as_of) filter (where as_of >= to_timestamp($3 + 1)) as next
       from tag_run where workspace_id = $1 and number = any($2::int[]) and state = 'published' group by number)
     select number, newest, next, base_run, version, value_type, floor(extract(epoch from h.as_of))::int as head_second
     from published join tag_head h using (number) where h.workspace_id = $1`,
    [workspaceId, runs.map((run) => run.number), second],
  )
  const found = new Map(rows.map((row) => [row.number, row]))
  return new Map(
    runs.map((run) => {
      const row = found.get(run.number)
      const continues =
        only === undefined &&
        row !== undefined &&
        row.value_type === 'codes' &&
        row.version === run.version &&
        row.head_second === row.newest &&
        second >= row.newest
      const place: HistoryPlace = {
        number: run.number,
        runId: run.runId,
        asOf,
        formerRun: continues ? row.base_run : null,
        hasHistory: row !== undefined,
        next: row?.next?.getTime() ?? null,
        hidden,
        ...(only === undefined ? {} : { only }),
      }
      return [run.runId, place]
    }),
  )
}
