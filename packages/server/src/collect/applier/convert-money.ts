import type { FlatProperty } from '@tagtree/core/catalog/flatten'
import type { RawValue } from '@tagtree/core/collect/incoming'
import { dateOfDayNumber, formatCivilDate } from '@tagtree/core/kernel/calendar'
import { type Decimal, formatDecimal, parseDecimal } from '@tagtree/core/kernel/decimal'
import { localDayNumber, type Zone } from '@tagtree/core/kernel/zone'
import type { Rates } from '../../store/rates.js'

const CURRENCY = '.currency'
const ORIGINAL = '.original'

/**
 * Brings money to the base currency: beside `amount.currency`, `amount` becomes its base amount at the rate of the local
 * day of `ts`, and what was given is kept as `amount.original`. Where the original came along, the conversion was done
 * before. Answers the name of the currency property whose rate is not known as `unknown`.
 */
export function convertMoney(
  properties: readonly FlatProperty[],
  ts: number,
  rates: Rates,
  zone: Zone,
): { readonly properties: readonly FlatProperty[] } | { readonly unknown: string } {
  if (!properties.some(({ name }) => name.endsWith(CURRENCY))) return { properties }
  const day = formatCivilDate(dateOfDayNumber(localDayNumber(zone, ts)))
  const given = new Map(properties.map((property) => [property.name, property]))
  for (const { name, value } of properties) {
    if (!name.endsWith(CURRENCY)) continue
    const of = name.slice(0, -CURRENCY.length)
    const amount = given.get(of)
    const original = amount === undefined || given.has(of + ORIGINAL) ? null : readNumber(amount.value)
    const currency = typeof value === 'string' ? value.normalize('NFKC').trim().toUpperCase() : ''
    if (original === null || currency === '') continue
    const rate = rates.rateOn(currency, day)
    if (rate === null) return { unknown: name }
    given.set(name, { name, value: currency, type: 'text' })
    given.set(of + ORIGINAL, { name: of + ORIGINAL, value: amount!.value, type: 'number' })
    given.set(of, { name: of, value: timesRate(original, rate), type: 'money' })
  }
  return { properties: [...given.values()] }
}

function readNumber(value: RawValue): Decimal | null {
  return typeof value === 'number' || typeof value === 'string' ? parseDecimal(value) : null
}

/** Both carry 8 decimals; the product is rounded half-even once, to the 4 that are stored. */
function timesRate(amount: Decimal, rate: Decimal): string {
  const unit = 10n ** 12n
  const product = amount * rate
  const magnitude = product < 0n ? -product : product
  const rest = magnitude % unit
  const up = rest * 2n > unit || (rest * 2n === unit && (magnitude / unit) % 2n === 1n)
  const units = magnitude / unit + (up ? 1n : 0n)
  return formatDecimal((product < 0n ? -units : units) * 10n ** 4n)
}
