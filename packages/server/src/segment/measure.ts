import { type CompileContext, compile, type OutputColumn } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import { divideDecimals, formatDecimal } from '@tagtree/core/kernel/decimal'
import { everybodyOf } from '../tag/everybody-of.js'
import { momentContext } from '../tag/moment-context.js'
import { computationError } from '../tag/run/run-error.js'
import { solveFits } from '../tag/run/solve-fits.js'
import { knownSql } from '../tag/take.js'
import { type EventGroup, groupValues, type PlacedValue, restrictedTo } from './measure-groups.js'
import type { SegmentScope } from './segment-scope.js'
import { type About, unnamedDefinitions } from './unnamed-definition.js'

export type Figure =
  | 'count'
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'median'
  | 'distinct'
  | 'share'
  | { readonly quantile: number }

/** Conditions and values are as they were sent: they are read like those of any definition. */
export interface MeasureRequest extends About {
  /** Over whom; null = everybody of the kind. */
  readonly where: unknown
  readonly values: readonly { readonly value: unknown; readonly get: Figure }[]
  /** A value of each person, or a property of what she did; null = all together. */
  readonly by: { readonly value: unknown } | { readonly event: EventGroup } | null
  /** Groups that are answered at most, those with most people. */
  readonly limit: number
}

export interface MeasuredGroup {
  /** null = without a value, and where nothing is divided. */
  readonly key: string | null
  readonly people: number
  /** Decimal text, or a moment in UTC; null = nobody has a value. Answer i is of value i. */
  readonly values: readonly (string | null)[]
}

export interface Measure {
  readonly groups: readonly MeasuredGroup[]
  /** There are more groups than were asked for. */
  readonly isCut: boolean
}

/**
 * Figures over a population: values of people are computed as any definition's and then counted, summed, averaged …; the
 * population may be divided by a value of the people or by a property of their events. A person who has several values of
 * a list is in several groups. Sums are exact; averages are cut at 8 decimals, medians and quantiles (type 7) rounded.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED
 */
export async function measure(
  scope: SegmentScope,
  request: MeasureRequest,
  asOf: number | null,
  now: number,
  signal?: AbortSignal,
): Promise<Measure> {
  const context = momentContext(scope, asOf, now)
  try {
    if (request.by !== null && 'event' in request.by) {
      return await measureByEvent(scope, request, request.by.event, context, signal)
    }
    return await measureByValue(scope, request, context, signal)
  } catch (error) {
    throw computationError(error, 'measure')
  }
}

/** Values computed in one pass: each holds memory for every person, and some of them a look-up of all items. */
const COLUMNS_AT_ONCE = 24

type Signal = AbortSignal | undefined

async function measureByValue(
  scope: SegmentScope,
  request: MeasureRequest,
  context: CompileContext,
  signal: Signal,
): Promise<Measure> {
  const { values, by, limit } = request
  const divided = by === null || 'event' in by ? [] : [{ value: by.value, pointer: '/by/value' }]
  const pass = await openPass(scope, request, [...divided, ...placed(values)], context, signal)
  const group = divided.length === 0 ? null : pass.columns[1]!
  const columns = pass.columns.slice(1 + divided.length)
  checkFigures(columns, values)
  const figures = columns.map((column, index) => `${figureSql(column, values[index]!.get, 'true')} AS f_${index}`)
  const params: Record<string, unknown> = { ...pass.params, limit: limit + 1 }
  if (group !== null) params.labels = ['', ...group.codes]
  const rows = await scope.clickhouse.query<Row>(
    `SELECT ${group === null ? "CAST(NULL, 'Nullable(String)')" : keySql(group)} AS key, toString(uniqExact(t.profile_id)) AS people
       ${figures.map((figure) => `, ${figure}`).join('')}
     FROM (${pass.sql}) AS t WHERE t.v_0 = 1 GROUP BY key ORDER BY uniqExact(t.profile_id) DESC, isNull(key), key LIMIT {limit:UInt64}`,
    { params, signal },
  )
  const groups = rows.map((row) => ({
    key: row.key ?? null,
    people: Number(row.people),
    values: columns.map((column, index) => shownFigure(column, values[index]!.get, row[`f_${index}`] ?? null)),
  }))
  return answer(groups, request)
}

