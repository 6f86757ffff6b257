import type { PropertyType } from '../../catalog/catalog.js'
import { isName } from '../../catalog/flatten.js'
import { nearest } from '../../kernel/nearest.js'
import { isZone } from '../../kernel/zone.js'
import type { Test } from '../../language/document.js'
import type { Report } from '../../language/frame/checked.js'
import { say, sayNearest } from '../../language/frame/message.js'
import { dateReader } from './cells/date-format.js'
import { columnReading, expressionType } from './expression-type.js'
import { valueExpression } from './mapped-values.js'
import type {
  AttributeValue,
  DescribedValue,
  EventOutput,
  Expression,
  MappedValue,
  Mapping,
  Output,
} from './mapping.js'

/** Second look at a mapping whose form is right: the names it uses, types of times, formats of dates. */
export function checkMapping(mapping: Mapping, fileColumns: readonly string[] | null, report: Report): void {
  const check = new Checker(mapping, report)
  if (mapping.timeZone !== undefined && !isZone(mapping.timeZone)) {
    report(say(`there is no time zone "${mapping.timeZone}"`, `没有时区“${mapping.timeZone}”`), 'timeZone')
  }
  const columns = Object.keys(mapping.columns)
  if (columns.length === 0) report(say('a mapping uses at least one column', '映射至少使用一列'), 'columns')
  for (const column of columns) checkColumn(mapping, column, fileColumns, report)
  for (const [alias, subject] of Object.entries(mapping.subjects ?? {})) {
    const identities = Object.entries(subject.identities)
    if (identities.length === 0) {
      report(say('a subject needs at least one identity', '主体至少需要一个身份'), 'subjects', alias, 'identities')
    }
    for (const [kind, expression] of identities) check.expression(expression, 'subjects', alias, 'identities', kind)
  }
  for (const [at, rule] of (mapping.reject ?? []).entries()) check.test(rule.when, 'reject', at, 'when')
  for (const [at, output] of mapping.outputs.entries()) checkOutput(check, output, at)
  for (const [key, relation] of Object.entries(mapping.declare?.relations ?? {})) {
    const ends = [relation.from, relation.to].filter((end) => end !== undefined).length
    if (ends === (relation.inverseOf === undefined ? 2 : 0)) continue
    report(
      say(
        'a relation has from and to, or inverseOf: the relation it reads from the other end',
        '关系应有 from 与 to，或用 inverseOf 指明它是哪个关系的反向',
      ),
      'declare',
      'relations',
      key,
    )
  }
}

function checkColumn(mapping: Mapping, column: string, fileColumns: readonly string[] | null, report: Report): void {
  if (fileColumns !== null && !fileColumns.includes(column)) {
    report(
      sayNearest(`the file has no column "${column}"`, `文件中没有列“${column}”`, nearest(column, fileColumns)),
      'columns',
      column,
    )
  }
  const reading = columnReading(mapping, column)!
  if (reading.format !== undefined && (reading.type !== 'date' || dateReader(reading.format) === null)) {
    report(noFormat(reading.format), 'columns', column, 'format')
  }
}

const noFormat = (format: string) =>
  say(
    `"${format}" is no date format: write excel, unix, unix_ms or a pattern such as yyyy-MM-dd HH:mm:ss`,
    `“${format}”不是日期格式：请写 excel、unix、unix_ms 或形如 yyyy-MM-dd HH:mm:ss 的格式`,
  )

