import type { SubjectEntry } from '@tagtree/core/catalog/catalog'
import { DEFAULT_IDENTITY_KINDS } from '@tagtree/core/identify/kinds'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { loadNewYears } from './calendar/calendar-days.js'
import type { ClickHouse, WorkspaceClickHouse } from './clickhouse.js'
import { insertIdentityKind } from './grow-catalog.js'
import { migrateWorkspaceDatabase } from './migrate.js'
import { bumpCatalogVersion } from './names.js'
import { inTransaction, inWorkspace } from './postgres.js'

export interface WorkspaceStoreDeps {
  readonly app: pg.Pool
  readonly clickhouse: ClickHouse
}

/** Subject kinds every workspace has. */
export const BUILT_IN_SUBJECTS: readonly SubjectEntry[] = [
  { key: 'person', number: 1, labels: { zh: '个人', en: 'Person' } },
  { key: 'organisation', number: 2, labels: { zh: '组织', en: 'Organisation' } },
]

/** Makes or completes what the store keeps for a workspace; may be repeated at any time. */
export async function prepareWorkspaceStore(
  deps: WorkspaceStoreDeps,
  workspace: { readonly id: number; readonly database: string },
): Promise<void> {
  await migrateWorkspaceDatabase(deps.clickhouse, workspace.database)
  await createOverrideDictionary(deps.clickhouse, deps.clickhouse.workspace(workspace.database))
  await inWorkspace(deps.app, workspace.id, async (tx) => {
    const { rows } = await tx.query<{ time_zone: string }>('select time_zone from workspace where id = $1', [
      workspace.id,
    ])
    if (rows[0] && (await loadNewYears(tx, workspace.id, rows[0].time_zone))) await bumpCatalogVersion(tx, workspace.id)
    const { rowCount } = await tx.query(
      'insert into applier_head (workspace_id) values ($1) on conflict do nothing returning 1',
      [workspace.id],
    )
    if (rowCount === 0) return
    await tx.query('insert into stored_head (workspace_id) values ($1) on conflict do nothing', [workspace.id])
    await tx.query('insert into workspace_clock (workspace_id) values ($1) on conflict do nothing', [workspace.id])
    for (const subject of BUILT_IN_SUBJECTS) {
      await tx.query(
        'insert into subject_kind (workspace_id, number, key, labels) values ($1, $2, $3, $4) on conflict do nothing',
        [workspace.id, subject.number, subject.key, JSON.stringify(subject.labels)],
      )
    }
    for (const kind of DEFAULT_IDENTITY_KINDS) await insertIdentityKind(tx, workspace.id, kind)
    await bumpCatalogVersion(tx, workspace.id)
  })
}

/** The ClickHouse database of a workspace. @throws AppError NOT_FOUND */
export async function readDatabaseName(app: pg.Pool, workspaceId: number): Promise<string> {
  return inTransaction(app, async (tx) => {
    const { rows } = await tx.query<{ database: string }>('select database from workspace where id = $1', [workspaceId])
    if (rows[0]) return rows[0].database
    throw new AppError('NOT_FOUND', { words: { what: { en: 'workspace', zh: '工作区' }, name: workspaceId } })
  })
}

/** The map of changed nodes, read into memory. Where it carries the password it is renewed at each start. */
export async function createOverrideDictionary(clickhouse: ClickHouse, workspace: WorkspaceClickHouse): Promise<void> {
  const verb = clickhouse.connection.embedded ? 'CREATE DICTIONARY IF NOT EXISTS' : 'CREATE OR REPLACE DICTIONARY'
  const query = `SELECT toUInt64(node_id) AS node_id, profile_id FROM ${workspace.database}.node_override FINAL`
  await workspace.command(`${verb} override ${nodeMapBody(workspace, query)}`)
}

/** Columns, source and layout of a dictionary node -> profile over a query with these two columns. */
export function nodeMapBody(workspace: WorkspaceClickHouse, query: string): string {
  return `(node_id UInt64, profile_id UInt32) PRIMARY KEY node_id ${workspace.dictionarySource(query)}
    LIFETIME(0) LAYOUT(FLAT(INITIAL_ARRAY_SIZE 1024 MAX_ARRAY_SIZE 1000000000))`
}
