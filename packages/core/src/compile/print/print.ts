import { bindFit, type FitValues } from '../fits/fit-value.js'
import type { Expr } from '../plan/expr.js'
import type { Join, Named, Plan } from '../plan/plan.js'
import type { ParamType, ParamValue, Statement } from '../statement.js'
import { AGGREGATES, FUNCTIONS, OVER } from './functions.js'

/**
 * Writes a plan as one SELECT. It renders and never decides: every choice is already a node. Constants become bound
 * parameters, identifiers come from the catalogue, and there is nothing else a definition could put into the text.
 */
export function print(plan: Plan, fits: FitValues): Statement {
  const printer = new Printer(fits)
  // Branches that are not taken are computed too: nothing here throws, and choosing rows first costs twice the time.
  const sql = `${printer.select(plan, '')}\nSETTINGS short_circuit_function_evaluation = 'disable'`
  return { sql, params: printer.params }
}

class Printer {
  readonly params: Record<string, ParamValue> = {}
  readonly #names = new Map<string, string>()

  constructor(private readonly fits: FitValues) {}

  /** A whole SELECT; `pad` indents the lines after the first. */
  select(plan: Plan, pad: string): string {
    if (plan.kind === 'union') return plan.inputs.map((one) => this.select(one, pad)).join(`\n${pad}UNION ALL\n${pad}`)
    const source = this.#source(plan.kind === 'aggregate' || plan.kind === 'project' ? plan.input : plan, pad)
    const from = `FROM ${source.from}`
    const where = source.where.length === 0 ? [] : [`WHERE ${source.where.join(`\n${pad}  AND `)}`]
    const lines = [...this.#head(plan), from, ...source.unfold, ...where]
    if (plan.kind === 'aggregate' && plan.by.length > 0) {
      lines.push(`GROUP BY ${plan.by.map((key) => this.expr(key.expr)).join(', ')}`)
    }
    return lines.join(`\n${pad}`)
  }

  #head(plan: Plan): string[] {
    if (plan.kind === 'aggregate') return [`SELECT ${this.#columns([...plan.by, ...plan.values])}`]
    if (plan.kind !== 'project') return ['SELECT *']
    const select = `SELECT ${plan.all ? '*, ' : ''}${this.#columns(plan.columns)}`
    if (plan.shared.length === 0) return [select]
    return [`WITH ${this.#columns(plan.shared)}`, select]
  }

