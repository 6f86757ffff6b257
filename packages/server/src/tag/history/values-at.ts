import type { PublishedMoment } from './published-moment.js'

/** A SELECT over the published history with its parameters. */
export interface HistoryStatement {
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Which history is read, and how much of it. */
export interface HistoryPart {
  readonly number: number
  /** Runs whose rows must not be read. */
  readonly hidden: readonly string[]
}

/**
 * `profile_id, value` of everybody who had a value at a moment (ms) as it was published; numbers and dates have the value
 * 1. Nothing is computed again: only the changes of runs are read. `name` keeps parameters of several moments apart.
 */
export function valuesAt(
  { number, hidden }: HistoryPart,
  { valueType, multi }: Pick<PublishedMoment, 'valueType' | 'multi'>,
  moment: number,
  name: string,
): HistoryStatement {
  const rows = rowsUntil('tag_changes', name)
  const params = paramsOf({ number, hidden }, moment, name)
  if (valueType !== 'codes') {
    const numbers = numbersAt({ number, hidden }, moment, name)
    return { sql: `SELECT profile_id, toUInt32(1) AS value FROM (${numbers.sql})`, params: numbers.params }
  }
  if (multi) {
    const sql = `SELECT profile_id, value FROM (
        SELECT profile_id, value, ${newest('present')} AS held ${rows} AND value != 0
        GROUP BY profile_id, value) WHERE held = 1`
    return { sql, params }
  }
  const sql = `SELECT profile_id, code AS value FROM (
      SELECT profile_id, ${newest('value')} AS code ${rows} GROUP BY profile_id) WHERE code != 0`
  return { sql, params }
}

/** `profile_id, num, at` of everybody who had a number or a date at a moment (ms); the other one is null. */
export function numbersAt(part: HistoryPart, moment: number, name: string): HistoryStatement {
  const sql = `SELECT profile_id, tupleElement(latest, 1) AS num, tupleElement(latest, 2) AS at FROM (
      SELECT profile_id, ${newest('tuple(num, at)')} AS latest ${rowsUntil('tag_numbers', name)} GROUP BY profile_id)
    WHERE isNotNull(tupleElement(latest, 1)) OR isNotNull(tupleElement(latest, 2))`
  return { sql, params: paramsOf(part, moment, name) }
}

const newest = (column: string): string => `argMax(${column}, (as_of, run_id))`

function rowsUntil(table: string, name: string): string {
  return `FROM ${table} WHERE tag_id = {tag:UInt32} AND as_of <= toDateTime({${name}:Int64}, 'UTC')
    AND run_id NOT IN {hidden:Array(UInt64)}`
}

/** The moment has a name of its own; history and hidden runs are the same for all parts of a statement. */
function paramsOf({ number, hidden }: HistoryPart, moment: number, name: string): Record<string, unknown> {
  return { tag: number, hidden: hidden.map(Number), [name]: Math.floor(moment / 1000) }
}

/** Ids of those for whom a statement has a row, above `after`, ascending, at most `limit`. */
export function profilePage({ sql, params }: HistoryStatement, after: number, limit: number): HistoryStatement {
  return {
    sql: `SELECT DISTINCT profile_id FROM (${sql}) WHERE profile_id > {after:UInt32} ORDER BY profile_id LIMIT {limit:UInt32}`,
    params: { ...params, after, limit },
  }
}
