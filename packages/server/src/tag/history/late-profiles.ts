import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { ScanState } from '../../store/scan-state.js'

/** Which late facts: those that happened before `asOf` (ms) and were stored after `knownSeq`. */
export interface LateFacts {
  readonly asOf: number
  readonly knownSeq: string
}

/**
 * Profiles of today that late facts are about, whoever is related to them (over two relations, as far as definitions
 * look), and the numbers they had before they merged: what those had is theirs now.
 * null: more than `most`.
 */
export async function lateProfiles(
  clickhouse: WorkspaceClickHouse,
  scan: ScanState,
  { asOf, knownSeq }: LateFacts,
  most: number,
): Promise<number[] | null> {
  const { database } = clickhouse
  const profile = (node: string, written: string): string =>
    `dictGetOrDefault('${database}.override', 'profile_id', toUInt64(${node}), ${written})`
  const late = `seq > {known:UInt64} AND seq <= {latest:UInt64} AND import_id NOT IN {excluded:Array(UInt32)}`
  const before = (column: string): string => `${column} < fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')`
  const own = profile('node_id', 'profile_id')
  const [from, to] = [profile('from_node', 'from_profile'), profile('to_node', 'to_profile')]
  const told = `SELECT ${own} AS p FROM events WHERE ${late} AND ${before('ts')}
    UNION DISTINCT SELECT ${own} AS p FROM events WHERE ${before('ts')}
      AND seq IN (SELECT seq FROM events_superseded WHERE by_seq > {known:UInt64} AND by_seq <= {latest:UInt64})
    UNION DISTINCT SELECT ${own} AS p FROM attribute_changes WHERE ${late} AND ${before('ts')}
    UNION DISTINCT SELECT ${own} AS p FROM nodes WHERE ${late} AND ${before('first_ts')}
    UNION DISTINCT SELECT ${from} AS p FROM relations WHERE ${late} AND ${before('from_ts')}
    UNION DISTINCT SELECT ${to} AS p FROM relations WHERE ${late} AND ${before('from_ts')}`
  const related = (of: string): string => `SELECT p FROM (${of})
    UNION DISTINCT SELECT ${from} AS p FROM relations WHERE ${to} IN (${of})
    UNION DISTINCT SELECT ${to} AS p FROM relations WHERE ${from} IN (${of})`
  const params = {
    known: knownSeq,
    latest: scan.knownSeq,
    asOf,
    excluded: scan.excludedImports,
    most: most + 1,
  }
  const rows = await clickhouse.query<{ p: number }>(
    `WITH near AS (${related(related(told))})
     SELECT p FROM (
       SELECT p FROM near UNION DISTINCT
       SELECT node_id AS p FROM (SELECT node_id, profile_id FROM node_override FINAL) WHERE profile_id IN (SELECT p FROM near))
     WHERE p != 0 ORDER BY p LIMIT {most:UInt64}`,
    { params },
  )
  return rows.length > most ? null : rows.map((row) => row.p)
}
