import type { Definition } from '@tagtree/core/language/document'
import type { PassDeps, PassRequest } from './run-pass.js'
import type { StartedRun, ValueCounts } from './run-records.js'
import { countBitmaps, runSettings } from './write-codes.js'

/** Codes of the population bitmaps: customers hold a strong identity, visitors do not. */
export const populationCodes = { customers: 1, visitors: 2 } as const

/** How many a definition is about, of the living subjects of its kind: `who` divides persons only. */
export function countPopulation(definition: Pick<Definition, 'subject' | 'who'>, counts: ValueCounts): number {
  if ((definition.subject ?? 'person') !== 'person') return counts.known
  const who = definition.who ?? 'customers'
  return who === 'everyone' ? counts.known : (counts.values[String(populationCodes[who])] ?? 0)
}

/**
 * Writes who lives at the pass's moment as bitmaps of the subject's own number; what every audience is cut from.
 * `profileMap`: dictionary of the profiles, null = those of today.
 */
export async function writePopulation(
  deps: PassDeps,
  request: PassRequest,
  run: StartedRun,
  profileMap: string | null,
): Promise<ValueCounts> {
  await deps.clickhouse.command(
    `INSERT INTO tag_bitmaps (tag_id, value, slice, run_id, users)
     SELECT {number:UInt32}, if(strong, 1, 2) AS v, toUInt16(bitShiftRight(p, 18)) AS s, {run:UInt64},
       groupBitmapState(p)
     FROM (
       SELECT toUInt32(dictGetOrDefault('${deps.clickhouse.database}.${profileMap ?? 'override'}', 'profile_id', toUInt64(node_id), profile_id)) AS p,
         max(strong) AS strong
       FROM nodes
       WHERE subject = {number:UInt8} AND first_ts < fromUnixTimestamp64Milli({asOf:Int64}, 'UTC')
         AND seq <= {known:UInt64} AND import_id NOT IN {excluded:Array(UInt32)}
       GROUP BY p)
     WHERE p != 0 GROUP BY v, s`,
    {
      params: {
        number: run.number,
        run: run.runId,
        asOf: request.asOf,
        known: deps.scan.knownSeq,
        excluded: deps.scan.excludedImports,
      },
      signal: request.signal,
      settings: runSettings,
    },
  )
  const counted = await countBitmaps(deps.clickhouse, run.number, run.runId, 0)
  return { ...counted, population: counted.known }
}