  #columns(columns: readonly Named[]): string {
    return columns
      .map(({ name, expr }) => {
        const text = this.expr(expr)
        return text === quote(name) ? text : `${text} AS ${quote(name)}`
      })
      .join(', ')
  }

  /** What stands behind FROM: tables and filters merge into one SELECT, everything else is a subquery. */
  #source(plan: Plan, pad: string): { from: string; unfold: string[]; where: string[] } {
    switch (plan.kind) {
      case 'scan':
        // The alias tells the written profile from the column of today's profile that is made of it.
        return { from: `${plan.table} AS r${plan.final ? ' FINAL' : ''}`, unfold: [], where: [] }
      case 'filter': {
        const inner = this.#source(plan.input, pad)
        const where = plan.where.map((part) => unbracketed(this.expr(part)))
        if (plan.without !== null) where.push(`seq NOT IN (${this.select(plan.without, `${pad}  `)})`)
        return { ...inner, where: [...inner.where, ...where] }
      }
      case 'unfold': {
        const inner = this.#source(plan.input, pad)
        const arrays = plan.arrays.map((name) => `${quote(name)} AS ${quote(`line_${name}`)}`)
        const first = plan.arrays[0]
        if (first === undefined) arrays.push('range(1, toUInt64(items_count) + 1) AS line')
        else if (plan.line) arrays.push(`arrayEnumerate(${quote(first)}) AS line`)
        return { ...inner, unfold: [...inner.unfold, `ARRAY JOIN ${arrays.join(', ')}`] }
      }
      case 'join':
        return { from: this.#join(plan, pad), unfold: [], where: [] }
      case 'beside': {
        const inner = this.#source(plan.input, pad)
        const outer = this.#subquery(plan.outer, pad)
        const join = `${plan.required ? 'INNER' : 'LEFT'} JOIN ${outer} AS o ON o.beside_id = ${this.expr(plan.on)}`
        return { ...inner, unfold: [...inner.unfold, join] }
      }
      case 'aggregate':
      case 'project':
      case 'union':
        return { from: `${this.#subquery(plan, pad)} AS r`, unfold: [], where: [] }
    }
  }

  #join(plan: Join, pad: string): string {
    const left = `${this.#subquery(plan.left, pad)} AS j0`
    const others = plan.others.map(
      (other, index) => `\n${pad}LEFT JOIN ${this.#subquery(other, pad)} AS j${index + 1} USING (profile_id)`,
    )
    return left + others.join('')
  }

  #subquery(plan: Plan, pad: string): string {
    const inner = `${pad}  `
    return `(\n${inner}${this.select(plan, inner)}\n${pad})`
  }

  expr(expr: Expr): string {
    switch (expr.kind) {
      case 'column':
      case 'alias':
        return quote(expr.name)
      case 'written':
        return 'r.profile_id'
      case 'json':
        return `${expr.column}.${quote(expr.key)}.:String`
      case 'param':
        return this.#bind(expr.type, expr.value)
      case 'fit': {
        const { type, value } = bindFit(this.fits, expr)
        // A parameter of its own whatever its value, so that the text does not depend on what was learnt.
        return this.#bind(type, value, `fit ${expr.key} ${expr.part} ${expr.index ?? ''}`)
      }
      case 'number':
        return String(expr.value)
      case 'null':
        return expr.type === 'Nothing' ? 'NULL' : `CAST(NULL, 'Nullable(${expr.type})')`
      case 'call':
        return FUNCTIONS[expr.name](...expr.args.map((part) => this.expr(part)))
      case 'aggregate': {
        const when = expr.when.map((part) => unbracketed(this.expr(part)))
        return AGGREGATES[expr.name](
          expr.args.map((part) => this.expr(part)),
          when.length === 0 ? null : when.join(' AND '),
        )
      }
      case 'over': {
        const [by, order] = [expr.by, expr.order].map((parts) => parts.map((part) => this.expr(part)).join(', '))
        return `${OVER[expr.name](this.expr(expr.of))} OVER (PARTITION BY ${by} ORDER BY ${order})`
      }
      case 'profile': {
        const end = expr.end === undefined ? '' : `${expr.end}_`
        const [node, written] = [`${end}node${end === '' ? '_id' : ''}`, `${end}profile${end === '' ? '_id' : ''}`]
        return `dictGetOrDefault('${identifier(expr.database)}.${identifier(expr.map)}', 'profile_id', toUInt64(${node}), r.${written})`
      }
      case 'scalar':
        return `(${this.select(expr.plan, '      ')})`
      case 'stored': {
        const run = this.#bind('UInt64', expr.run)
        const tag = this.#bind('UInt32', expr.tag)
        const which = expr.values === null ? '' : ` AND value IN ${this.#bind('Array(UInt32)', expr.values)}`
        const bitmap = `SELECT groupBitmapMergeState(users) FROM tag_bitmaps WHERE tag_id = ${tag} AND run_id = ${run}${which}`
        return `bitmapContains((${bitmap}), profile_id)`
      }
    }
  }

  /** The parameter's place in the text; an equal constant is bound once. */
  #bind(type: ParamType, value: ParamValue, key = `${type}\n${textOf(value)}`): string {
    let name = this.#names.get(key)
    if (name === undefined) {
      name = `p${this.#names.size}`
      this.#names.set(key, name)
      this.params[name] = value
    }
    return `{${name}:${type}}`
  }
}

/** `(a > b)` as `a > b`, where nothing stands beside it but AND; `(a OR b)` stays. */
function unbracketed(text: string): string {
  if (!text.startsWith('(') || text.includes(' OR ')) return text
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return at === text.length - 1 ? text.slice(1, -1) : text
  }
  return text
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** An identifier of the catalogue or of the plan as the engine reads it. */
export function quote(name: string): string {
  return PLAIN_NAME.test(name) ? name : `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

/** A database name inside a text literal: anything but letters, digits and _ is dropped. */
function identifier(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '')
}

function textOf(value: ParamValue): string {
  return typeof value === 'object' ? `[${value.map(textOf).join('\u0001')}]` : `${typeof value}:${value}`
}
