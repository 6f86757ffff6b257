import type { Expr } from './expr.js'
import { inputsOf, type Named, type Plan } from './plan.js'

/** A plan as indented text, inputs below their node: for golden files, tests and the console. */
export function showPlan(plan: Plan, depth = 0): string {
  const pad = '  '.repeat(depth)
  const lines = describe(plan).map((line, index) => `${pad}${index === 0 ? '' : '    '}${line}`)
  return [...lines, ...inputsOf(plan).map((input) => showPlan(input, depth + 1))].join('\n')
}

function describe(plan: Plan): string[] {
  switch (plan.kind) {
    case 'scan':
      return [`scan ${plan.table}${plan.final ? ', last versions' : ''}`]
    case 'filter':
      return [`filter${plan.without === null ? '' : ', without the seq below'}`, ...plan.where.map(showExpr)]
    case 'unfold':
      return [`unfold lines: ${[...plan.arrays, ...(plan.line ? ['line'] : [])].join(', ')}`]
    case 'aggregate':
      return [`aggregate by ${plan.by.map(showNamed).join(', ') || 'everybody'}`, ...plan.values.map(showNamed)]
    case 'join':
      return ['join by profile_id']
    case 'beside':
      return [`beside what is known of ${showExpr(plan.on)}${plan.required ? ', which must be there' : ''}`]
    case 'union':
      return ['all rows of']
    case 'project':
      return [
        plan.all ? 'project everything and' : 'project',
        ...plan.shared.map((one) => `with ${showNamed(one)}`),
        ...plan.columns.map(showNamed),
      ]
  }
}

function showNamed({ name, expr }: Named): string {
  const text = showExpr(expr)
  return text === name ? name : `${name} = ${text}`
}

/** An expression in one line; constants of the definition are shown, not their parameter names. */
export function showExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'column':
    case 'alias':
      return expr.name
    case 'written':
      return 'written profile'
    case 'over': {
      const by = `by ${expr.by.map(showExpr).join(', ')} in order of ${expr.order.map(showExpr).join(', ')}`
      return `${expr.name}{${showExpr(expr.of)} ${by}}`
    }
    case 'profile':
      return expr.end === undefined ? "today's profile" : `today's profile of ${expr.end}`
    case 'json':
      return `${expr.column}.${expr.key}`
    case 'param':
      return showConstant(expr.value)
    case 'fit':
      return `fit(${expr.part})`
    case 'number':
      return String(expr.value)
    case 'null':
      return 'missing'
    case 'call':
      return `${expr.name}(${expr.args.map(showExpr).join(', ')})`
    case 'aggregate': {
      const when = expr.when.length === 0 ? '' : ` when ${expr.when.map(showExpr).join(' and ')}`
      return `${expr.name}{${expr.args.map(showExpr).join(', ')}${when}}`
    }
    case 'scalar':
      return `the one row of [${showPlan(expr.plan).replaceAll(/\n */g, ' · ')}]`
    case 'stored':
      return `stored(tag ${expr.tag}, run ${expr.run}, ${expr.values === null ? 'any value' : expr.values.join('|')})`
  }
}

const MOST_SHOWN = 12

function showConstant(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (!Array.isArray(value)) return JSON.stringify(value)
  const shown = value.slice(0, MOST_SHOWN).map(showConstant)
  return `[${shown.join(', ')}${value.length > MOST_SHOWN ? `, … ${value.length} in all` : ''}]`
}
