import type { Compiled, FitValues, Statement } from '@tagtree/core/compile/compile'
import { showPlan } from '@tagtree/core/compile/plan/show-plan'
import { evaluateWorld } from '@tagtree/core/evaluate/evaluate-world'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import type { Language } from '@tagtree/core/language/frame/speaker'
import { journeySentence } from '@tagtree/core/language/journey-sentence'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { resolveJourney } from '@tagtree/core/language/resolve-journey'
import { sentence } from '@tagtree/core/language/sentence'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { solveFits } from '../run/solve-fits.js'
import { compileTaken } from '../take.js'
import type { Golden } from './golden-files.js'
import { factsOf, itemsOf } from './random-world.js'
import { plainValue, readValue, sameValue } from './value-map.js'
import { addWorldColumns, blindOf, writeWorld } from './world-tables.js'

/** Below this line stands what only a running engine can tell. */
export const COMPUTED = '== computed =='

/** Sentences, plan and SQL of one document: what a reviewer reads when the compiler changes. */
export function compiledText(golden: Golden, id: string): string {
  const journey = golden.journeys.get(id)
  if (journey !== undefined) {
    const { issues, warnings } = resolveJourney(journey, golden.catalog)
    if (issues.length > 0) throw refused(id, issues)
    return [
      ...sentences((language) => journeySentence(journey, golden.catalog, language)),
      ...warnings.map(showWarning),
      '',
      ONLY_SAID,
    ].join('\n')
  }
  const definition = golden.definitions.get(id)!
  const resolved = resolveDefinition(definition, golden.catalog)
  if (!resolved.ok) throw refused(id, resolved.issues)
  const said = sentences((language) => sentence(definition, golden.catalog, language))
  if (isOnlySaid(golden, id)) return [...said, ...resolved.warnings.map(showWarning), '', ONLY_SAID].join('\n')
  const compiled = compileGolden(golden, definition, 'ws_0001')
  const parts = [
    ...said,
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
  parts.push(...resolved.warnings.map(showWarning))
  for (const { path, message } of compiled.warnings) parts.push(showWarning({ pointer: path, message }))
  return parts.join('\n')
}

/** Stands in the files of journeys and of tags whose values a query or a model gives. */
const ONLY_SAID = 'only read, resolved and said: nothing here is computed from the seed'

/** Whether a document has no plan of its own: a journey, or a tag whose values come from a query or a model. */
export function isOnlySaid(golden: Golden, id: string): boolean {
  const definition = golden.definitions.get(id)
  if (definition === undefined) return true
  return definition.kind === 'tag' && 'given' in definition.assign && typeof definition.assign.given === 'object'
}

/** Everything an expected file says. */
export async function wholeText(golden: Golden, id: string, clickhouse: WorkspaceClickHouse): Promise<string> {
  const compiled = compiledText(golden, id)
  if (isOnlySaid(golden, id)) return `${compiled}\n`
  return `${compiled}\n\n${COMPUTED}\n${await computedText(golden, golden.definitions.get(id)!, clickhouse)}\n`
}

function sentences(say: (language: Language) => string): string[] {
  return [`zh  ${say('zh')}`, `en  ${say('en')}`]
}

function showWarning({ pointer, message }: { readonly pointer: string; readonly message: string }): string {
  return `\nwarning ${pointer}: ${message}`
}

function refused(id: string, issues: readonly Issue[]): AppError {
  return new AppError('INTERNAL', { cause: { document: id, issues } })
}

/** Writes the seed into an empty workspace database; once, before `computedText`. */
export async function writeGoldenWorld(golden: Golden, clickhouse: WorkspaceClickHouse): Promise<void> {
  await addWorldColumns(clickhouse, golden.catalog)
  await writeWorld(clickhouse, golden.world, factsOf(golden.world), golden.catalog)
}

/** What the evaluator says of everybody of the seed. */
export function evaluateGolden(golden: Golden, definition: Definition): ReadonlyMap<number, EventScopeValue> {
  const { world, catalog } = golden
  const kinds = [...catalog.subjects.values()].map(({ key, number }) => [key, factsOf(world, number)] as const)
  const others = new Map(kinds)
  const options = { catalog, asOf: world.asOf, others, items: itemsOf(world) }
  return evaluateWorld([definition], others.get(definition.subject ?? 'person')!, options).get(definition.id)!
}

/** Fits and rows of one definition over the seed, as the engine gives them; they must be what the evaluator says. */
async function computedText(golden: Golden, definition: Definition, clickhouse: WorkspaceClickHouse): Promise<string> {
  const compiled = compileGolden(golden, definition, clickhouse.database)
  const { fits } = await solveFits(clickhouse, compiled)
  const statement = compiled.statement(fits)
  const rows = await clickhouse.query<Record<string, unknown>>(statement.sql, { params: statement.params })
  const expected = evaluateGolden(golden, definition)
  if (rows.length !== expected.size) {
    throw new AppError('INTERNAL', { cause: { definition: definition.id, rows: rows.length, living: expected.size } })
  }
  const column = compiled.columns[0]!
  const lines = rows
    .map((row) => ({ profile: Number(row.profile_id), value: readValue(column, row.v_0) }))
    .sort((a, b) => a.profile - b.profile)
    .map(({ profile, value }) => {
      if (!sameValue(value, plainValue(expected.get(profile) ?? null))) {
        const told = [value, expected.get(profile) ?? null].map(showResult)
        throw new AppError('INTERNAL', { cause: { definition: definition.id, profile, sqlAndEvaluator: told } })
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
  return compileTaken([definition], {
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
