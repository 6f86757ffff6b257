import type { Catalog } from '@tagtree/core/catalog/catalog'
import { type CompileContext, type Compiled, compile } from '@tagtree/core/compile/compile'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import type { StatementCost } from '../../store/clickhouse.js'
import { everybodyOf } from '../everybody-of.js'
import { type MomentScope, momentContext } from '../moment-context.js'
import { computationError } from '../run/run-error.js'
import { type FitKeeper, solveFits } from '../run/solve-fits.js'
import { type ComparedColumns, type ComparedRow, comparisonOf, type SideColumn } from './impact-sql.js'
import type { Impacted } from './impacted.js'

/** Who a definition is about, with a value and in all. */
export interface ImpactSide {
  readonly population: number
  readonly known: number
}

/** What a plan does to the values of one definition. */
export interface Impact extends Impacted {
  readonly sides: { readonly before: ImpactSide | null; readonly after: ImpactSide | null }
  readonly changed: number
  readonly values: readonly ImpactValue[]
  readonly moves: readonly { readonly from: string | null; readonly to: string | null; readonly people: number }[]
  /** Why it cannot be computed. */
  readonly problem: Issue | null
}

export interface ImpactValue {
  readonly code: string
  readonly before: number
  readonly after: number
  readonly gained: number
  readonly lost: number
}

export interface ImpactScope extends MomentScope {
  /** The catalogue as it would be; `catalog` is as it is. */
  readonly planned: Catalog
  /** Finds the kept cuts that a run with this catalogue would use, and keeps none. */
  readonly keptIn: (catalog: Catalog) => FitKeeper
}

/** Definitions compared in one statement. */
const BATCH = 16

/**
 * Computes definitions as they are and as they would be, for one and the same moment, and counts who changes. A dry run:
 * nothing is written, cuts of what is new are made for this count alone.
 * @throws AppError RUN_FAILED
 */
export async function computeImpacts(
  scope: ImpactScope,
  impacted: readonly Impacted[],
  now: number,
  signal: AbortSignal,
): Promise<{ impacts: Impact[]; cost: StatementCost }> {
  const begun = performance.now()
  const impacts: Impact[] = []
  const cost = { rows: 0, bytes: 0 }
  for (const batch of batchesOf(impacted)) {
    try {
      const found = await compareBatch(scope, batch, now, signal)
      impacts.push(...found.impacts)
      cost.rows += found.cost.rows
      cost.bytes += found.cost.bytes
    } catch (error) {
      throw computationError(error, batch.map(({ id }) => id).join(', '))
    }
  }
  const order = new Map(impacted.map(({ id }, index) => [id, index]))
  impacts.sort((left, right) => order.get(left.id)! - order.get(right.id)!)
  return { impacts, cost: { ...cost, ms: performance.now() - begun } }
}

/** A statement is about one kind of subject. A definition that changes its kind is compared with nobody. */
function batchesOf(impacted: readonly Impacted[]): Impacted[][] {
  const groups = new Map<string, Impacted[]>()
  for (const one of impacted) {
    const subject = subjectOf(one.after ?? one.before!)
    groups.set(subject, [...(groups.get(subject) ?? []), one])
  }
  return [...groups.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCH) }, (_, index) =>
      group.slice(index * BATCH, (index + 1) * BATCH),
    ),
  )
}

function subjectOf(definition: Definition): string {
  return definition.subject ?? 'person'
}

async function compareBatch(
  scope: ImpactScope,
  batch: readonly Impacted[],
  now: number,
  signal: AbortSignal,
): Promise<{ impacts: Impact[]; cost: { rows: number; bytes: number } }> {
  const subject = subjectOf(batch[0]!.after ?? batch[0]!.before!)
  const sideOf = (definition: Definition | null) =>
    definition !== null && subjectOf(definition) === subject ? definition : null
  const old = compileSide(
    scope,
    scope.catalog,
    batch.map(({ before }) => sideOf(before)),
    now,
  )
  const fresh = compileSide(
    scope,
    scope.planned,
    batch.map(({ after }) => sideOf(after)),
    now,
  )
  const cost = { rows: 0, bytes: 0 }
  const statementOf = async ({ compiled }: CompiledSide, catalog: Catalog) => {
    if (compiled === null) return null
    const solved = await solveFits(scope.clickhouse, compiled, scope.keptIn(catalog), signal)
    cost.rows += solved.cost.rows
    cost.bytes += solved.cost.bytes
    return compiled.statement(solved.fits)
  }
  const statements = [await statementOf(old, scope.catalog), await statementOf(fresh, scope.planned)] as const
  const compared = batch.map(
    (_, index): ComparedColumns => ({
      before: old.columns[index] ?? null,
      after: fresh.columns[index] ?? null,
    }),
  )
  const isAsked = compared.some(({ before, after }) => before !== null || after !== null)
  const { sql, params } = isAsked ? comparisonOf(...statements, compared) : { sql: '', params: {} }
  const counted = isAsked
    ? await scope.clickhouse.queryWithCost<ComparedRow>(sql, {
        params,
        signal,
        settings: { max_query_size: '16777216' },
      })
    : { rows: [], cost: { rows: 0, bytes: 0 } }
  cost.rows += counted.cost.rows
  cost.bytes += counted.cost.bytes
  const impacts = batch.map((one, index) =>
    impactOf(
      one,
      counted.rows.filter(({ definition }) => definition === index),
      compared[index]!,
      fresh.problems.get(index) ?? old.problems.get(index) ?? null,
    ),
  )
  return { impacts, cost }
}

