import { makeBlindIdentity } from '../../identify/blind-identity.js'
import { openVault } from '../../identify/identity-vault.js'
import type { SegmentScope } from '../../segment/segment-scope.js'
import { inWorkspace } from '../../store/postgres.js'
import { readScanState } from '../../store/scan-state.js'
import type { TestWorkspace } from '../../testing/workspace-for-tests.js'
import { type SavedDefinition, saveDefinition } from '../catalogue/save-definition.js'
import type { CatalogueScope } from '../catalogue/scope.js'
import { readHeads } from '../run/heads.js'
import { unpublishedRuns } from '../run/run-records.js'
import { type RunTagsDeps, type RunTagsRequest, type RunTagsResult, runTags } from '../run/run-tags.js'

export const DAY = 86_400_000

/** Runs of tags in a test workspace: facts are written as the applier would have, time is an argument. */
export class RunBench {
  readonly #vault = openVault(Buffer.alloc(32, 1))
  #seq = 0

  constructor(readonly workspace: TestWorkspace) {}

  get deps(): RunTagsDeps {
    const { postgres, events, catalogs } = this.workspace
    return {
      pool: postgres.app,
      clickhouse: events,
      vault: this.#vault,
      loadCatalog: catalogs.load,
      readScanState: (id) => readScanState(postgres.app, id),
    }
  }

  run(request: Partial<RunTagsRequest> & { readonly now: number }, deps = this.deps): Promise<RunTagsResult> {
    return runTags(deps, {
      workspaceId: this.workspace.workspaceId,
      refit: false,
      signal: new AbortController().signal,
      onProgress: async () => undefined,
      ...request,
    })
  }

  inScope<T>(work: (scope: CatalogueScope) => Promise<T>): Promise<T> {
    const { postgres, workspaceId } = this.workspace
    return inWorkspace(postgres.app, workspaceId, (tx) => work({ tx, workspaceId, actorId: null }))
  }

  async save(document: object): Promise<SavedDefinition> {
    const catalog = await this.workspace.catalogs.load(this.workspace.workspaceId)
    return this.inScope((scope) => saveDefinition(scope, { version: 1, ...document }, { catalog, publish: true }))
  }

  async segmentScope(): Promise<SegmentScope> {
    const { events, catalogs, postgres, workspaceId } = this.workspace
    const catalog = await catalogs.load(workspaceId)
    return {
      clickhouse: events,
      catalog,
      blind: makeBlindIdentity(this.#vault, workspaceId, catalog),
      scan: await readScanState(postgres.app, workspaceId),
      ...(await this.inScope(async ({ tx }) => ({
        heads: await readHeads(tx, workspaceId),
        hidden: await unpublishedRuns(tx, workspaceId),
      }))),
    }
  }

  async numberOf(id: string): Promise<number> {
    const catalog = await this.workspace.catalogs.load(this.workspace.workspaceId)
    return catalog.definitions.get(id)?.number ?? catalog.lists.get(id)!.number
  }

  /** Customers 1 … n, seen from the beginning. */
  addCustomers(count: number): Promise<void> {
    return this.insert(
      'nodes',
      Array.from({ length: count }, (_, i) => ({
        node_id: i + 1,
        subject: 1,
        profile_id: i + 1,
        import_id: 0,
        strong: 1,
        first_ts: '2025-01-01 00:00:00.000',
        seq: i + 1,
      })),
    )
  }

  addOrders(
    orders: readonly { readonly profile: number; readonly ts: number; readonly amount: number }[],
  ): Promise<void> {
    return this.insert(
      'events',
      orders.map(({ profile, ts, amount }) => {
        this.#seq += 1
        return {
          event: 'order.paid',
          subject: 1,
          profile_id: profile,
          ts: new Date(ts).toISOString().replace('T', ' ').replace('Z', ''),
          seq: this.#seq,
          node_id: profile,
          source_id: 1,
          import_id: 0,
          message_hash: this.#seq,
          p_amount: String(amount),
        }
      }),
    )
  }

  async insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    if (rows.length === 0) return
    this.#seq += 1
    await this.workspace.events.insert(table, Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), {
      token: `bench:${table}:${this.#seq}`,
      columns: Object.keys(rows[0]!),
      gzip: false,
    })
  }

  /** What is published: code -> profiles, by the bitmaps of the head. */
  async published(id: string): Promise<Map<string, number[]>> {
    const { heads, catalog } = await this.segmentScope()
    const number = await this.numberOf(id)
    const head = heads.get(number)
    const labels = new Map([...(catalog.definitions.get(id)?.codes ?? [])].map(([label, code]) => [code, label]))
    const rows = await this.workspace.events.query<{ value: number; profiles: number[] }>(
      `SELECT value, arraySort(bitmapToArray(groupBitmapMergeState(users))) AS profiles FROM tag_bitmaps
       WHERE tag_id = {tag:UInt32} AND run_id = {run:UInt64} GROUP BY value ORDER BY value`,
      { params: { tag: number, run: head?.baseRun ?? '0' } },
    )
    return new Map(rows.map(({ value, profiles }) => [labels.get(value) ?? String(value), profiles]))
  }
}
