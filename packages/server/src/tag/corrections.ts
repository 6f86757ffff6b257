import type { Catalog, DefinitionEntry } from '@tagtree/core/catalog/catalog'
import type { IdentityReference, IncomingAttributes } from '@tagtree/core/collect/incoming'
import { spanOf } from '@tagtree/core/compile/window-bounds'
import { AppError } from '@tagtree/core/kernel/app-error'
import { addSpan, zoneOf } from '@tagtree/core/kernel/zone'
import { correctedAttribute } from '@tagtree/core/language/assign/given/attribute'
import type { TagDefinition } from '@tagtree/core/language/document'
import { streamKey } from '../collect/stream-key.js'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import type { ScanState } from '../store/scan-state.js'
import { KIND_WORDS } from './catalogue/kind-words.js'
import { faultsOf } from './given-values.js'
import type { TagHead } from './run/heads.js'

/** What a person says of one subject's value. */
export interface ValueCorrection {
  readonly identities: readonly IdentityReference[]
  /** What is right instead; null: no value is. Absent: the correction is taken back. */
  readonly value?: string | readonly string[] | null | undefined
}

/** A tag whose computed values persons may correct. */
export type CorrectableEntry = DefinitionEntry & {
  readonly body: TagDefinition & { readonly corrections: NonNullable<TagDefinition['corrections']> }
}

/** @throws AppError NOT_FOUND | TAG_NOT_CORRECTED */
export function correctable(catalog: Catalog, id: string): CorrectableEntry {
  const entry = catalog.definitions.get(id)
  if (entry?.body.kind !== 'tag') throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.tag, name: id } })
  if (entry.body.corrections !== undefined) return entry as CorrectableEntry
  throw new AppError('TAG_NOT_CORRECTED', { words: { name: id } })
}

/**
 * Corrections as facts of the log: a list of codes in an attribute of the tag's own, so that they follow merges, are known
 * since a moment, and can be taken back. The same `key` gives the same facts.
 * @throws AppError VALUE_NOT_OF_TAG with one issue per value it cannot have
 */
export function correctionFacts(
  entry: CorrectableEntry,
  corrections: readonly ValueCorrection[],
  now: number,
  key: string,
): IncomingAttributes[] {
  const { body } = entry
  const values = [...entry.codes.keys()].map((code) => ({ code }))
  const known: TagDefinition = values.length === 0 ? body : { ...body, values }
  const issues = corrections.flatMap(({ value }, index) =>
    value === null || value === undefined ? [] : faultsOf(value, known, `/corrections/${index}/value`),
  )
  if (issues.length > 0) {
    throw new AppError('VALUE_NOT_OF_TAG', { words: { name: entry.id, count: issues.length }, issues })
  }
  const attribute = correctedAttribute(entry.id)
  return corrections.map(({ identities, value }, index) => ({
    type: 'attributes',
    key: streamKey(`correct ${entry.id}\0${key}\0${index}`),
    ts: now,
    about: { subject: body.subject ?? 'person', identities },
    changes: [
      value === undefined
        ? { operation: 'unset', attribute, value: null }
        : { operation: 'set', attribute, value: value === null ? [] : [value].flat() },
    ],
  }))
}

/** The corrections that hold now, beside those who have a value: what persons say of the tag's accuracy. */
export async function readAccuracy(
  { clickhouse, catalog, scan }: { clickhouse: WorkspaceClickHouse; catalog: Catalog; scan: ScanState },
  { id, body }: CorrectableEntry,
  head: TagHead | null,
  now: number,
): Promise<{ corrected: number; judged: number; accuracy: number | null }> {
  const attribute = catalog.attributes.get(body.subject ?? 'person')?.get(correctedAttribute(id))
  const known = head?.counts.known ?? 0
  const since = addSpan(zoneOf(catalog.timeZone), now, spanOf(body.corrections.keep), -1)
  const rows =
    attribute === undefined
      ? []
      : await clickhouse.query<{ corrected: string; blank: string }>(
          `SELECT toString(count()) AS corrected, toString(countIf(is_blank)) AS blank FROM (
             SELECT dictGetOrDefault('${clickhouse.database}.override', 'profile_id', toUInt64(node_id), profile_id) AS p,
               argMax((op, empty(list)), (ts, seq)) AS latest, tupleElement(latest, 2) AS is_blank
             FROM attribute_changes
             WHERE attr_id = {attribute:UInt16} AND ts > fromUnixTimestamp64Milli({since:Int64}, 'UTC')
               AND import_id NOT IN {excluded:Array(UInt32)}
             GROUP BY p HAVING p != 0 AND tupleElement(latest, 1) != 'unset')`,
          { params: { attribute: attribute.id, since, excluded: scan.excludedImports } },
        )
  const corrected = Number(rows[0]?.corrected ?? 0)
  // Whom a correction leaves blank has no value and was judged all the same.
  const judged = known + Number(rows[0]?.blank ?? 0)
  return { corrected, judged, accuracy: judged === 0 ? null : Math.max(0, judged - corrected) / judged }
}
