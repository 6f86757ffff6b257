import type { OutputType } from '@tagtree/core/compile/output'
import type { TagDefinition } from '@tagtree/core/language/document'
import { quoteIdentifier } from '../../store/clickhouse.js'
import type { SqlColumns } from './value-kind.js'

/** How the values of a statement travel and what they become. */
export interface ValueColumn {
  /** Engine's type in the table they are poured into; always nullable. */
  readonly type: string
  /** Expression over a row `given` of the statement, of that type. */
  readonly read: string
  readonly output: OutputType
  /** Expression over the poured rows of one profile, of the output's type. */
  readonly fold: string
  /** Codes of the output, in their order. */
  readonly codes: readonly string[]
}

/** Longest text that becomes a value. */
const LONGEST_TEXT = 200
/** Numbers beyond this are no values: the engine's decimals end there. */
const LARGEST_NUMBER = '1000000000000000000000'

/** The form a tag's values take: a listed value stays text, whatever the column holds; several values are texts. */
export function valueColumn({ family, values }: TagDefinition, columns: SqlColumns, timeZone: string): ValueColumn {
  const value = `given.${quoteIdentifier(columns.value)}`
  const codes = (values ?? []).map(({ code }) => String(code))
  const isListed = codes.length > 0
  const text = { type: 'Nullable(String)', read: textOf(value, columns), codes }
  const place = `indexOf({codes:Array(String)}, assumeNotNull(value))`
  if (family === 'multi') {
    return isListed
      ? { ...text, output: 'codes', fold: `arraySort(arrayFilter(i -> i > 0, groupUniqArray(toUInt16(${place}))))` }
      : { ...text, output: 'list', fold: 'arraySort(groupUniqArray(assumeNotNull(value)))' }
  }
  if (isListed) return { ...text, output: 'code', fold: `any(toUInt16(${place}))` }
  switch (columns.kind) {
    case 'text':
      return { ...text, output: 'text', fold: 'any(value)' }
    case 'bool':
      return {
        type: 'Nullable(UInt8)',
        read: `CAST(${value}, 'Nullable(UInt8)')`,
        codes,
        output: 'bool',
        fold: 'any(value)',
      }
    case 'number': {
      const decimal = columns.isDecimal
        ? `toDecimal128OrNull(toString(${value}), 8)`
        : `accurateCastOrNull(${value}, 'Decimal(38, 8)')`
      const read = `CAST(if(abs(${decimal}) < ${LARGEST_NUMBER}, ${decimal}, NULL), 'Nullable(Decimal(38, 8))')`
      // As the output wants it: a whole number of hundred-millionths.
      const fold = `CAST(any(value) * toDecimal128('100000000', 0), 'Nullable(Int128)')`
      return { type: 'Nullable(Decimal(38, 8))', read, codes, output: 'number', fold }
    }
    case 'date': {
      const zone = columns.isDay ? timeZone : 'UTC'
      const type = `Nullable(DateTime64(3, 'UTC'))`
      const read = `CAST(toDateTime64(${value}, 3, '${zone}'), 'Nullable(DateTime64(3, \\'UTC\\'))')`
      return { type, read, codes, output: 'date', fold: 'any(value)' }
    }
  }
}

function textOf(value: string, { kind }: SqlColumns): string {
  const text = kind === 'bool' ? `if(${value}, 'true', 'false')` : `toString(${value})`
  const known = `if(isNull(${value}), NULL, nullIf(substringUTF8(${text}, 1, ${LONGEST_TEXT}), ''))`
  return `CAST(${known}, 'Nullable(String)')`
}
