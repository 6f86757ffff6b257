import { type Compiled, compile, type FitValues, type Statement } from '@tagtree/core/compile/compile'
import { showPlan } from '@tagtree/core/compile/plan/show-plan'
import { evaluateWorld } from '@tagtree/core/evaluate/evaluate-world'
import { AppError } from '@tagtree/core/kernel/app-error'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { sentence } from '@tagtree/core/language/sentence'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { solveFits } from '../run/solve-fits.js'
import type { Golden } from './golden-files.js'
import { factsOf } from './random-world.js'
import { plainValue, readValue, sameValue } from './value-map.js'
import { addWorldColumns, blindOf, writeWorld } from './world-tables.js'

/** Below this line stands what only a running engine can tell. */
export const COMPUTED = '== computed =='

/** Sentences, plan and SQL of one definition: what a reviewer reads when the compiler changes. */
export function compiledText(golden: Golden, definition: Definition): string {
  const compiled = compileGolden(golden, definition, 'ws_0001')
  const parts = [
    `zh  ${sentence(definition, golden.catalog, 'zh')}`,
    `en  ${sentence(definition, golden.catalog, 'en')}`,
    '',
    'plan',
    showPlan(compiled.optimized, 1),
    '',
    'sql',
    showStatement((fits) => compiled.statement(fits), compiled),
  ]
  for (const shared of compiled.sharedFits()) {
    parts.push(
      '',
      `fit ${shared.steps.map((step) => `${step.definitionId}${step.path} (${step.schedule})`).join(', ')}`,
    )
    parts.push(showStatement((fits) => shared.statement(fits), compiled))
  }
  for (const warning of compiled.warnings) parts.push('', `warning ${warning.path}: ${warning.message}`)
  return parts.join('\n')
}

/** Writes the seed into an empty workspace database; once, before `computedText`. */
export async function writeGoldenWorld(golden: Golden, clickhouse: WorkspaceClickHouse): Promise<void> {
  await addWorldColumns(clickhouse, golden.catalog)
  await writeWorld(clickhouse, golden.world, factsOf(golden.world), golden.catalog)
}

/** Fits and rows of one definition over the seed, as the engine gives them; they must be what the evaluator says. */
export async function computedText(
  golden: Golden,
  definition: Definition,
  clickhouse: WorkspaceClickHouse,
): Promise<string> {
  const compiled = compileGolden(golden, definition, clickhouse.database)
  const { fits } = await solveFits(clickhouse, compiled)
  const statement = compiled.statement(fits)
  const rows = await clickhouse.query<Record<string, unknown>>(statement.sql, { params: statement.params })
  const subject = golden.catalog.subjects.get(definition.subject ?? 'person')!.number
  const facts = factsOf(golden.world).filter((one) => golden.world.subjectOf!.get(one.profile) === subject)
  const options = { catalog: golden.catalog, asOf: golden.world.asOf }
  const expected = evaluateWorld([definition], facts, options).get(definition.id)!
  const column = compiled.columns[0]!
  const lines = rows
    .map((row) => ({ profile: Number(row.profile_id), value: readValue(column, row.v_0) }))
    .sort((a, b) => a.profile - b.profile)
    .map(({ profile, value }) => {
      if (!sameValue(value, plainValue(expected.get(profile) ?? null))) {
        throw new AppError('INTERNAL', { cause: { definition: definition.id, profile, value: String(value) } })
      }
      return `  ${golden.nameOf.get(profile)}: ${showResult(value)}`
    })
  const learnt = compiled.fits.map((step) => {
    return `  ${step.definitionId}${step.path}: ${step.describe(fits.get(step.key)!).join(' | ') || 'none'}`
  })
  return [...(learnt.length === 0 ? [] : ['fits', ...learnt, '']), 'rows', ...lines].join('\n')
}

function compileGolden(golden: Golden, definition: Definition, database: string): Compiled {
  const { asOf, attributes } = golden.world
  return compile([definition], {
    catalog: golden.catalog,
    database,
    asOf,
    attributes,
    knownSeq: null,
    excludedImports: [],
    hasSuperseded: false,
    tags: { mode: 'recompute' },
    blind: blindOf,
  })
}

/** The text and its parameters; those that a fit binds are named so, because their values are not the compiler's. */
function showStatement(make: (fits: FitValues) => Statement, compiled: Compiled): string {
  const bare = make(new Map())
  const group = { key: '1:x', count: 1, values: ['1', '2'] }
  const filled = make(new Map(compiled.fits.map((step) => [step.key, { groups: [group] }])))
  const params = Object.entries(bare.params).map(([name, value]) => {
    const isFit = showParam(value) !== showParam(filled.params[name])
    return `  ${name} = ${isFit ? 'from the fit' : showParam(value)}`
  })
  const indented = bare.sql.replaceAll('\n', '\n  ')
  return [`  ${indented}`, ...params].join('\n')
}

function showParam(value: unknown): string {
  const text = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part))
  return text.length > 300 ? `${text.slice(0, 280)}… (${(value as unknown[]).length} values)` : text
}

function showResult(value: EventScopeValue): string {
  if (value === null) return '–'
  if (typeof value === 'bigint') return formatDecimal(value)
  if (typeof value === 'number') return new Date(value).toISOString()
  return typeof value === 'object' ? value.join(', ') : String(value)
}