interface CompiledSide {
  readonly compiled: Compiled | null
  /** null where the definition is absent or cannot be computed. */
  readonly columns: readonly (SideColumn | null)[]
  readonly problems: ReadonlyMap<number, Issue>
}

function compileSide(
  scope: ImpactScope,
  catalog: Catalog,
  definitions: readonly (Definition | null)[],
  now: number,
): CompiledSide {
  const context = momentContext({ ...scope, catalog }, null, now)
  const problems = new Map<number, Issue>()
  const sound = definitions.flatMap((definition, index) => {
    if (definition === null) return []
    const problem = compileProblem(definition, context)
    if (problem === null) return [{ definition, index }]
    problems.set(index, problem)
    return []
  })
  if (sound.length === 0) return { compiled: null, columns: definitions.map(() => null), problems }
  const whos = [...new Set(sound.map(({ definition }) => definition.who))]
  const populations = whos.map((who, index) => {
    const { definition } = sound.find((one) => one.definition.who === who)!
    return { ...everybodyOf(definition), id: `all of it ${index}` }
  })
  const compiled = compile([...sound.map(({ definition }) => definition), ...populations], context)
  const columns: (SideColumn | null)[] = definitions.map(() => null)
  for (const [place, { definition, index }] of sound.entries()) {
    const population = compiled.columns[sound.length + whos.indexOf(definition.who)]!.column
    columns[index] = { output: compiled.columns[place]!, population }
  }
  return { compiled, columns, problems }
}

function compileProblem(definition: Definition, context: CompileContext): Issue | null {
  try {
    compile([definition], context)
    return null
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEFINITION_INVALID') return error.issues[0] ?? null
    throw error
  }
}

function impactOf(
  impacted: Impacted,
  rows: readonly ComparedRow[],
  { before, after }: ComparedColumns,
  problem: Issue | null,
): Impact {
  const sum = (wanted: readonly ComparedRow[]): number =>
    wanted.reduce((total, { people }) => total + Number(people), 0)
  const persons = rows.filter(({ what }) => what !== 'value')
  const sideOf = (column: SideColumn | null, stateOf: (row: ComparedRow) => string): ImpactSide | null =>
    column === null
      ? null
      : {
          population: sum(persons.filter((row) => stateOf(row) !== 'out')),
          known: sum(persons.filter((row) => stateOf(row) === 'known')),
        }
  const isSegment = (impacted.after ?? impacted.before)!.kind === 'segment'
  const values = rows.filter(({ what }) => what === 'value')
  const several = [before, after].some((side) => side?.output.type === 'codes' || side?.output.type === 'list')
  const codeOf = (code: string): string => (isSegment && code === 'true' ? 'member' : code)
  const codes = [...new Set(values.flatMap((row) => [row.before, row.after]))].filter(
    (code) => code !== '' && !(isSegment && code === 'false'),
  )
  const isNamed = orderOf(after ?? before)
  return {
    ...impacted,
    sides: { before: sideOf(before, (row) => row.before), after: sideOf(after, (row) => row.after) },
    changed: sum(rows.filter(({ what }) => what === 'changed')),
    values: codes
      .toSorted((left, right) => isNamed(left) - isNamed(right))
      .map((code) => ({
        code: codeOf(code),
        before: sum(values.filter((row) => row.before === code)),
        after: sum(values.filter((row) => row.after === code)),
        gained: sum(values.filter((row) => row.after === code && row.before !== code)),
        lost: sum(values.filter((row) => row.before === code && row.after !== code)),
      })),
    moves:
      several || isSegment
        ? []
        : values
            .filter((row) => row.before !== row.after)
            .map((row) => ({ from: row.before || null, to: row.after || null, people: Number(row.people) })),
    problem,
  }
}

/** Values in the order of the definition where it names them. */
function orderOf(column: SideColumn | null): (code: string) => number {
  const codes = column?.output.codes ?? []
  return (code) => (codes.includes(code) ? codes.indexOf(code) : codes.length)
}
