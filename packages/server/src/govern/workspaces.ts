import { AppError } from '@tagtree/core/kernel/app-error'
import { isZone } from '@tagtree/core/kernel/zone'
import type pg from 'pg'
import { inTransaction, type Tx } from '../store/postgres.js'
import type { WorkspaceRecord } from './principal.js'

interface WorkspaceRow {
  id: number
  slug: string
  name: string
  time_zone: string
  currency: string
  language: 'zh' | 'en'
  database: string
  state: WorkspaceRecord['state']
  created_at: Date
}

export interface NewWorkspace {
  readonly slug: string
  readonly name?: string | undefined
  readonly timeZone: string
  readonly currency: string
  readonly language: 'zh' | 'en'
}

/** Makes what a new workspace needs outside of its row: the ClickHouse database, catalog, lease … Repeatable. */
export type PrepareWorkspace = (workspace: WorkspaceRecord) => Promise<void>

/** Every workspace, by slug. */
export async function listAllWorkspaces(tx: Tx): Promise<WorkspaceRecord[]> {
  const { rows } = await tx.query<WorkspaceRow>('select * from workspace order by slug')
  return rows.map(toRecord)
}

/**
 * Creates a workspace, ready to use. One whose making was cut short is completed by the same request, or at the next
 * start.
 * @throws AppError NAME_TAKEN | TIME_ZONE_UNKNOWN | CURRENCY_UNKNOWN
 */
export async function createWorkspace(
  pool: pg.Pool,
  input: NewWorkspace,
  prepare: PrepareWorkspace,
): Promise<WorkspaceRecord> {
  const timeZone = checkedTimeZone(input.timeZone)
  const currency = checkedCurrency(input.currency)
  const workspace = await inTransaction(pool, async (tx) => {
    await tx.query(
      `insert into workspace (slug, name, time_zone, currency, language) values ($1, $2, $3, $4, $5)
       on conflict (slug) do nothing`,
      [input.slug, input.name ?? input.slug, timeZone, currency, input.language],
    )
    const { rows } = await tx.query<WorkspaceRow>('select * from workspace where slug = $1', [input.slug])
    return toRecord(rows[0]!)
  })
  const same = workspace.timeZone === timeZone && workspace.currency === currency
  if (workspace.state !== 'creating' || !same) {
    throw new AppError('NAME_TAKEN', {
      pointer: '/slug',
      words: { what: { en: 'workspace', zh: '工作区' }, name: input.slug },
    })
  }
  return completeWorkspace(pool, workspace, prepare)
}

/** Prepares a workspace and opens it. Used for new ones and, at start, for those whose making was cut short. */
export async function completeWorkspace(
  pool: pg.Pool,
  workspace: WorkspaceRecord,
  prepare: PrepareWorkspace,
): Promise<WorkspaceRecord> {
  await prepare(workspace)
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<WorkspaceRow>(
      `update workspace set state = 'ready' where id = $1 and state = 'creating' returning *`,
      [workspace.id],
    )
    return rows[0] ? toRecord(rows[0]) : workspace
  })
}

/**
 * Changes name, language or, while the workspace is empty, the time zone: stored days are instants of its local
 * midnight and would move to other days.
 * @throws AppError TIME_ZONE_UNKNOWN | WORKSPACE_HAS_DATA
 */
export async function updateWorkspace(
  pool: pg.Pool,
  workspace: WorkspaceRecord,
  change: { name?: string | undefined; timeZone?: string | undefined; language?: 'zh' | 'en' | undefined },
  hasData: (workspaceId: number) => Promise<boolean>,
): Promise<WorkspaceRecord> {
  const timeZone = change.timeZone === undefined ? workspace.timeZone : checkedTimeZone(change.timeZone)
  if (timeZone !== workspace.timeZone && (await hasData(workspace.id))) {
    throw new AppError('WORKSPACE_HAS_DATA', { pointer: '/timeZone' })
  }
  return inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<WorkspaceRow>(
      `update workspace set name = coalesce($2, name), time_zone = $3, language = coalesce($4, language)
       where id = $1 returning *`,
      [workspace.id, change.name ?? null, timeZone, change.language ?? null],
    )
    return toRecord(rows[0]!)
  })
}

/** The IANA name as given. @throws AppError TIME_ZONE_UNKNOWN also for bare offsets: they know no summer time */
export function checkedTimeZone(name: string): string {
  if (/^[A-Za-z]/.test(name) && isZone(name)) return name
  throw new AppError('TIME_ZONE_UNKNOWN', { pointer: '/timeZone', words: { zone: name.slice(0, 60) } })
}

function checkedCurrency(name: string): string {
  const code = name.toUpperCase()
  if (Intl.supportedValuesOf('currency').includes(code)) return code
  throw new AppError('CURRENCY_UNKNOWN', { pointer: '/currency', words: { name: name.slice(0, 10) } })
}

function toRecord(row: WorkspaceRow): WorkspaceRecord {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    timeZone: row.time_zone,
    currency: row.currency,
    language: row.language,
    database: row.database,
    state: row.state,
    createdAt: row.created_at.toISOString(),
  }
}
