import type { Definition, Text } from '@tagtree/core/language/document'
import type { Plan, PlanCategory, PlannedDefinition } from '@tagtree/core/plan/plan'
import type { HeadRow } from '../catalogue/definitions.js'
import type { CatalogueScope } from '../catalogue/scope.js'

/** What is live in a workspace, as a plan says it, and every id that is taken. */
export interface LivePlan {
  readonly plan: Plan
  /** Names the state of the catalogue: the number of its last change. */
  readonly base: string
  /** Kind of every definition and list that is live or archived, also of drafts. */
  readonly kinds: ReadonlyMap<string, HeadRow['kind']>
}

/** Names the state of the catalogue: it is another after every change. */
export async function readBase({ tx, workspaceId }: CatalogueScope): Promise<string> {
  const { rows } = await tx.query<{ base: string }>(
    `select coalesce(max(change_no), 0)::text as base from catalogue_change where workspace_id = $1`,
    [workspaceId],
  )
  return rows[0]!.base
}

/** Live categories and published definitions: in the order of the tree, then of their places. */
export async function readLivePlan(scope: CatalogueScope): Promise<LivePlan> {
  const { tx, workspaceId } = scope
  const base = await readBase(scope)
  const categories = await tx.query<{
    id: string
    parent_id: string | null
    name: Text
    theme: string | null
    note: Text | null
  }>(
    `select id, parent_id, name, theme, note from category where workspace_id = $1 and state = 'live' order by position, id`,
    [workspaceId],
  )
  const definitions = await tx.query<{ category_id: string | null; body: Definition }>(
    `select d.category_id, v.body from definition d
     join definition_version v on v.workspace_id = d.workspace_id and v.id = d.id and v.version = d.published_version
     where d.workspace_id = $1 and d.state = 'live' and d.kind <> 'list' order by d.position, d.id`,
    [workspaceId],
  )
  const heads = await tx.query<{ id: string; kind: HeadRow['kind'] }>(
    `select id, kind from definition where workspace_id = $1 and state <> 'deleted'`,
    [workspaceId],
  )
  const tree = inTreeOrder(
    categories.rows.map(({ id, parent_id, name, theme, note }) => ({ id, parentId: parent_id, name, theme, note })),
  )
  const ranks = new Map<string | null, number>(tree.map(({ id }, index) => [id, index]))
  const placed = definitions.rows.map(
    ({ category_id, body }): PlannedDefinition => ({
      document: body,
      category: category_id !== null && ranks.has(category_id) ? category_id : null,
    }),
  )
  const rankOf = ({ category }: PlannedDefinition): number => ranks.get(category ?? null) ?? tree.length
  return {
    plan: { categories: tree, definitions: placed.toSorted((a, b) => rankOf(a) - rankOf(b)), tests: [] },
    base,
    kinds: new Map(heads.rows.map(({ id, kind }) => [id, kind])),
  }
}

function inTreeOrder(categories: readonly PlanCategory[]): PlanCategory[] {
  const below = new Map<string | null, PlanCategory[]>()
  for (const category of categories) {
    const siblings = below.get(category.parentId)
    if (siblings) siblings.push(category)
    else below.set(category.parentId, [category])
  }
  const walk = (parentId: string | null): PlanCategory[] =>
    (below.get(parentId) ?? []).flatMap((category) => [category, ...walk(category.id)])
  return walk(null)
}