function checkOutput(check: Checker, output: Output, at: number): void {
  if (output.where !== undefined) check.test(output.where, 'outputs', at, 'where')
  if ('event' in output) {
    checkEvent(check, output, at)
    return
  }
  if ('attributes' in output) {
    check.alias(output.of, 'outputs', at, ...(output.of === undefined ? [] : ['of']))
    check.values(output.attributes, 'outputs', at, 'attributes')
  } else if ('identities' in output) {
    check.alias(output.identities, 'outputs', at, 'identities')
  } else if ('relation' in output) {
    check.alias(output.from, 'outputs', at, 'from')
    check.alias(output.to, 'outputs', at, 'to')
    if (output.role !== undefined) check.expression(output.role, 'outputs', at, 'role')
    if (output.since !== undefined) check.time(output.since, 'outputs', at, 'since')
    if (output.until !== undefined) check.time(output.until, 'outputs', at, 'until')
    return
  } else {
    check.expression(output.item, 'outputs', at, 'item')
    check.values(output.properties, 'outputs', at, 'properties')
  }
  if (output.time !== undefined) check.time(output.time, 'outputs', at, 'time')
}

function checkEvent(check: Checker, output: EventOutput, at: number): void {
  if (typeof output.event === 'string') check.name(output.event, 'outputs', at, 'event')
  else check.expression(output.event, 'outputs', at, 'event')
  if (typeof output.event === 'object' && 'case' in output.event) {
    for (const [branch, { value }] of output.event.case.entries())
      check.name(value, 'outputs', at, 'event', 'case', branch)
    if (output.event.otherwise !== undefined) check.name(output.event.otherwise, 'outputs', at, 'event', 'otherwise')
  }
  for (const [place, alias] of (output.about ?? []).entries()) check.alias(alias, 'outputs', at, 'about', place)
  if (output.about === undefined) check.alias(undefined, 'outputs', at)
  check.time(output.time, 'outputs', at, 'time')
  if (output.key !== undefined) check.expression(output.key, 'outputs', at, 'key')
  check.values(output.properties, 'outputs', at, 'properties')
  const { lines } = output
  if (lines === undefined) return
  if (output.key !== undefined) {
    check.report(say('an order has its key in lines', '订单的键写在 lines 中'), 'outputs', at, 'key')
  }
  check.expression(lines.key, 'outputs', at, 'lines', 'key')
  if (lines.line !== undefined) check.expression(lines.line, 'outputs', at, 'lines', 'line')
  check.values(lines.items, 'outputs', at, 'lines', 'items')
  for (const [name, total] of Object.entries(lines.totals ?? {})) {
    check.name(name, 'outputs', at, 'lines', 'totals', name)
    for (const head of ['sum', 'min', 'max', 'distinct'] as const) {
      const part = (total as Partial<Record<typeof head, Expression>>)[head]
      if (part === undefined) continue
      check.expression(part, 'outputs', at, 'lines', 'totals', name, head)
      if (head === 'sum' && !['number', 'money'].includes(expressionType(check.mapping, part))) {
        check.report(say('a sum needs numbers', '求和需要数字'), 'outputs', at, 'lines', 'totals', name, head)
      }
    }
    if (total.currency !== undefined)
      check.expression(total.currency, 'outputs', at, 'lines', 'totals', name, 'currency')
    if (output.properties !== undefined && Object.hasOwn(output.properties, name)) {
      check.report(say(`"${name}" is a property already`, `“${name}”已是属性`), 'outputs', at, 'lines', 'totals', name)
    }
  }
}

/** Looks names up and reports those that are not there. */
class Checker {
  private readonly columns: readonly string[]
  private readonly aliases: readonly string[]
  constructor(
    readonly mapping: Mapping,
    readonly report: Report,
  ) {
    this.columns = Object.keys(mapping.columns)
    this.aliases = Object.keys(mapping.subjects ?? {})
  }

  name(name: string, ...path: PropertyKey[]): void {
    if (!isName(name)) this.report(say(`"${name}" cannot be a name`, `“${name}”不能作为名称`), ...path)
  }

  alias(alias: string | undefined, ...path: PropertyKey[]): void {
    if (alias === undefined ? this.aliases.length > 0 : this.aliases.includes(alias)) return
    const near = alias === undefined ? undefined : nearest(alias, this.aliases)
    this.report(
      alias === undefined
        ? say(
            'the mapping names no subject: say in subjects whom a row is about',
            '映射没有主体：请在 subjects 中说明每行关于谁',
          )
        : sayNearest(`there is no subject "${alias}" in subjects`, `subjects 中没有“${alias}”`, near),
      ...path,
    )
  }

