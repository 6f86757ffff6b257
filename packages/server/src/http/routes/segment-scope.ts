import { makeBlindIdentity } from '../../identify/blind-identity.js'
import type { SegmentScope } from '../../segment/segment-scope.js'
import { inWorkspace } from '../../store/postgres.js'
import { readHeads } from '../../tag/run/heads.js'
import { unpublishedRuns } from '../../tag/run/run-records.js'
import type { WorkspaceContext } from '../context.js'
import type { TagRouteDeps } from './in-catalogue.js'

/** The present moment of a workspace, for whoever counts, lists or measures people. */
export async function readSegmentScope(
  deps: TagRouteDeps,
  workspace: WorkspaceContext['workspace'],
): Promise<SegmentScope> {
  const { heads, hidden } = await inWorkspace(deps.pool, workspace.id, async (tx) => ({
    heads: await readHeads(tx, workspace.id),
    hidden: await unpublishedRuns(tx, workspace.id),
  }))
  const catalog = await deps.loadCatalog(workspace.id)
  return {
    clickhouse: deps.clickhouse.workspace(workspace.database),
    catalog,
    blind: makeBlindIdentity(deps.vault, workspace.id, catalog),
    heads,
    hidden,
    scan: await deps.readScanState(workspace.id),
  }
}
