import { listSubjectTags } from '@tagtree/core/contract/subject-tags'
import { requireProfile } from '../../identify/subject.js'
import { inWorkspace } from '../../store/postgres.js'
import { readSubjectTagsAt } from '../../tag/history/subject-tags-at.js'
import { readHeads } from '../../tag/run/heads.js'
import { unpublishedRuns } from '../../tag/run/run-records.js'
import { readSubjectTags } from '../../tag/subject-tags.js'
import { asOfMoment } from '../as-of.js'
import { type Bound, bind } from '../bind.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** The tags of one profile. */
export function subjectTagRoutes(deps: TagRouteDeps): readonly Bound[] {
  return [
    bind(listSubjectTags, async ({ params, query }, { workspace }) => {
      const profileId = await requireProfile({ pool: deps.pool, workspaceId: workspace.id }, params.id)
      const catalog = await deps.loadCatalog(workspace.id)
      const { heads, hidden, places } = await inWorkspace(deps.pool, workspace.id, async (tx) => ({
        heads: await readHeads(tx, workspace.id),
        hidden: await unpublishedRuns(tx, workspace.id),
        places: await tx.query<{ id: string; category_id: string | null }>(
          `select id, category_id from definition where workspace_id = $1 and kind = 'tag'`,
          [workspace.id],
        ),
      }))
      const clickhouse = deps.clickhouse.workspace(workspace.database)
      const scope = { clickhouse, catalog, heads, unpublishedRuns: hidden }
      const now = deps.now()
      const knownAt = asOfMoment(query.knownAt, now, 'knownAt')
      const asOf = asOfMoment(query.asOf, now) ?? knownAt
      const tags =
        asOf === null
          ? await readSubjectTags(scope, profileId)
          : await inWorkspace(deps.pool, workspace.id, (tx) =>
              readSubjectTagsAt({ tx, workspaceId: workspace.id, clickhouse, catalog }, profileId, asOf, knownAt),
            )
      const categories = new Map(places.rows.map((row) => [row.id, row.category_id]))
      return {
        items: tags.map((tag) => ({
          id: tag.id,
          name: tag.name,
          categoryId: categories.get(tag.id) ?? null,
          values: tag.values.map(({ code, since }) => ({ code, since: new Date(since).toISOString() })),
          asOf: new Date(tag.asOf).toISOString(),
        })),
      }
    }),
  ]
}
