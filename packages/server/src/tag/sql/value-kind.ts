import type { DescribedColumn } from '../../store/confined-clickhouse.js'
import { sqlRefusal } from './sql-refusal.js'

/** What a SQL tag gives. */
export type SqlValueKind = 'text' | 'number' | 'date' | 'bool'

/** The two columns of a checked statement. */
export interface SqlColumns {
  readonly profile: string
  readonly value: string
  readonly kind: SqlValueKind
  /** Days without a time are local midnight of the workspace. */
  readonly isDay: boolean
  readonly isDecimal: boolean
}

/**
 * The columns a statement gives: the profile under the name profile_id, and beside it one value of any name.
 * @throws AppError DEFINITION_INVALID
 */
export function columnsOf(described: readonly DescribedColumn[]): SqlColumns {
  const profile = described.find((column) => column.name === 'profile_id' || column.name.endsWith('.profile_id'))
  const value = described.find((column) => column !== profile)
  if (described.length !== 2 || profile === undefined || value === undefined) {
    const names = described
      .map((column) => column.name)
      .join(', ')
      .slice(0, 200)
    throw sqlRefusal(
      `the statement must give two columns, profile_id and value, and gives: ${names}`,
      `语句须给出两列：profile_id 和 value，现为：${names}`,
    )
  }
  if (!/^U?Int\d+$/.test(bare(profile.type))) {
    throw sqlRefusal(
      `profile_id must be the number of a profile as the views give it, and is ${bare(profile.type)}`,
      `profile_id 须是视图给出的客户编号，现为 ${bare(profile.type)}`,
    )
  }
  const type = bare(value.type)
  const kind = kindOf(type)
  if (kind === null) {
    throw sqlRefusal(
      `value must be a text, a number, a date or yes and no, and is ${type.slice(0, 80)}`,
      `value 须为文本、数字、日期或布尔值，现为 ${type.slice(0, 80)}`,
    )
  }
  return {
    profile: profile.name,
    value: value.name,
    kind,
    isDay: /^Date(32)?$/.test(type),
    isDecimal: type.startsWith('Decimal'),
  }
}

/** The type without Nullable and LowCardinality around it. */
function bare(type: string): string {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(type)
  return inner === null ? type : bare(inner[1]!)
}

function kindOf(type: string): SqlValueKind | null {
  if (/^(String|FixedString\(\d+\)|Enum(8|16)\(.*\))$/.test(type)) return 'text'
  if (/^(U?Int\d+|Float\d+|BFloat16|Decimal\(.*\))$/.test(type)) return 'number'
  if (/^(Date|Date32|DateTime(64)?(\(.*\))?)$/.test(type)) return 'date'
  return type === 'Bool' ? 'bool' : null
}
