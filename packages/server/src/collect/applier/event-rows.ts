import { coerceValue } from '@tagtree/core/catalog/coerce'
import { instantText } from '@tagtree/core/catalog/stored-date'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { Names, StoredProperty } from '../../store/names.js'
import type { CheckedEvent, PlacedFact } from './facts.js'
import { plainFields } from './plain-fields.js'
import { type RowWriter, valueText } from './row-text.js'

/** Columns every row of events gives. */
export const EVENT_COLUMNS = [
  'event',
  'subject',
  'profile_id',
  'ts',
  'seq',
  'node_id',
  'source_id',
  'import_id',
  'message_hash',
  'items_count',
  'props',
] as const

/** One subject an event is about, once it is known who that is. */
export interface EventSubject {
  readonly subject: number
  readonly nodeId: number
  readonly profileId: number
}

/** Writes one event, one row per subject. Values that do not fit their property are left out and said so. */
export function writeEventRows(
  writer: RowWriter,
  placed: PlacedFact<CheckedEvent>,
  subjects: readonly EventSubject[],
  sourceId: number,
  names: Names,
  zone: Zone,
): void {
  const { fact, seq } = placed
  const { plain, item } = names.events.get(fact.event)!
  const fields = plainFields(fact, plain, zone, writer) + lineFields(fact, item, zone, writer)
  const head = `{"event":${JSON.stringify(fact.event)},"ts":"${instantText(fact.ts)}","source_id":${sourceId},"import_id":${fact.origin.importId},"message_hash":"${BigInt.asUintN(64, BigInt(fact.record.key.hash))}","items_count":${fact.lines.length}`
  const written = new Set<number>()
  subjects.forEach((subject, index) => {
    // Named twice, perhaps by two identities: it still happened to one subject.
    if (written.has(subject.profileId)) return
    written.add(subject.profileId)
    writer.add(
      `${head},"subject":${subject.subject},"profile_id":${subject.profileId},"node_id":${subject.nodeId},"seq":"${seq + BigInt(index)}"${fields}}`,
    )
  })
}

function lineFields(
  fact: CheckedEvent,
  known: ReadonlyMap<string, StoredProperty>,
  zone: Zone,
  writer: RowWriter,
): string {
  const { lines } = fact
  if (lines.length === 0) return ''
  const cells = new Map<string, string[]>()
  for (const [index, line] of lines.entries()) {
    for (const { name, value } of line) {
      const property = known.get(name)
      const column = property?.column
      if (property === undefined || column === null || column === undefined) {
        if (value !== null && value !== '') {
          fact.leftOut.push({ reason: 'no_room', pointer: `/properties/items/${index}/${name}`, value })
        }
        continue
      }
      const stored = coerceValue(value, property.type, zone)
      if (stored === null) continue
      if (typeof stored === 'string') {
        fact.leftOut.push({ reason: stored, pointer: `/properties/items/${index}/${name}`, value })
        continue
      }
      let column_ = cells.get(column)
      if (column_ === undefined) {
        column_ = new Array<string>(lines.length).fill('null')
        cells.set(column, column_)
      }
      column_[index] = valueText(stored)
    }
  }
  let fields = ''
  for (const [column, values] of cells) {
    writer.uses(column)
    fields += `,"${column}":[${values.join(',')}]`
  }
  return fields
}