  values(values: Readonly<Record<string, MappedValue | AttributeValue>> | undefined, ...path: PropertyKey[]): void {
    for (const [name, value] of Object.entries(values ?? {})) {
      this.name(name, ...path, name)
      if (name === 'items')
        this.report(say('"items" are the lines of an order', '“items”是订单的明细行'), ...path, name)
      const expression = valueExpression(value)
      this.expression(expression, ...path, name, ...(expression === value ? [] : ['value']))
      if (typeof value !== 'object') continue
      if ('catalogue' in value) this.text(value, ...path, name, 'catalogue')
      if ('currency' in value && value.currency !== undefined) {
        this.expression(value.currency, ...path, name, 'currency')
        this.amount(value.type ?? expressionType(this.mapping, value.value), ...path, name, 'currency')
      }
    }
  }

  /** What names an item is a text: 001 is not 1. */
  private text(value: DescribedValue, ...path: PropertyKey[]): void {
    if ((value.type ?? expressionType(this.mapping, value.value)) === 'text') return
    this.report(say('what names an item is a text: give it type: text', '商品编号应为文本：请写 type: text'), ...path)
  }

  /** Only amounts have a currency. */
  amount(type: PropertyType, ...path: PropertyKey[]): void {
    if (type === 'money' || type === 'number') return
    this.report(say('only a number has a currency', '只有数字才有币种'), ...path)
  }

  time(expression: Expression, ...path: PropertyKey[]): void {
    this.expression(expression, ...path)
    if (expressionType(this.mapping, expression) === 'date') return
    this.report(
      say(
        'a time is a column of type date, or { date: [columns], format: … }',
        '时间应为 date 类型的列，或 { date: [列], format: … }',
      ),
      ...path,
    )
  }

  /** Every column an expression names, wherever it stands in it. */
  expression(expression: Expression, ...path: PropertyKey[]): void {
    if (typeof expression === 'string') {
      this.column(expression, ...path)
      return
    }
    if ('date' in expression && expression.format !== undefined && dateReader(expression.format) === null) {
      this.report(noFormat(expression.format), ...path, 'format')
    }
    const parts = 'concat' in expression ? expression.concat : 'date' in expression ? expression.date : null
    if (parts !== null) {
      const head = 'concat' in expression ? 'concat' : 'date'
      for (const [at, part] of parts.entries()) this.expression(part, ...path, head, at)
      return
    }
    this.walk(expression, path)
  }

  test(test: Test, ...path: PropertyKey[]): void {
    this.walk(test, path)
  }

  /** Finds the columns of tests and event values, and refuses what a row of a file does not have. */
  private walk(node: unknown, path: PropertyKey[]): void {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const [at, one] of node.entries()) this.walk(one, [...path, at])
      return
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === 'prop' && typeof value === 'string') this.column(value, ...path, key)
      else if (FOREIGN.has(key)) {
        this.report(say(`"${key}" has no meaning for a row of a file`, `“${key}”对文件的一行没有意义`), ...path, key)
      } else if (typeof value === 'object') this.walk(value, [...path, key])
    }
  }

  private column(column: string, ...path: PropertyKey[]): void {
    if (this.columns.includes(column)) return
    this.report(
      sayNearest(
        `"${column}" is not among the columns of the mapping`,
        `映射的 columns 中没有“${column}”`,
        nearest(column, this.columns),
      ),
      ...path,
    )
  }
}

/** Heads and operators of the language that speak of a subject, a moment or a stored list. */
const FOREIGN = new Set([
  'clock',
  'during',
  'anniversary',
  'attr',
  'tag',
  'metric',
  'did',
  'per',
  'via',
  'since',
  'cut',
  'among',
  'trigger',
  'list',
])
