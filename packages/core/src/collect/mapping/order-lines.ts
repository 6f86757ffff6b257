import type { PropertyType } from '../../catalog/catalog.js'
import { type Decimal, formatDecimal, isStorable, parseDecimal } from '../../kernel/decimal.js'
import { hash64Text } from '../../kernel/hash64.js'
import type { EventScopeValue } from '../../language/event-scope/event-scope.js'
import type { IncomingEvent, RawValue, SubjectReference } from '../incoming.js'
import type { RowReason } from '../reasons.js'
import { rawNumber } from './cells/read-number.js'
import { expressionType } from './expression-type.js'
import type { Expression, Lines, Mapping, Total } from './mapping.js'
import { type PreparedExpression, prepareExpression, textOf } from './prepare-expression.js'
import type { RowScope } from './row-scope.js'

/** One line of an order, taken from one row; lines of an order may stand anywhere in the file. */
export interface OrderLine {
  /** Number of the output in the mapping. */
  readonly output: number
  /** Orders are told apart by this within their output: event name and order key. */
  readonly order: string
  readonly row: number
  readonly ts: number
  readonly body: LineBody
}
/** What is kept of a line until its order is put together. Plain JSON. */
export interface LineBody {
  readonly event: string
  readonly about: readonly SubjectReference[]
  readonly properties: Readonly<Record<string, RawValue>>
  readonly item: Readonly<Record<string, RawValue>>
  /** Operands of the totals: exact decimals as text, or text for distinct counts. */
  readonly totals: readonly (string | null)[]
  /** Their currencies, where totals have them. */
  readonly currencies?: readonly (string | null)[]
  /** Tells lines of the order apart; null: every row is one. */
  readonly line: string | null
  /** Hash of the row's canonical text. */
  readonly hash: string
}

/** Lines an order may have. */
export const MAX_ORDER_LINES = 5_000

export interface PreparedTotal {
  readonly name: string
  readonly kind: 'sum' | 'min' | 'max' | 'distinct' | 'count'
  readonly type: PropertyType
  readonly total: Total
  readonly read: (row: RowScope) => string | null
  /** The currency of the operand; undefined: it has none. */
  readonly currency: ((row: RowScope) => string | null) | undefined
}

/** Makes the totals of an order ready for many rows. */
export function prepareTotals(mapping: Mapping, lines: Lines): PreparedTotal[] {
  return Object.entries(lines.totals ?? {}).map(([name, total]) => {
    const currency = total.currency === undefined ? undefined : prepareCurrency(total.currency)
    if ('count' in total) return { name, kind: 'count', type: 'number', total, read: () => null, currency: undefined }
    const kind = 'sum' in total ? 'sum' : 'min' in total ? 'min' : 'max' in total ? 'max' : 'distinct'
    const expression =
      'sum' in total ? total.sum : 'min' in total ? total.min : 'max' in total ? total.max : total.distinct
    const prepared: PreparedExpression = prepareExpression(expression)
    const type = total.type ?? (kind === 'distinct' ? 'number' : expressionType(mapping, expression))
    return { name, kind, type, total, read: (row) => operandText(prepared(row)), currency }
  })
}

function prepareCurrency(expression: Expression): (row: RowScope) => string | null {
  const prepared = prepareExpression(expression)
  return (row) => textOf(prepared(row))
}

function operandText(value: EventScopeValue): string | null {
  return typeof value === 'bigint' ? formatDecimal(value) : textOf(value)
}

/** An order, or why its lines make none; `left` are rows that repeat a line of it. */
export type OrderOutcome =
  | { readonly event: IncomingEvent; readonly left: readonly number[] }
  | { readonly rejected: readonly RowReason[]; readonly rows: readonly number[] }

/**
 * Puts an order together: its moment, subjects and properties are those of the earliest line (of equal ones the first in
 * the file), its items are all lines in the order of the file. The key names the order, the content its lines in any order:
 * the same lines again change nothing, other lines replace the order.
 */
export function assembleOrder(
  mappingId: string,
  totals: readonly PreparedTotal[],
  lines: readonly OrderLine[],
): OrderOutcome {
  const kept: OrderLine[] = []
  const left: number[] = []
  const seen = new Set<string>()
  for (const line of [...lines].sort((a, b) => a.row - b.row)) {
    if (line.body.line !== null && seen.has(line.body.line)) {
      left.push(line.row)
      continue
    }
    if (line.body.line !== null) seen.add(line.body.line)
    kept.push(line)
  }
  if (kept.length > MAX_ORDER_LINES) {
    const rows = lines.map((line) => line.row)
    return { rejected: [{ code: 'lines_too_many', words: { limit: MAX_ORDER_LINES } }], rows }
  }
  const first = kept.reduce((earliest, line) => (line.ts < earliest.ts ? line : earliest))
  const properties: Record<string, RawValue> = { ...first.body.properties }
  for (const [at, total] of totals.entries()) {
    const value = totalOf(total, at, kept)
    if (value === 'out_of_range') {
      const rows = lines.map((line) => line.row)
      return { rejected: [{ code: 'number_out_of_range', words: { column: total.name } }], rows }
    }
    if (value === null) continue
    properties[total.name] = value
    if (total.currency === undefined) continue
    const currencies = new Set(kept.map((line) => line.body.currencies?.[at] ?? null))
    if (currencies.size > 1) {
      const rows = lines.map((line) => line.row)
      return { rejected: [{ code: 'currency_mixed', words: { column: total.name } }], rows }
    }
    const [currency = null] = currencies
    if (currency !== null) properties[`${total.name}.currency`] = currency
  }
  const items = kept.map((line) => line.body.item)
  if (items.some((item) => Object.keys(item).length > 0)) properties.items = items
  const content = kept.map((line) => line.body.hash).sort()
  const event: IncomingEvent = {
    type: 'event',
    key: {
      scope: 'file',
      hash: orderHash(mappingId, first.output, first.order),
      content: hash64Text(content.join('\u001e')),
    },
    event: first.body.event,
    ts: first.ts,
    about: first.body.about,
    properties,
  }
  return { event, left }
}

/** The hash that names an order: known before its lines are. */
export function orderHash(mappingId: string, output: number, order: string): string {
  return hash64Text(`${mappingId}\u001eorder\u001e${output}\u001e${order}`)
}

function totalOf(total: PreparedTotal, at: number, lines: readonly OrderLine[]): RawValue | 'out_of_range' {
  if (total.kind === 'count') return lines.length
  const operands = lines.flatMap((line) => line.body.totals[at] ?? [])
  if (total.kind === 'distinct') return new Set(operands).size
  if (total.type === 'date' || total.type === 'text') {
    const ordered = operands.sort()
    return (total.kind === 'min' ? ordered[0] : ordered.at(-1)) ?? null
  }
  const numbers: Decimal[] = operands.flatMap((operand) => parseDecimal(operand) ?? [])
  if (total.kind === 'sum') {
    const sum = numbers.reduce((a, b) => a + b, 0n)
    return isStorable(sum) ? rawNumber(sum) : 'out_of_range'
  }
  const [head, ...rest] = numbers
  if (head === undefined) return null
  return rawNumber(rest.reduce((best, one) => ((total.kind === 'min' ? one < best : one > best) ? one : best), head))
}
