import type { Catalog } from '../../catalog/catalog.js'
import { formatDecimal } from '../../kernel/decimal.js'
import type { Condition, Value } from '../../language/document.js'
import type { EventScopeValue } from '../../language/event-scope/event-scope.js'
import { parseDefinition } from '../../language/parse.js'
import { resolveDefinition } from '../../language/resolve.js'
import { evaluate } from '../evaluate.js'
import type { EvaluatorOptions } from '../evaluator.js'
import type { SubjectFacts } from '../facts.js'

/** Asks one person after resolving the document; numbers come as their shortest text. */
export function ask(
  document: object,
  facts: SubjectFacts,
  options: EvaluatorOptions,
): string | number | boolean | readonly unknown[] | null {
  const parsed = parseDefinition({ id: 'asked', name: 'asked', ...document })
  const resolved = parsed.ok ? resolveDefinition(parsed.definition, options.catalog) : parsed
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.issues))
  return readable(evaluate(resolved.definition, facts, { ...options, fits: new Map() }))
}

/** The value of a metric. */
export const askValue = (value: Value, facts: SubjectFacts, options: EvaluatorOptions & { subject?: string }) =>
  ask({ kind: 'metric', value, subject: options.subject ?? 'person' }, facts, options)

/** Whether a condition holds. */
export const askCondition = (where: Condition, facts: SubjectFacts, options: { catalog: Catalog; asOf: number }) =>
  ask({ kind: 'segment', where }, facts, options)

function readable(value: EventScopeValue): string | number | boolean | readonly unknown[] | null {
  if (typeof value === 'bigint') return formatDecimal(value)
  return typeof value === 'object' && value !== null ? value.map(readable) : value
}
