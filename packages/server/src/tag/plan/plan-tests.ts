import type { FitValue } from '@tagtree/core/compile/compile'
import type { FitSource } from '@tagtree/core/evaluate/evaluator'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import { type PlanTestOutcome, runPlanTest } from '@tagtree/core/plan/run-tests'
import type { CatalogueScope } from '../catalogue/scope.js'
import { type CheckedPlan, planInvalid } from './check-plan.js'

/** What came of one test of a plan. */
export interface TestedPlan {
  readonly name: string
  readonly outcomes: readonly (PlanTestOutcome & {
    /** file:line:column */
    readonly place: string
    /** In its file. */
    readonly at: string
  })[]
}

/** Cuts as the workspace holds them: definition -> key -> value. */
export type StoredFits = ReadonlyMap<string, ReadonlyMap<string, FitValue>>

/** The newest fits of every published version. */
export async function readStoredFits({ tx, workspaceId }: CatalogueScope): Promise<StoredFits> {
  const { rows } = await tx.query<{ definition_id: string; key: string; value: FitValue }>(
    `select distinct on (f.definition_id, f.key) f.definition_id, f.key, f.value from fit f
     join definition d on d.workspace_id = f.workspace_id and d.id = f.definition_id and d.published_version = f.version
     where f.workspace_id = $1 order by f.definition_id, f.key, f.as_of desc`,
    [workspaceId],
  )
  const fits = new Map<string, Map<string, FitValue>>()
  for (const { definition_id, key, value } of rows) {
    fits.set(definition_id, (fits.get(definition_id) ?? new Map<string, FitValue>()).set(key, value))
  }
  return fits
}

/**
 * Runs the tests of a checked plan in memory.
 * @throws AppError PLAN_INVALID when a test names or gives what the catalogue does not have
 */
export function runPlanTests(checked: CheckedPlan, stored: StoredFits): TestedPlan[] {
  const { written, catalog, diff } = checked
  // What is new or changed is fitted anew, so cuts of former versions say nothing.
  const changed = new Set(
    diff.changes.flatMap(({ id, fields, kind }) => (kind !== 'category' && fields.length > 0 ? [id] : [])),
  )
  const fits: FitSource = {
    numbers: ({ key, definition, group }) => {
      if (changed.has(definition.id)) return null
      const groups = stored.get(definition.id)?.get(key)?.groups ?? []
      const values = groups.find((one) => one.key === group)?.values ?? []
      return values.length === 0 ? null : values.map((value) => BigInt(value))
    },
  }
  const issues: Issue[] = []
  const tested = written.tests.map(({ test, at }): TestedPlan => {
    const result = runPlanTest(test, catalog, fits)
    issues.push(...result.issues.map((issue) => written.address(at, issue)))
    return {
      name: test.name,
      outcomes: result.outcomes.map((outcome) => ({
        ...outcome,
        place: written.placeOf(at, outcome.pointer),
        at: `${at.pointer}${outcome.pointer}`,
      })),
    }
  })
  if (issues.length > 0) throw planInvalid(issues)
  return tested
}

/** @throws AppError PLAN_TESTS_FAILED naming every expectation that does not hold */
export function refuseFailures(tested: readonly TestedPlan[]): void {
  const issues = tested.flatMap(({ name, outcomes }) =>
    outcomes.flatMap((outcome): Issue[] => {
      if (outcome.passed) return []
      const { definition, place, at } = outcome
      const expected = JSON.stringify(outcome.expected)
      const got = JSON.stringify(outcome.got)
      return [
        {
          pointer: at,
          message: `${place} ${name}: ${definition} is ${got}, expected ${expected}`,
          messageZh: `${place} ${name}：${definition} 为 ${got}，期望 ${expected}`,
        },
      ]
    }),
  )
  if (issues.length === 0) return
  throw new AppError('PLAN_TESTS_FAILED', { words: { count: issues.length }, issues: issues.slice(0, 100) })
}
