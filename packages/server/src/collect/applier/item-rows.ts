import { instantText } from '@tagtree/core/catalog/stored-date'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { Names } from '../../store/names.js'
import type { CheckedItem } from './facts.js'
import { plainFields } from './plain-fields.js'
import type { RowWriter } from './row-text.js'

/** Columns every row of items gives. */
export const ITEM_COLUMNS = ['catalogue', 'item', 'ts', 'seq', 'import_id', 'props'] as const

/** Writes one item of a catalogue. Values that do not fit their property are left out and said so. */
export function writeItemRow(writer: RowWriter, fact: CheckedItem, seq: bigint, names: Names, zone: Zone): void {
  const fields = plainFields(fact, names.items.get(fact.catalogue)?.properties, zone, writer)
  writer.add(
    `{"catalogue":${JSON.stringify(fact.catalogue)},"item":${JSON.stringify(fact.item)},"ts":"${instantText(fact.ts)}","seq":"${seq}","import_id":${fact.origin.importId}${fields}}`,
  )
}
