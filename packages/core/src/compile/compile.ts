import { AppError } from '../kernel/app-error.js'
import type { Definition } from '../language/document.js'
import { assemble } from './assemble.js'
import type { CompileContext } from './context.js'
import { type FitStep, fitStep, groupsOfFits, type SharedFits, shareFits } from './fits/fit-steps.js'
import type { FitValue, FitValues } from './fits/fit-value.js'
import { Columns } from './lower/columns.js'
import { FitRegistry } from './lower/fit-registry.js'
import { type Compilation, type CompileWarning, Planner } from './lower/planner.js'
import { optimize } from './optimize/optimize.js'
import { type OutputColumn, outputOf } from './output.js'
import { column } from './plan/expr.js'
import { ExprNumbers } from './plan/hash.js'
import type { Named, Plan } from './plan/plan.js'
import { print } from './print/print.js'
import type { Statement } from './statement.js'

export type { CompileContext, CompileWarning, FitStep, FitValue, FitValues, OutputColumn, SharedFits, Statement }

/** Everything a compilation made, so that tests and the console can look inside. */
export interface Compiled {
  readonly definitions: readonly Definition[]
  /** Before and after the rewrites. */
  readonly plan: Plan
  readonly optimized: Plan
  readonly columns: readonly OutputColumn[]
  /** In an order in which every fit comes after those it needs. */
  readonly fits: readonly FitStep[]
  readonly warnings: readonly CompileWarning[]
  readonly reads: Reads
  /** Fits that can be asked together, in the order in which they are needed; leave out those that are kept. */
  sharedFits(wanted?: (step: FitStep) => boolean): SharedFits[]
  /** The SELECT with `profile_id, v_0, v_1 …`, one row per living profile of the subject kind. */
  statement(fits: FitValues): Statement
}

/** What a pass reads: whose changes make it worth computing again. */
export interface Reads {
  readonly events: readonly string[]
  /** Earliest instant any event can matter from, in ms; null = from the beginning. */
  readonly eventsFrom: number | null
  readonly attributes: readonly string[]
  /** Numbers of tags, segments and lists that are read as they were published or asserted. */
  readonly stored: readonly number[]
}

/**
 * Turns definitions of one subject kind into one SELECT that computes them all in one pass.
 *
 * ```
 * definitions ─1 subject─▶ whom the pass is about
 *             ─2 plan────▶ each definition as an expression over what is aggregated per profile; equal leaves are one
 *             ─3 fits────▶ what must be learnt about the population first, by level
 *             ─4 assemble▶ a relational plan: population ⟕ events ⟕ attributes ⟕ stored values
 *             ─5 optimize▶ the same plan, cheaper
 *             ─6 print───▶ SQL with bound parameters (when the fits are known)
 * ```
 * Definitions must be resolved and their recipes expanded. Those of the list may use each other; others come from the
 * catalogue and are computed in place, or read as published when the context says so.
 * @throws AppError DEFINITION_INVALID for parts of the language that cannot be computed yet
 */
export function compile(definitions: readonly Definition[], context: CompileContext): Compiled {
  const numbers = new ExprNumbers()
  // 1. One pass is about one kind of subject: one population, one row per profile.
  const subject = subjectOf(definitions, context)
  // 2. Meaning becomes expressions. Whatever they aggregate is collected on the way, each distinct leaf once.
  const columns = new Columns()
  const compilation: Compilation = {
    numbers,
    columns,
    fits: new FitRegistry(columns),
    warnings: [],
    own: new Map(definitions.map((definition) => [definition.id, definition])),
  }
  const planner = new Planner(context, compilation, subject)
  const outputs = definitions.map((definition, index) => planOutput(planner, definition, index))
  // 3. Cuts and group numbers are learnt from everybody before anybody can be placed.
  const planned = planner.fits.inOrder()
  const fits = planned.map((fit) => fitStep(fit, numbers))
  // 4. From whom and what the row of a profile is put together.
  const selected: Named[] = [{ name: 'profile_id', expr: column('profile_id') }, ...outputs.map(({ named }) => named)]
  const input = assemble(
    planner,
    selected.map(({ expr }) => expr),
  )
  const plan: Plan = { kind: 'project', input, shared: [], columns: selected }
  // 5. Decisions that keep the meaning.
  const optimized = optimize(plan, numbers)

  return {
    definitions,
    plan,
    optimized,
    columns: outputs.map(({ output }) => output),
    fits,
    warnings: planner.warnings,
    reads: readsOf(planner),
    sharedFits: (wanted = () => true) => {
      const open = new Map(fits.filter(wanted).map((step) => [step.key, step]))
      return groupsOfFits(
        planned.filter((fit) => open.has(fit.key)),
        numbers,
      ).map((batch) => ({
        steps: batch.map((fit) => open.get(fit.key)!),
        ...shareFits(batch, numbers),
      }))
    },
    // 6. Only now text; fits are constants like all others.
    statement: (values) => print(optimized, values),
  }
}

function subjectOf(definitions: readonly Definition[], context: CompileContext) {
  const kinds = new Set(definitions.map((definition) => definition.subject ?? 'person'))
  const [kind = 'person'] = kinds
  const subject = context.catalog.subjects.get(kind)
  if (kinds.size > 1 || subject === undefined) throw new AppError('INTERNAL', { cause: { subjects: [...kinds] } })
  return subject
}

function planOutput(planner: Planner, definition: Definition, index: number): { named: Named; output: OutputColumn } {
  const value =
    definition.kind === 'segment'
      ? ({ type: 'bool', expr: planner.memberOf(definition) } as const)
      : planner.valueOf(definition)
  const { type, codes, expr } = outputOf(value)
  const name = `v_${index}`
  return { named: { name, expr }, output: { definitionId: definition.id, column: name, type, codes } }
}

function readsOf(planner: Planner): Reads {
  const passes = planner.passes()
  const rows = passes.flatMap((pass) => [...pass.rows.reads(), ...pass.buckets.reads(), ...pass.chains.reads()])
  const froms = rows.map((read) => read.from)
  const earliest = froms.includes(null) ? null : Math.min(...(froms as number[]))
  const used = passes.flatMap((pass) => pass.attributes.used())
  return {
    events: [...new Set(rows.flatMap((read) => read.events))].sort(),
    eventsFrom: rows.length === 0 ? null : earliest,
    attributes: [...new Set(used.map(({ entry }) => entry.key))],
    stored: [...new Set(passes.flatMap((pass) => pass.stored.reads().map((read) => read.tag)))],
  }
}
