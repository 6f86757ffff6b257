import { randomUUID } from 'node:crypto'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { readProfilesAt, readSeqAt } from '../../store/scan-state.js'
import { nodeMapBody } from '../../store/workspace-store.js'
import { unpublishedRuns } from '../run/run-records.js'

/** What was known at a moment: everything a computation binds so that it sees neither more nor less. */
export interface Knowledge {
  /** ms; fits made later are not used. */
  readonly knownAt: number
  /** Largest row number that counts, as decimal text. */
  readonly knownSeq: string
  /** Imports that were undone by then. */
  readonly excludedImports: readonly number[]
  /** Runs whose rows must not be read: those never published, and those published later. */
  readonly hidden: readonly string[]
  /** Dictionary node -> profile of that moment; null = as it is now. */
  readonly profileMap: string | null
}

export interface KnowledgeDeps {
  readonly pool: pg.Pool
  readonly clickhouse: WorkspaceClickHouse
}

/**
 * Works with what was known at a moment (ms): rows stored by then, imports undone by then, and each node under the
 * profile it had then. The map of profiles lives as long as `work` does.
 * @throws AppError KNOWLEDGE_GONE
 */
export async function withKnowledge<T>(
  deps: KnowledgeDeps,
  workspaceId: number,
  knownAt: number,
  work: (knowledge: Knowledge) => Promise<T>,
): Promise<T> {
  const knownSeq = await readSeqAt(deps.pool, workspaceId, knownAt)
  const { excludedImports, hidden } = await inWorkspace(deps.pool, workspaceId, async (tx) => ({
    excludedImports: await excludedAt(tx, workspaceId, knownSeq, knownAt),
    hidden: [...(await unpublishedRuns(tx, workspaceId)), ...(await laterRuns(tx, workspaceId, knownAt))],
  }))
  return withProfilesAt(deps, workspaceId, knownSeq, (profileMap) =>
    work({ knownAt, knownSeq, excludedImports, hidden, profileMap }),
  )
}

/** Imports undone at a moment. Rows of those that were undone later must still be there. */
async function excludedAt(tx: Tx, workspaceId: number, knownSeq: string, knownAt: number): Promise<number[]> {
  const { rows } = await tx.query<{ import_id: number; was_undone: boolean; is_gone: boolean }>(
    `select import_id, seq <= $2 as was_undone, cleaned_at is not null as is_gone from import_excluded
     where workspace_id = $1 order by import_id`,
    [workspaceId, knownSeq],
  )
  const gone = rows.find((row) => !row.was_undone && row.is_gone)
  if (gone) {
    throw new AppError('KNOWLEDGE_GONE', {
      words: { knownAt: new Date(knownAt).toISOString(), import: gone.import_id },
    })
  }
  return rows.filter((row) => row.was_undone && !row.is_gone).map((row) => row.import_id)
}

/** Runs published after a moment (ms). */
export async function laterRuns(tx: Tx, workspaceId: number, knownAt: number): Promise<string[]> {
  const { rows } = await tx.query<{ run_id: string }>(
    `select run_id from tag_run where workspace_id = $1 and state = 'published'
       and finished_at > to_timestamp($2::double precision / 1000) order by run_id`,
    [workspaceId, knownAt],
  )
  return rows.map((row) => row.run_id)
}

/** Tables and dictionaries of maps that a dead process left are dropped after this long. */
const strayHours = 6

/**
 * Works with the profiles of the moment of a row number; null stands for those of today where nothing has changed since.
 * A dictionary of its own, so that a scan looks a node up exactly as it does for the present.
 */
export async function withProfilesAt<T>(
  { pool, clickhouse }: KnowledgeDeps,
  workspaceId: number,
  knownSeq: string,
  work: (profileMap: string | null) => Promise<T>,
): Promise<T> {
  const profiles = await readProfilesAt(pool, workspaceId, knownSeq)
  if (profiles.size === 0) return work(null)
  await dropStrayMaps(clickhouse)
  const name = `known_${randomUUID().replaceAll('-', '')}`
  try {
    await writeMap(clickhouse, name, profiles)
    return await work(name)
  } finally {
    await dropMap(clickhouse, name).catch(() => undefined)
  }
}

/** The map of today with the nodes that changed since put back. */
async function writeMap(
  clickhouse: WorkspaceClickHouse,
  name: string,
  profiles: ReadonlyMap<number, number>,
): Promise<void> {
  await clickhouse.command(
    `CREATE TABLE ${name}_rows (node_id UInt64, profile_id UInt32) ENGINE = MergeTree ORDER BY node_id`,
  )
  const rows = [...profiles].map(([node, profile]) => `{"node_id":${node},"profile_id":${profile}}`).join('\n')
  await clickhouse.insert(`${name}_rows`, Buffer.from(rows), {
    token: name,
    columns: ['node_id', 'profile_id'],
    gzip: false,
  })
  await clickhouse.command(
    `INSERT INTO ${name}_rows SELECT node_id, profile_id FROM node_override FINAL
     WHERE node_id NOT IN (SELECT node_id FROM ${name}_rows)`,
  )
  const query = `SELECT node_id, profile_id FROM ${clickhouse.database}.${name}_rows`
  await clickhouse.command(`CREATE DICTIONARY ${name} ${nodeMapBody(clickhouse, query)}`)
}

async function dropMap(clickhouse: WorkspaceClickHouse, name: string): Promise<void> {
  await clickhouse.command(`DROP DICTIONARY IF EXISTS ${name} SYNC`)
  await clickhouse.command(`DROP TABLE IF EXISTS ${name}_rows SYNC`)
}

async function dropStrayMaps(clickhouse: WorkspaceClickHouse): Promise<void> {
  const stray = await clickhouse.query<{ name: string }>(
    `SELECT replaceOne(name, '_rows', '') AS name FROM system.tables WHERE database = {database:String}
       AND match(name, '^known_[0-9a-f]{32}_rows$') AND metadata_modification_time < now() - toIntervalHour(${strayHours})`,
    { params: { database: clickhouse.database } },
  )
  for (const { name } of stray) await dropMap(clickhouse, name)
}
