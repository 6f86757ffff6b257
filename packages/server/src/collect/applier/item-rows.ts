import { coerceValue } from '@tagtree/core/catalog/coerce'
import { instantText } from '@tagtree/core/catalog/stored-date'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { Names } from '../../store/names.js'
import type { CheckedItem } from './facts.js'
import { looseText, type RowWriter, valueText } from './row-text.js'

/** Columns every row of items gives. */
export const ITEM_COLUMNS = ['catalogue', 'item', 'ts', 'seq', 'import_id', 'props'] as const

/** Writes one item of a catalogue. Values that do not fit their property are left out and said so. */
export function writeItemRow(writer: RowWriter, fact: CheckedItem, seq: bigint, names: Names, zone: Zone): void {
  const known = names.items.get(fact.catalogue)?.properties
  let fields = ''
  let loose = ''
  for (const { name, value } of fact.plain) {
    const property = known?.get(name)
    if (property === undefined) {
      if (value !== null && value !== '')
        fact.leftOut.push({ reason: 'no_room', pointer: `/properties/${name}`, value })
      continue
    }
    const stored = coerceValue(value, property.type, zone)
    if (stored === null) continue
    if (typeof stored === 'string') {
      fact.leftOut.push({ reason: stored, pointer: `/properties/${name}`, value })
    } else if (property.column === null) {
      loose += `${loose === '' ? '' : ','}${JSON.stringify(name)}:${looseText(stored)}`
    } else {
      writer.uses(property.column)
      fields += `,"${property.column}":${valueText(stored)}`
      if (stored.type === 'list') {
        writer.uses(`${property.column}__known`)
        fields += `,"${property.column}__known":1`
      }
    }
  }
  writer.add(
    `{"catalogue":${JSON.stringify(fact.catalogue)},"item":${JSON.stringify(fact.item)},"ts":"${instantText(fact.ts)}","seq":"${seq}","import_id":${fact.origin.importId}${fields},"props":{${loose}}}`,
  )
}
