import { coerceValue } from '@tagtree/core/catalog/coerce'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { StoredProperty } from '../../store/names.js'
import type { CheckedEvent, CheckedItem } from './facts.js'
import { looseText, type RowWriter, valueText } from './row-text.js'

/**
 * The properties of an event or item as fields of its row, those without a column under `props`, each after a comma.
 * Values that do not fit their property are left out and said so.
 */
export function plainFields(
  fact: Pick<CheckedEvent | CheckedItem, 'plain' | 'leftOut'>,
  known: ReadonlyMap<string, Pick<StoredProperty, 'type' | 'column'>> | undefined,
  zone: Zone,
  writer: RowWriter,
): string {
  let fields = ''
  let loose = ''
  for (const { name, value } of fact.plain) {
    const property = known?.get(name)
    if (property === undefined) {
      // Not even a name was wanted: nothing usable was given, or there is no room for it.
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
  return loose === '' ? `${fields},"props":{}` : `${fields},"props":{${loose}}`
}