/** Each group is a condition on events: the values are computed once per group, many groups in one pass. */
async function measureByEvent(
  scope: SegmentScope,
  request: MeasureRequest,
  event: EventGroup,
  context: CompileContext,
  signal: Signal,
): Promise<Measure> {
  const { values, limit } = request
  const listing = await openPass(scope, request, [{ value: groupValues(event), pointer: '/by/event' }], context, signal)
  const keys = await scope.clickhouse.query<{ key: string }>(
    `SELECT arrayJoin(t.v_1) AS key FROM (${listing.sql}) AS t WHERE t.v_0 = 1
     GROUP BY key ORDER BY count() DESC, key LIMIT {limit:UInt64}`,
    { params: { ...listing.params, limit: limit + 1 }, signal },
  )
  const groups = [...keys.slice(0, limit).map(({ key }) => key), null]
  const atOnce = Math.max(1, Math.floor(COLUMNS_AT_ONCE / (values.length + 1)))
  const measured: MeasuredGroup[] = []
  for (let from = 0; from < groups.length; from += atOnce) {
    measured.push(...(await measureGroups(scope, request, event, groups.slice(from, from + atOnce), context, signal)))
  }
  const shown = measured.filter(({ people }) => people > 0)
  return { ...answer(shown, { ...request, limit: shown.length }), isCut: keys.length > limit }
}

async function measureGroups(
  scope: SegmentScope,
  request: MeasureRequest,
  event: EventGroup,
  groups: readonly (string | null)[],
  context: CompileContext,
  signal: Signal,
): Promise<MeasuredGroup[]> {
  const { values } = request
  const perGroup = groups.flatMap((key) => restrictedTo(event, key, placed(values), scope.catalog))
  const pass = await openPass(scope, request, perGroup, context, signal)
  const width = values.length + 1
  checkFigures(pass.columns.slice(2, 1 + width), values)
  const figures = groups.flatMap((_, at) => {
    const [rows, ...columns] = pass.columns.slice(1 + at * width, 1 + (at + 1) * width)
    const isIn = `t.${rows!.column} > 0`
    return [
      `toString(countIf(${isIn})) AS p_${at}`,
      ...columns.map((column, index) => `${figureSql(column, values[index]!.get, isIn)} AS f_${at}_${index}`),
    ]
  })
  const [row] = await scope.clickhouse.query<Row>(
    `SELECT ${figures.join(', ')} FROM (${pass.sql}) AS t WHERE t.v_0 = 1`,
    { params: pass.params, signal },
  )
  return groups.map((key, at) => ({
    key,
    people: Number(row?.[`p_${at}`] ?? 0),
    values: values.map(({ get }, index) =>
      shownFigure(pass.columns[1 + at * width + 1 + index]!, get, row?.[`f_${at}_${index}`] ?? null),
    ),
  }))
}

type Row = Record<string, string | null>

interface Pass {
  /** v_0 says who counts; the values follow. */
  readonly sql: string
  readonly params: Readonly<Record<string, unknown>>
  readonly columns: readonly OutputColumn[]
}

async function openPass(
  scope: SegmentScope,
  request: MeasureRequest,
  values: readonly PlacedValue[],
  context: CompileContext,
  signal: Signal,
): Promise<Pass> {
  const { where, subject, who } = request
  const parts = values.map(({ value, pointer }) => ({ part: { value }, pointer }))
  // Everybody is no condition that could be written down.
  const people =
    where === null
      ? [everybodyOf(subject === 'person' ? { who } : { subject })]
      : unnamedDefinitions([{ part: { where }, pointer: '/where' }], request, scope.catalog).map((one) => ({
          ...one,
          id: 'measured people',
        }))
  const compiled = compile([...people, ...unnamedDefinitions(parts, request, scope.catalog)], context)
  const { fits } = await solveFits(scope.clickhouse, compiled, scope.fits, signal)
  return { ...compiled.statement(fits), columns: compiled.columns }
}

function placed(values: MeasureRequest['values']): PlacedValue[] {
  return values.map(({ value }, index) => ({ value, pointer: `/values/${index}/value` }))
}

