/** One SELECT for ClickHouse with its bound parameters (`{p0:Type}` in the text). */
export interface Statement {
  readonly sql: string
  /** Strings, numbers, bigints and (nested) arrays of them; the client of ClickHouse writes them. */
  readonly params: Readonly<Record<string, ParamValue>>
}

export type ParamValue = string | number | bigint | readonly ParamValue[]

/** Types a bound parameter may have. */
export type ParamType =
  | 'String'
  | 'UInt8'
  | 'UInt16'
  | 'UInt32'
  | 'UInt64'
  | 'Int64'
  | 'Int128'
  | 'Decimal(18,4)'
  | "DateTime64(3,'UTC')"
  | 'Array(String)'
  | 'Array(UInt8)'
  | 'Array(UInt16)'
  | 'Array(UInt32)'
  | 'Array(UInt64)'
  | 'Array(Int64)'
  | 'Array(Int128)'
  | 'Array(Decimal(18,4))'
  | "Array(DateTime64(3,'UTC'))"
  | 'Array(Array(Int128))'
