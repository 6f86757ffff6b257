import { type Zone, zoneOf } from '@tagtree/core/kernel/zone'
import { LRUCache } from 'lru-cache'
import type pg from 'pg'
import { type Names, readCatalogVersion, readNames } from '../../store/names.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { prepareRates, type Rates, readRates } from '../../store/rates.js'
import { type CollectPolicy, readPolicy } from '../policy.js'
import type { ProfileFold } from './attribute-history.js'
import { type IdentityReader, makeIdentityReader } from './identity-reader.js'
import { type IdentityState, newIdentityState } from './identity-state.js'

/** What the lease holder keeps in memory of one workspace. Everything in it can be read again. */
export interface WorkspaceState {
  readonly workspaceId: number
  readonly database: string
  names: Names
  zone: Zone
  policy: CollectPolicy
  rates: Rates
  reader: IdentityReader
  /** Undone imports whose rows still exist. */
  excluded: number[]
  /** All imports that were ever undone: nothing more is taken of them. */
  undone: ReadonlySet<number>
  readonly sources: Map<string, number>
  identity: IdentityState
  folds: LRUCache<number, ProfileFold>
  openedWeek: number
}

interface WorkspaceRow {
  readonly database: string
  readonly time_zone: string
  readonly currency: string
  readonly settings: unknown
}

/** Attribute values of remembered profiles: about 250 bytes each. What was forgotten is folded from its history again. */
const FOLDED_VALUES = 150_000

function rememberFolds(): LRUCache<number, ProfileFold> {
  return new LRUCache({ maxSize: FOLDED_VALUES, sizeCalculation: (fold) => fold.size + 1 })
}

/** Reads everything anew. */
export async function loadWorkspaceState(worker: pg.Pool, workspaceId: number): Promise<WorkspaceState> {
  return inWorkspace(worker, workspaceId, async (tx) => {
    const row = await readWorkspace(tx, workspaceId)
    const names = await readNames(tx, workspaceId)
    const policy = readPolicy(row.settings)
    const sources = await tx.query<{ key: string; source_id: number }>(
      'select key, source_id from source where workspace_id = $1',
      [workspaceId],
    )
    const state: WorkspaceState = {
      workspaceId,
      database: row.database,
      names,
      zone: zoneOf(row.time_zone),
      policy,
      rates: prepareRates(row.currency, await readRates(tx, workspaceId)),
      reader: makeIdentityReader(names, policy),
      excluded: [],
      undone: new Set(),
      sources: new Map(sources.rows.map((one) => [one.key, one.source_id])),
      identity: newIdentityState(),
      folds: rememberFolds(),
      openedWeek: -1,
    }
    await refreshExcluded(tx, state)
    return state
  })
}

/** Reads names, policy, rates and time zone again when somebody changed the catalog. */
export async function refreshNames(tx: Tx, state: WorkspaceState): Promise<void> {
  const version = await readCatalogVersion(tx, state.workspaceId)
  if (version === state.names.version) return
  const row = await readWorkspace(tx, state.workspaceId)
  state.zone = zoneOf(row.time_zone)
  state.policy = readPolicy(row.settings)
  state.rates = prepareRates(row.currency, await readRates(tx, state.workspaceId))
  useNames(state, await readNames(tx, state.workspaceId))
}

export function useNames(state: WorkspaceState, names: Names): void {
  state.names = names
  state.reader = makeIdentityReader(names, state.policy)
}

export async function refreshExcluded(tx: Tx, state: WorkspaceState): Promise<void> {
  const { rows } = await tx.query<{ import_id: number; cleaned: boolean }>(
    'select import_id, cleaned_at is not null as cleaned from import_excluded where workspace_id = $1',
    [state.workspaceId],
  )
  state.excluded = rows.filter((row) => !row.cleaned).map((row) => row.import_id)
  state.undone = new Set(rows.map((row) => row.import_id))
}

/** Forgets what a failed plan may have left wrong. */
export function forgetIdentities(state: WorkspaceState): void {
  state.identity = newIdentityState()
  state.folds = rememberFolds()
  state.sources.clear()
  state.openedWeek = -1
}

async function readWorkspace(tx: Tx, workspaceId: number): Promise<WorkspaceRow> {
  const { rows } = await tx.query<WorkspaceRow>(
    'select database, time_zone, currency, settings from workspace where id = $1',
    [workspaceId],
  )
  return rows[0]!
}

/** The number of a door; a new one gets the next. */
export async function sourceIdOf(tx: Tx, state: WorkspaceState, key: string): Promise<number> {
  const known = state.sources.get(key)
  if (known !== undefined) return known
  const { rows } = await tx.query<{ source_id: number }>(
    `insert into source (workspace_id, source_id, key)
     select $1, coalesce(max(source_id), 0) + 1, $2 from source where workspace_id = $1
     on conflict (workspace_id, key) do update set key = excluded.key returning source_id`,
    [state.workspaceId, key],
  )
  state.sources.set(key, rows[0]!.source_id)
  return rows[0]!.source_id
}
