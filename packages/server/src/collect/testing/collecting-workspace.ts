import type { Incoming } from '@tagtree/core/collect/incoming'
import { openVault, type Vault } from '../../identify/identity-vault.js'
import type { StatementOptions, WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { readScanState } from '../../store/scan-state.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { type Applier, createApplier } from '../applier/applier.js'
import { type Log, openLog } from '../log.js'

/** A workspace with its log and applier running. */
export interface CollectingWorkspace extends TestWorkspace {
  readonly log: Log
  readonly applier: Applier
  readonly vault: Vault
  /** What the applier could not do and tried again. */
  readonly troubles: unknown[]
  /** Appends facts as one request and waits until they are readable. */
  take(facts: readonly Incoming[], importId?: number): Promise<void>
  undo(importId: number): Promise<void>
  /** Everything a reader sees, in a comparable form. */
  read(): Promise<VisibleState>
  /** Profile of an identity now; 0 = nobody ever gave it. */
  profileOf(kind: string, value: string): Promise<number>
  /** Counters of one import; 0 = streams. */
  result(importId?: number): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

/** What readers see: undone imports excluded, replaced rows left out, profiles as they are now. */
export interface VisibleState {
  readonly events: readonly Record<string, unknown>[]
  readonly attributes: readonly Record<string, unknown>[]
  readonly population: readonly Record<string, unknown>[]
  readonly relations: readonly Record<string, unknown>[]
}

const PROFILE = (node: string, stamped: string, database: string): string =>
  `dictGetOrDefault('${database}.override', 'profile_id', toUInt64(${node}), ${stamped})`

/** Rows without their empty cells: a column that came later is nothing a reader sees. */
async function queryFilled(
  database: WorkspaceClickHouse,
  sql: string,
  options: StatementOptions = {},
): Promise<Record<string, unknown>[]> {
  const rows = await database.query<Record<string, unknown>>(sql, options)
  const isEmpty = (name: string, value: unknown): boolean =>
    value === null || (Array.isArray(value) && value.length === 0) || (name.endsWith('__known') && value === 0)
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name, value]) => !isEmpty(name, value))))
}

export async function startCollecting(options: { quotaBytes?: number } = {}): Promise<CollectingWorkspace> {
  const workspace = await createTestWorkspace()
  const { postgres, clickhouse, workspaceId, events: database } = workspace
  const vault = openVault(Buffer.alloc(32, 3))
  const troubles: unknown[] = []
  const log = openLog({ app: postgres.app, ...options })
  const applier = createApplier({ postgres, clickhouse, vault, onError: (_id, error) => void troubles.push(error) })
  await applier.start()
  const inside = <T>(sql: string, values: readonly unknown[]): Promise<T[]> =>
    inWorkspace(postgres.app, workspaceId, async (tx) => (await tx.query(sql, [workspaceId, ...values])).rows as T[])

  return {
    ...workspace,
    log,
    applier,
    vault,
    troubles,
    take: async (facts, importId = 0) => {
      const { logNo } = await log.append(workspaceId, { source: 'test', importId, records: facts })
      await applier.whenStored(workspaceId, logNo)
    },
    undo: async (importId) => {
      const { logNo } = await log.command(workspaceId, { command: 'undo_import', importId })
      await applier.whenStored(workspaceId, logNo)
    },
    read: async () => {
      const { excludedImports } = await readScanState(postgres.app, workspaceId)
      const params = { excluded: excludedImports }
      const visible = 'import_id NOT IN {excluded:Array(UInt32)}'
      const profile = PROFILE('node_id', 'profile_id', database.database)
      return {
        events: await queryFilled(
          database,
          `SELECT * REPLACE (${profile} AS profile_id) FROM events
           WHERE ${visible} AND seq NOT IN (SELECT seq FROM events_superseded WHERE ${visible}) ORDER BY seq`,
          { params },
        ),
        attributes: await queryFilled(database, 'SELECT * EXCEPT (version) FROM attributes FINAL ORDER BY profile_id'),
        population: await database.query(
          `SELECT ${profile} AS profile, any(subject) AS subject, min(first_ts) AS first, max(strong) AS customer
           FROM nodes WHERE ${visible} GROUP BY profile ORDER BY profile`,
          { params },
        ),
        relations: await database.query(
          `SELECT kind, ${PROFILE('from_node', 'from_profile', database.database)} AS f,
                  ${PROFILE('to_node', 'to_profile', database.database)} AS t, from_ts, seq
           FROM relations WHERE ${visible} ORDER BY seq`,
          { params },
        ),
      }
    },
    profileOf: async (kind, value) => {
      const rows = await inside<{ profile_id: number }>(
        `select profile_id from identity_node where workspace_id = $1 and kind = $2 and value_blind = $3
         order by tenure desc limit 1`,
        [kind, vault.blind(workspaceId, kind, value)],
      )
      return rows[0]?.profile_id ?? 0
    },
    result: async (importId = 0) => {
      const rows = await inside<Record<string, unknown>>(
        'select * from import_result where workspace_id = $1 and import_id = $2',
        [importId],
      )
      return Object.fromEntries(
        Object.entries(rows[0] ?? {}).map(([name, value]) => [
          name,
          /^\d+$/.test(String(value)) ? Number(value) : value,
        ]),
      )
    },
    stop: async () => {
      await log.close()
      await applier.stop()
      await workspace.close()
    },
  }
}
