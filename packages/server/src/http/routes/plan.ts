import type { Catalog } from '@tagtree/core/catalog/catalog'
import * as contract from '@tagtree/core/contract/plan'
import type { Issue } from '@tagtree/core/kernel/app-error'
import type { Definition, Text } from '@tagtree/core/language/document'
import { sentence } from '@tagtree/core/language/sentence'
import type { PlanFile } from '@tagtree/core/plan/plan'
import { splitPlan, writePlan } from '@tagtree/core/plan/write-plan'
import { makeBlindIdentity } from '../../identify/blind-identity.js'
import { applyPlan, requireBase } from '../../tag/plan/apply-plan.js'
import { type CheckedPlan, checkPlan } from '../../tag/plan/check-plan.js'
import { computeImpacts, type Impact } from '../../tag/plan/impact.js'
import { impactedBy } from '../../tag/plan/impacted.js'
import { readLivePlan } from '../../tag/plan/live-plan.js'
import { readStoredFits, refuseFailures, runPlanTests, type TestedPlan } from '../../tag/plan/plan-tests.js'
import { keptFit } from '../../tag/run/fit-store.js'
import { unpublishedRuns } from '../../tag/run/run-records.js'
import type { FitKeeper } from '../../tag/run/solve-fits.js'
import { type Bound, bind } from '../bind.js'
import type { WorkspaceContext } from '../context.js'
import { inCatalogue, type TagRouteDeps } from './in-catalogue.js'

/** Plan files: the whole catalogue as YAML, compared and applied as one change. */
export function planRoutes(deps: TagRouteDeps): readonly Bound[] {
  /** The state of the catalogue is read before its names: a change between the two is noticed when the plan is applied. */
  const check = async (context: WorkspaceContext, files: readonly PlanFile[], prune: boolean) => {
    const { live, fits } = await inCatalogue(deps, context, async (scope) => ({
      live: await readLivePlan(scope),
      fits: await readStoredFits(scope),
    }))
    const catalog = await deps.loadCatalog(context.workspace.id)
    const checked = checkPlan(files, live, catalog, { prune })
    return { checked, catalog, tested: runPlanTests(checked, fits) }
  }

  return [
    bind(contract.exportPlan, async ({ query }, context) => {
      const { plan, base } = await inCatalogue(deps, context, readLivePlan)
      const files = query.split === 'true' ? splitPlan(plan) : [{ name: 'plan.yaml', text: writePlan(plan) }]
      return { base, files: files.map((file) => ({ ...file })) }
    }),
    bind(contract.diffPlan, async ({ body }, context) => {
      const { checked, catalog, tested } = await check(context, body.files, body.prune)
      const { impacts, cost } = body.impact
        ? await dryRun(deps, context, checked, catalog)
        : { impacts: [], cost: { rows: 0, bytes: 0, ms: 0 } }
      return {
        base: checked.live.base,
        ...shownChanges(checked, catalog, context),
        impacts: impacts.map((impact) => shownImpact(impact, context)),
        cost,
        tests: shownTests(tested, checked.catalog),
      }
    }),
    bind(contract.applyPlan, async ({ body }, context) => {
      const { checked, catalog, tested } = await check(context, body.files, body.prune)
      if (body.base !== undefined) requireBase(body.base, checked.live.base)
      if (!body.skipTests) refuseFailures(tested)
      const changeNo = await inCatalogue(deps, context, (scope) => applyPlan(scope, checked))
      if (changeNo !== null) await deps.onDefinitionsChanged(context.workspace.id)
      return { changeNo, ...shownChanges(checked, catalog, context), tests: shownTests(tested, checked.catalog) }
    }),
    bind(contract.testPlan, async ({ body }, context) => {
      const { checked, tested } = await check(context, body.files, false)
      return shownTests(tested, checked.catalog)
    }),
  ]
}

/** Counts who gets what, now and then, over the live data. */
async function dryRun(deps: TagRouteDeps, context: WorkspaceContext, checked: CheckedPlan, catalog: Catalog) {
  const workspaceId = context.workspace.id
  const now = deps.now()
  const scope = {
    clickhouse: deps.clickhouse.workspace(context.workspace.database),
    catalog,
    planned: checked.catalog,
    scan: await deps.readScanState(workspaceId),
    hidden: await inCatalogue(deps, context, ({ tx }) => unpublishedRuns(tx, workspaceId)),
    blind: makeBlindIdentity(deps.vault, workspaceId, checked.catalog),
    keptIn: (names: Catalog): FitKeeper => ({
      find: ({ definitionId, key, schedule }) => {
        const place = { definitionId, key, version: names.definitions.get(definitionId)?.version ?? 0 }
        return inCatalogue(deps, context, ({ tx }) => keptFit(tx, workspaceId, place, schedule, { asOf: now }))
      },
      keep: async () => undefined,
    }),
  }
  const { impacts, cost } = await computeImpacts(scope, impactedBy(checked, catalog), now, context.signal)
  return { impacts, cost: { ...cost } }
}

function shownChanges(checked: CheckedPlan, catalog: Catalog, context: WorkspaceContext) {
  const { diff, live, wanted, warnings } = checked
  const now = new Map(live.plan.definitions.map(({ document }) => [document.id, document]))
  const then = new Map(wanted.definitions.map(({ document }) => [document.id, document]))
  return {
    changes: diff.changes.map((change) => {
      const isDefinition = change.kind !== 'category'
      const before = isDefinition ? now.get(change.id) : undefined
      const after = isDefinition && change.action !== 'removed' ? then.get(change.id) : undefined
      return {
        ...change,
        fields: [...change.fields],
        before: before === undefined ? null : sentences(before, catalog),
        after: after === undefined ? null : sentences(after, checked.catalog),
      }
    }),
    reordered: [...diff.reordered],
    warnings: warnings.map((issue) => shownIssue(issue, context)),
  }
}

function shownImpact(impact: Impact, context: WorkspaceContext) {
  const definition = (impact.after ?? impact.before)!
  const { id, because, sides, changed, values, moves, problem } = impact
  const name: Text = definition.name
  return {
    id,
    kind: definition.kind,
    name,
    because: [...because],
    before: sides.before && { ...sides.before },
    after: sides.after && { ...sides.after },
    changed,
    values: values.map((value) => ({ ...value })),
    moves: moves.map((move) => ({ ...move })),
    problem: problem === null ? null : shownIssue(problem, context).message,
  }
}

function shownTests(tested: readonly TestedPlan[], catalog: Catalog) {
  const tests = tested.map(({ name, outcomes }) => ({
    name,
    passed: outcomes.every(({ passed }) => passed),
    checks: outcomes.map(({ definition, passed, expected, got, place, at, missingFits }) => ({
      definition,
      passed,
      expected,
      got,
      place,
      pointer: at,
      sentence: sentences(catalog.definitions.get(definition)!.body, catalog),
      missingFits: missingFits.map((fit) => `${fit.definition}#${fit.place}`),
    })),
  }))
  const passed = tests.filter((test) => test.passed).length
  return { passed, failed: tests.length - passed, tests }
}

function sentences(definition: Definition, catalog: Catalog): { zh: string; en: string } {
  return { zh: sentence(definition, catalog, 'zh'), en: sentence(definition, catalog, 'en') }
}

function shownIssue({ pointer, message, messageZh, didYouMean }: Issue, { language }: WorkspaceContext) {
  return {
    pointer,
    message: language === 'zh' ? (messageZh ?? message) : message,
    ...(didYouMean === undefined ? {} : { didYouMean }),
  }
}
