import { formatDecimal } from '../../kernel/decimal.js'
import type { Instant } from '../../kernel/zone.js'
import type { Fit } from '../../language/document.js'
import { assemble } from '../assemble.js'
import type { PlannedFit } from '../lower/fit-registry.js'
import { optimize } from '../optimize/optimize.js'
import { aggregate, call, column, type Expr, isTrue } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named, Plan } from '../plan/plan.js'
import { print } from '../print/print.js'
import type { Statement } from '../statement.js'
import { groupLabel } from './fit-key.js'
import type { FitMethod, GroupColumns } from './fit-method.js'
import type { FitGroup, FitValue, FitValues } from './fit-value.js'
import { groupNumber } from './group-numbers.js'
import { methodOf } from './method-of.js'

/** One fit of a pass: ask the engine, solve in TypeScript, keep the value. */
export interface FitStep {
  /** Stable for one version of the definition; fits are stored under it. */
  readonly key: string
  readonly definitionId: string
  /** JSON pointer of the first place that uses it. */
  readonly path: string
  readonly schedule: Fit
  /** The moment it is fitted as of; null = that of the computation. Only the latter are kept. */
  readonly moment: Instant | null
  /** Steps of level 0 need no other fit, those of level 1 only such, and so on. */
  readonly level: number
  statement(previous: FitValues): Statement
  /** @param rows rows of the statement, in any order */
  solve(rows: readonly Readonly<Record<string, unknown>>[]): FitValue
  /** The cuts or the number for a person: decimals, with the group before them when there are groups. */
  describe(value: FitValue): string[]
}

/** Several fits asked with one statement, because they range over the same profiles by the same groups. */
export interface SharedFits {
  readonly steps: readonly FitStep[]
  statement(previous: FitValues): Statement
  solve(rows: readonly Readonly<Record<string, unknown>>[]): Map<string, FitValue>
}

export function fitStep(fit: PlannedFit, numbers: ExprNumbers): FitStep {
  const shared = shareFits([fit], numbers)
  return {
    key: fit.key,
    definitionId: fit.definitionId,
    path: fit.path,
    schedule: fit.schedule,
    moment: fit.moment,
    level: fit.level,
    statement: shared.statement,
    solve: (rows) => shared.solve(rows).get(fit.key)!,
    describe: (value) =>
      value.groups.map((group) => {
        const values = group.values.map((one) => formatDecimal(BigInt(one))).join(', ')
        return group.key === '' ? values : `${groupLabel(group.key)}: ${values}`
      }),
  }
}

/** Fits that may be asked together: of one level and pass, by the same groups. In the order in which they are needed. */
export function groupsOfFits(fits: readonly PlannedFit[], numbers: ExprNumbers): PlannedFit[][] {
  const batches = new Map<string, PlannedFit[]>()
  const passes = [...new Set(fits.map((fit) => fit.pass))]
  for (const fit of fits) {
    const key = `${fit.level} ${passes.indexOf(fit.pass)} ${fit.group === null ? '' : numbers.of(fit.group)}`
    batches.set(key, [...(batches.get(key) ?? []), fit])
  }
  return [...batches.values()]
}

/** One statement for fits of one level and the same groups: a row per group, the answers of fit i in columns f<i>_…. */
export function shareFits(fits: readonly PlannedFit[], numbers: ExprNumbers): Pick<SharedFits, 'statement' | 'solve'> {
  const methods = fits.map(fitMethod)
  const plan = optimize(fitPlan(fits, methods), numbers)
  return {
    statement: (previous) => print(plan, previous),
    solve: (rows) => new Map(fits.map((fit, index) => [fit.key, solve(methods[index]!, index, rows)])),
  }
}

function fitMethod(fit: PlannedFit): FitMethod {
  return fit.of.kind === 'cuts' ? methodOf(fit.of) : groupNumber(fit.of.get, fit.of.atLeast)
}

/** Per profile the values and who takes part; per group their sums or sorted lists; of those what the methods ask for. */
function fitPlan(fits: readonly PlannedFit[], methods: readonly FitMethod[]): Plan {
  const group = fits[0]!.group
  const perProfile: Named[] = fits.map((fit, index) => ({
    name: `value_${index}`,
    expr: call('chooseNumber', isTrue(fit.scope), fit.value),
  }))
  if (group !== null) perProfile.push({ name: 'grp', expr: group })
  const exprs = [...perProfile.map((one) => one.expr)]
  const people: Plan = {
    kind: 'project',
    input: assemble(fits[0]!.pass, exprs),
    shared: [],
    columns: perProfile,
  }
  const inGroup: Plan =
    group === null ? people : { kind: 'filter', input: people, where: [call('isKnown', column('grp'))], without: null }

  const collected = new Map<string, Named>()
  const outputs: Named[] = group === null ? [] : [{ name: 'grp', expr: column('grp') }]
  fits.forEach((_, index) => {
    const value = column(`value_${index}`)
    const when = [call('isKnown', value)]
    const collect = (name: string, expr: Expr): Expr => {
      const named = { name: `${name}_${index}`, expr }
      collected.set(named.name, named)
      return column(named.name)
    }
    const columns: GroupColumns = {
      get count() {
        return collect('n', aggregate('count', [], when))
      },
      get sum() {
        return collect('sum', aggregate('sumWide', [value], when))
      },
      get sumOfSquares() {
        return collect('squares', aggregate('sumSquares', [value], when))
      },
      get min() {
        return collect('min', aggregate('min', [value], when))
      },
      get max() {
        return collect('max', aggregate('max', [value], when))
      },
      get sorted() {
        return collect('sorted', aggregate('sortedValues', [call('known', value)], when))
      },
    }
    outputs.push({ name: `f${index}_n`, expr: call('textOfNumber', columns.count) })
    methods[index]!.ask(columns).forEach((expr, part) => {
      outputs.push({ name: `f${index}_${part}`, expr })
    })
  })
  const perGroup: Plan = {
    kind: 'aggregate',
    input: inGroup,
    by: group === null ? [] : [{ name: 'grp', expr: column('grp') }],
    values: [...collected.values()],
  }
  return { kind: 'project', input: perGroup, shared: [], columns: outputs }
}

function solve(method: FitMethod, index: number, rows: readonly Readonly<Record<string, unknown>>[]): FitValue {
  const groups: FitGroup[] = []
  let note: string | undefined
  for (const row of rows) {
    const count = BigInt(String(row[`f${index}_n`]))
    if (count === 0n) continue
    const answers: string[][] = []
    for (let part = 0; row[`f${index}_${part}`] !== undefined; part++) {
      const answer = row[`f${index}_${part}`]
      answers.push(Array.isArray(answer) ? answer.map(String) : [String(answer)])
    }
    note ??= method.note?.(count, answers)
    const values = method.solve(count, answers).map(String)
    groups.push({ key: row.grp === undefined ? '' : String(row.grp), count: Number(count), values })
  }
  groups.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  return note === undefined ? { groups } : { groups, note }
}
