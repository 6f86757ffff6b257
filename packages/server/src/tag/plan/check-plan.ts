import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'
import type { Definition } from '@tagtree/core/language/document'
import { withBody } from '@tagtree/core/language/recipe-body'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { diffPlan, type PlanDiff, removedIds } from '@tagtree/core/plan/diff-plan'
import type { Plan, PlanFile } from '@tagtree/core/plan/plan'
import { withPlan } from '@tagtree/core/plan/plan-catalog'
import { plannedCategories } from '@tagtree/core/plan/plan-categories'
import { LARGEST_PLAN, readPlan, type WrittenPlan } from '@tagtree/core/plan/read-plan'
import { KIND_WORDS } from '../catalogue/kind-words.js'
import type { LivePlan } from './live-plan.js'

/** A plan held against a workspace: every name in it is known, and what it would do. */
export interface CheckedPlan {
  readonly written: WrittenPlan
  readonly live: LivePlan
  readonly wanted: Plan
  readonly diff: PlanDiff
  /** The catalogue as it would be. */
  readonly catalog: Catalog
  /** Definition of the plan -> what it uses. */
  readonly uses: ReadonlyMap<string, readonly string[]>
  readonly warnings: readonly Issue[]
}

/**
 * Reads a plan and resolves all of its definitions together, so that they may use each other in any order.
 * @throws AppError PLAN_TOO_LARGE | PLAN_INVALID with every problem at its file, line and column
 */
export function checkPlan(
  files: readonly PlanFile[],
  live: LivePlan,
  catalog: Catalog,
  options: { readonly prune: boolean },
): CheckedPlan {
  const size = files.reduce((total, { text }) => total + text.length, 0)
  if (size > LARGEST_PLAN) throw new AppError('PLAN_TOO_LARGE', { words: { size, limit: LARGEST_PLAN } })
  const read = readPlan(files)
  if (!read.ok) throw planInvalid(read.issues)
  const written = read.plan
  const problems = [...idProblems(written, live), ...placeProblems(written, live, options.prune)]
  if (problems.length > 0) throw planInvalid(problems)

  const bodies = written.definitions.map(({ parsed }) => withBody(parsed))
  const wanted: Plan = {
    categories: written.categories.map(({ at: _, ...category }) => category),
    definitions: written.definitions.flatMap(({ category }, index) => {
      const document = bodies[index]
      // Who prunes wants what the plan says and nothing else, so what names no place has none.
      const place = category === undefined && options.prune ? null : category
      return document ? [{ document, category: place }] : []
    }),
    tests: written.tests.map(({ test }) => test),
  }
  const diff = diffPlan(live.plan, wanted, options)
  const gone = removedIds(diff.changes)
  const removed = gone.definitions
  const bodiesOfPlan = wanted.definitions.map(({ document }) => document)
  const categories = plannedCategories(live.plan, wanted, gone)
  const grown = { ...withPlan(catalog, bodiesOfPlan, removed), categories }
  return { written, live, wanted, diff, catalog: grown, ...resolveAll(written, grown, catalog, live, removed) }
}

/** What refuses a plan. */
export function planInvalid(issues: readonly Issue[]): AppError {
  return new AppError('PLAN_INVALID', { words: { count: issues.length }, issues: issues.slice(0, 100) })
}

/** An id that something else has. */
function idProblems(written: WrittenPlan, { kinds }: LivePlan): Issue[] {
  return written.definitions.flatMap(({ parsed, at }) => {
    const kind = kinds.get(parsed.id)
    if (kind === undefined || kind === parsed.kind) return []
    const { zh, en } = KIND_WORDS[kind]
    return written.address(at, {
      pointer: '/id',
      message: `"${parsed.id}" is the id of a ${en}: choose another`,
      messageZh: `“${parsed.id}”已是${zh}的标识：请换一个`,
    })
  })
}

/** Categories that neither the plan nor the workspace has. */
function placeProblems(written: WrittenPlan, { plan }: LivePlan, prune: boolean): Issue[] {
  const known = new Set([...written.categories, ...(prune ? [] : plan.categories)].map(({ id }) => id))
  return written.definitions.flatMap(({ category, at }) => {
    if (category === undefined || category === null || known.has(category)) return []
    const near = nearest(category, known)
    return written.address(at, {
      pointer: '/category',
      message: `no category "${category}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
      messageZh: `没有目录“${category}”${near === undefined ? '' : `，是否想写“${near}”？`}`,
      ...(near === undefined ? {} : { didYouMean: near }),
    })
  })
}

/** Every definition of the plan in the catalogue as it would be; then those outside of it that no longer fit. */
function resolveAll(
  written: WrittenPlan,
  grown: Catalog,
  catalog: Catalog,
  live: LivePlan,
  removed: ReadonlySet<string>,
): Pick<CheckedPlan, 'uses' | 'warnings'> {
  const issues: Issue[] = []
  const warnings: Issue[] = []
  const uses = new Map<string, readonly string[]>()
  for (const { parsed, at } of written.definitions) {
    const resolved = resolveDefinition(parsed, grown)
    warnings.push(...resolved.warnings.map((issue) => written.address(at, issue)))
    if (!resolved.ok) issues.push(...resolved.issues.map((issue) => written.address(at, issue)))
    else {
      const { tags, metrics, segments, lists, trees } = resolved.uses
      uses.set(parsed.id, [...tags, ...metrics, ...segments, ...lists, ...trees])
    }
  }
  if (issues.length > 0) throw planInvalid(issues)
  const others = live.plan.definitions.filter(({ document }) => !uses.has(document.id) && !removed.has(document.id))
  for (const { document } of others) warnings.push(...brokenBy(document, grown, catalog))
  return { uses, warnings }
}

/** Why a definition that the plan does not list fits no longer; one that did not fit before is not the plan's fault. */
function brokenBy(document: Definition, grown: Catalog, catalog: Catalog): Issue[] {
  const resolved = resolveDefinition(document, grown)
  if (resolved.ok || !resolveDefinition(document, catalog).ok) return []
  const first = resolved.issues[0]!
  return [
    {
      pointer: '',
      message: `"${document.id}" is not in the plan and no longer fits: ${first.pointer} ${first.message}`,
      messageZh: `“${document.id}”不在方案中，已不再匹配：${first.pointer} ${first.messageZh ?? first.message}`,
    },
  ]
}