/** Only numbers are summed, and only numbers and dates have an order. */
function checkFigures(columns: readonly OutputColumn[], values: MeasureRequest['values']): void {
  const issues = values.flatMap(({ get }, index) => {
    const { type } = columns[index]!
    const isSum = get === 'sum' || get === 'avg' || get === 'share'
    if (get === 'count' || get === 'distinct' || type === 'number' || (type === 'date' && !isSum)) return []
    const name = typeof get === 'object' ? 'quantile' : get
    return {
      pointer: `/values/${index}/get`,
      message: `this value has no ${name}: only numbers${isSum ? '' : ' and dates'} do; use count or distinct`,
      messageZh: `此值不能求 ${name}：只有数字${isSum ? '' : '和日期'}可以；请用 count 或 distinct`,
    }
  })
  if (issues.length > 0) throw new AppError('DEFINITION_INVALID', { words: { count: issues.length }, issues })
}

/** Cuts to the groups asked for and turns sums into shares where these are wanted. */
function answer(groups: readonly MeasuredGroup[], { values, limit }: MeasureRequest): Measure {
  const totals = values.map(({ get }, index) =>
    get === 'share' ? groups.reduce((sum, group) => sum + scaled(group.values[index] ?? null), 0n) : 0n,
  )
  const shown = groups.slice(0, limit).map((group) => ({
    ...group,
    values: group.values.map((value, index) => {
      if (values[index]!.get !== 'share' || value === null) return value
      const part = divideDecimals(scaled(value), totals[index]!)
      return part === null ? null : formatDecimal(part)
    }),
  }))
  return { groups: shown, isCut: groups.length > limit }
}

function scaled(text: string | null): bigint {
  if (text === null) return 0n
  const [whole, part = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole!) * 100_000_000n + BigInt(part.padEnd(8, '0').slice(0, 8))
  return text.startsWith('-') ? -size : size
}

/** Text of a group: list values one by one, nothing as NULL. */
function keySql(column: OutputColumn): string {
  const value = `t.${column.column}`
  const label = (index: string): string => `toNullable(arrayElement({labels:Array(String)}, ${index} + 1))`
  switch (column.type) {
    case 'code':
      return `if(${knownSql(column)}, ${label(value)}, NULL)`
    case 'codes':
      return `arrayJoin(if(empty(${value}), [NULL], arrayMap(i -> ${label('i')}, ${value})))`
    case 'list':
      return `arrayJoin(if(empty(${value}), [NULL], arrayMap(x -> toNullable(x), ${value})))`
    case 'bool':
      return `if(isNull(${value}), NULL, if(${value} = 1, 'true', 'false'))`
    case 'number':
      return `if(isNull(${value}), NULL, toString(toDecimal128(assumeNotNull(${value}), 0) * toDecimal128('0.00000001', 8)))`
    case 'date':
      return `toString(${value})`
    case 'text':
      return `nullIf(${value}, '')`
  }
}

/** The figure as text; averages as sum and count, because they are divided outside. */
function figureSql(column: OutputColumn, get: Figure, isIn: string): string {
  const value = `t.${column.column}`
  const known = `${isIn} AND ${knownSql(column)}`
  if (typeof get === 'object') return quantileSql(column, get.quantile, known)
  switch (get) {
    case 'count':
      return `toString(countIf(${known}))`
    case 'distinct':
      return `toString(uniqExactIf(${value}, ${known}))`
    case 'sum':
    case 'share':
      return `toString(sumIf(${value}, ${known}))`
    case 'avg':
      return `concat(toString(sumIf(${value}, ${known})), '/', toString(countIf(${known})))`
    case 'min':
    case 'max':
      return `toString(${get}OrNullIf(${momentOr(column)}, ${known}))`
    case 'median':
      return quantileSql(column, 0.5, known)
  }
}

function quantileSql(column: OutputColumn, share: number, known: string): string {
  const figure = `quantileExactInclusiveOrNullIf(${share})(toFloat64(assumeNotNull(${momentOr(column)})), ${known})`
  return `toString(toInt128(round(${figure})))`
}

/** Moments are figured with as milliseconds. */
function momentOr({ type, column }: OutputColumn): string {
  return type === 'date' ? `toUnixTimestamp64Milli(t.${column})` : `t.${column}`
}

function shownFigure({ type }: OutputColumn, get: Figure, text: string | null): string | null {
  if (text === null) return null
  if (get === 'count' || get === 'distinct') return text
  if (get === 'avg') {
    const [sum, count] = text.split('/').map((part) => BigInt(part || 0))
    return count === 0n ? null : formatDecimal(sum! / count!)
  }
  if (type === 'date') return new Date(Number(text)).toISOString()
  return formatDecimal(BigInt(text))
}
