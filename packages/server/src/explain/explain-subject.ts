import { compile } from '@tagtree/core/compile/compile'
import type { FitValue, FitValues } from '@tagtree/core/compile/fits/fit-value'
import { explain } from '@tagtree/core/explain/explain'
import type { Explanation } from '@tagtree/core/explain/explanation'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { referencesOf } from '@tagtree/core/language/references'
import type pg from 'pg'
import { inWorkspace } from '../store/postgres.js'
import { type MomentScope, momentContext } from '../tag/moment-context.js'
import { solveFits } from '../tag/run/solve-fits.js'
import type { FactSource } from './fact-source.js'
import { loadItems } from './item-facts.js'
import { loadFacts } from './load-facts.js'
import { placesAt, placesIn } from './profile-places.js'

export interface ExplainPlace {
  readonly pool: pg.Pool
  readonly workspaceId: number
}

/**
 * Why a definition has its value for a profile. `asOf` in ms, null = now. Cuts and group numbers are those of the last run;
 * what no run has learnt yet is learnt from everybody first.
 * @throws AppError FACTS_TOO_MANY | REQUEST_INVALID when the profile is of another subject kind
 */
export async function explainSubject(
  place: ExplainPlace,
  scope: MomentScope,
  definition: Definition,
  profileId: number,
  moment: { readonly asOf: number | null; readonly now: number; readonly signal: AbortSignal },
): Promise<Explanation> {
  const { catalog } = scope
  await requireSubjectKind(place, scope, definition, profileId)
  const context = momentContext(scope, moment.asOf, moment.now)
  const source: FactSource = {
    clickhouse: scope.clickhouse,
    catalog,
    asOf: context.asOf,
    knownSeq: context.knownSeq,
    excludedImports: context.excludedImports,
    hasSuperseded: context.hasSuperseded,
    hidden: context.tags.unpublishedRuns ?? [],
    profileMap: scope.known?.profileMap ?? null,
    blind: scope.blind,
  }
  const findPlaces =
    context.knownSeq === null
      ? placesIn(place.pool, place.workspaceId)
      : placesAt(place.pool, place.workspaceId, context.knownSeq)
  const closure = closureOf(definition, catalog)
  const [facts, fits] = await Promise.all([
    loadFacts(source, findPlaces, profileId, closure),
    closure.some((one) => hasFit(one))
      ? readFits(place, scope, closure, definition, moment)
      : new Map<string, FitValue>(),
  ])
  const items = await loadItems(source, facts)
  return explain(definition, facts, {
    catalog,
    asOf: context.asOf,
    fits,
    definitions: [definition],
    listValues: (id) => {
      const list = catalog.lists.get(id)
      return list?.holds === 'values' ? list.values : null
    },
    ...(items === undefined ? {} : { items }),
  })
}

async function requireSubjectKind(
  { pool, workspaceId }: ExplainPlace,
  { catalog }: MomentScope,
  definition: Definition,
  profileId: number,
): Promise<void> {
  const number = await inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ subject: number }>(
      'select subject from identity_node where workspace_id = $1 and profile_id = $2 limit 1',
      [workspaceId, profileId],
    )
    return rows[0]?.subject
  })
  const kind = [...catalog.subjects.values()].find((subject) => subject.number === number)?.key ?? 'person'
  const wanted = definition.subject ?? 'person'
  if (kind === wanted) return
  throw new AppError('REQUEST_INVALID', {
    pointer: '/definition',
    issues: [
      {
        pointer: '/definition',
        message: `"${definition.id}" is about ${wanted}, this profile is ${kind}`,
        messageZh: `“${definition.id}”的主体是 ${wanted}，而此档案是 ${kind}`,
      },
    ],
  })
}

function closureOf(definition: Definition, catalog: MomentScope['catalog']): Definition[] {
  const found = new Map([[definition.id, definition]])
  const add = (id: string): void => {
    const next = catalog.definitions.get(id)?.body
    if (next !== undefined && !found.has(id)) found.set(id, next)
  }
  for (const one of found.values()) {
    for (const id of referencesOf(one)) add(id)
    for (const category of categoriesIn(one)) for (const id of catalog.categories?.get(category)?.tags ?? []) add(id)
  }
  return [...found.values()]
}

function categoriesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'category' in part && typeof part.category === 'string' ? [part.category] : []
  return [...own, ...Object.values(part).flatMap(categoriesIn)]
}

function hasFit(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  if ('among' in part || ('cut' in part && 'at' in part && !Array.isArray(part.at))) return true
  return Object.values(part).some(hasFit)
}

/** Fits as the last runs kept them; those that are missing are made now and not kept. */
async function readFits(
  { pool, workspaceId }: ExplainPlace,
  scope: MomentScope,
  closure: readonly Definition[],
  definition: Definition,
  { asOf, now, signal }: { readonly asOf: number | null; readonly now: number; readonly signal: AbortSignal },
): Promise<FitValues> {
  const { catalog } = scope
  // A body that is not the stored one has no fits of its own.
  const stored = closure.filter((one) => catalog.definitions.get(one.id)?.body === one)
  const kept = await inWorkspace(pool, workspaceId, async (tx) => {
    const { rows } = await tx.query<{ key: string; value: FitValue }>(
      `select distinct on (f.key) f.key, f.value from fit f
       join unnest($2::text[], $3::int[]) as d(id, version) on f.definition_id = d.id and f.version = d.version
       where f.workspace_id = $1 and f.as_of <= to_timestamp($4::double precision / 1000)
         and ($5::double precision is null or f.created_at <= to_timestamp($5::double precision / 1000))
       order by f.key, f.as_of desc`,
      [
        workspaceId,
        stored.map((one) => one.id),
        stored.map((one) => catalog.definitions.get(one.id)!.version),
        asOf ?? now,
        scope.known?.knownAt ?? null,
      ],
    )
    return new Map(rows.map((row) => [row.key, row.value]))
  })
  const compiled = compile([definition], momentContext(scope, asOf, now))
  const keeper = { find: async ({ key }: { key: string }) => kept.get(key) ?? null, keep: async () => undefined }
  const { fits } = await solveFits(scope.clickhouse, compiled, keeper, signal)
  return new Map([...kept, ...fits])
}
