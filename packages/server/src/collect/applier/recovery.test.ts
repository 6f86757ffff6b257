import { AppError } from '@tagtree/core/kernel/app-error'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openClickHouse } from '../../store/clickhouse.js'
import { inWorkspace } from '../../store/postgres.js'
import { openLog } from '../log.js'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { event, who } from '../testing/facts.js'
import { type Applier, createApplier } from './applier.js'
import { plannedBatches, readBodies, takeHead } from './batch-store.js'
import { deliverBatch } from './deliver.js'
import { endForeignLeases, releaseLease, takeLease } from './lease.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
  await shop.take([event('bought', who('user_id:u0'), { n: 0 })])
})
afterAll(() => shop.stop())

const facts = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => event('bought', who(`user_id:u${(from + n) % 7}`), { n: from + n }))

async function countEvents(): Promise<{ rows: number; distinct: number }> {
  const rows = await shop.events.query<{ rows: string; distinct: string }>(
    'SELECT count() AS rows, uniqExact(p_n) AS distinct FROM events',
  )
  return { rows: Number(rows[0]!.rows), distinct: Number(rows[0]!.distinct) }
}

function secondApplier(clickhouse = shop.clickhouse, now = Date.now): { applier: Applier; troubles: unknown[] } {
  const troubles: unknown[] = []
  const { postgres, vault } = shop
  const applier = createApplier({
    postgres,
    clickhouse,
    vault,
    gatherMs: 20,
    now,
    onError: (_workspace, error) => void troubles.push(error),
  })
  return { applier, troubles }
}

describe('a batch that was planned', () => {
  it('is stored once, whoever sends it and however often', async () => {
    await shop.applier.stop()
    const away = openClickHouse({ ...shop.clickhouse.connection, url: 'http://127.0.0.1:9' })
    const broken = secondApplier(away)
    await broken.applier.start()
    const before = await countEvents()
    await shop.log.append(shop.workspaceId, { source: 'test', importId: 0, records: facts(1, 40) })
    const planned = await until(() =>
      inWorkspace(shop.postgres.worker, shop.workspaceId, async (tx) => {
        const batches = await plannedBatches(tx, shop.workspaceId)
        const batch = batches[0]
        return batch && { ...batch, bodies: await readBodies(tx, shop.workspaceId, batch.batchNo) }
      }),
    )
    await until(async () => broken.troubles.length > 0 || undefined)
    expect(broken.troubles[0]).toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    await broken.applier.stop()
    await away.close()
    expect(await countEvents()).toEqual(before)

    // Part of it got through before the crash, some of it twice.
    const events = planned.bodies.filter((body) => body.target === 'events')
    for (const body of [...events, ...events]) {
      await shop.events.insert(body.target, body.body, {
        token: `${planned.batchNo}:events`,
        columns: body.columns,
        gzip: true,
      })
    }
    const next = secondApplier()
    await next.applier.start()
    await next.applier.settle(shop.workspaceId)
    await deliverBatch(shop.postgres.worker, shop.events, shop.workspaceId, planned)
    expect(await countEvents()).toEqual({ rows: before.rows + 40, distinct: before.distinct + 40 })
    expect(next.troubles).toEqual([])
    await next.applier.stop()
  })
})

describe('several processes', () => {
  it('share one log without doubling or losing anything', async () => {
    const before = await countEvents()
    const [one, two] = [secondApplier(), secondApplier()]
    await Promise.all([one.applier.start(), two.applier.start()])
    const logs = [openLog({ app: shop.postgres.app }), openLog({ app: shop.postgres.app })]
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const records = facts(1_000 + n * 20, 20)
        const entry = { source: 'test', importId: 0, records }
        await Promise.all([logs[n % 2]!.append(shop.workspaceId, entry), logs[0]!.append(shop.workspaceId, entry)])
      }),
    )
    await two.applier.settle(shop.workspaceId)
    expect(await countEvents()).toEqual({ rows: before.rows + 600, distinct: before.distinct + 600 })
    await Promise.all([one.applier.stop(), two.applier.stop()])
  })

  it('fence whoever lost the lease', async () => {
    const { worker } = shop.postgres
    const held = await takeLease(worker, shop.workspaceId, 'first', null)
    expect(held.kind).toBe('held')
    expect(await takeLease(worker, shop.workspaceId, 'second', null)).toMatchObject({ kind: 'taken' })
    await inWorkspace(worker, shop.workspaceId, (tx) =>
      tx.query(`update lease set expires_at = now() - interval '1 second' where workspace_id = $1`, [shop.workspaceId]),
    )
    const taken = await takeLease(worker, shop.workspaceId, 'second', null)
    const epoch = held.kind === 'held' ? held.epoch : 0
    expect(taken).toMatchObject({ kind: 'held', epoch: epoch + 1, continued: false })
    const stale = inWorkspace(worker, shop.workspaceId, (tx) => takeHead(tx, shop.workspaceId, epoch))
    await expect(stale).rejects.toMatchObject({ code: 'LEASE_LOST' })
    // Who is known to be alone need not wait for the leases of the dead.
    await endForeignLeases(worker, 'second')
    expect(await takeLease(worker, shop.workspaceId, 'third', null)).toMatchObject({ kind: 'taken' })
    await endForeignLeases(worker, 'third')
    expect(await takeLease(worker, shop.workspaceId, 'third', null)).toMatchObject({ kind: 'held', epoch: epoch + 2 })
    await releaseLease(worker, shop.workspaceId, 'third')
  })
})

describe('a full log', () => {
  it('refuses with 503 and takes the same facts later', async () => {
    const before = await countEvents()
    const small = openLog({ app: shop.postgres.app, quotaBytes: 20_000 })
    const requests = Array.from({ length: 20 }, (_, n) => facts(5_000 + n * 100, 100))
    const refused: (typeof requests)[number][] = []
    for (const records of requests) {
      try {
        await small.append(shop.workspaceId, { source: 'test', importId: 0, records })
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect(error).toMatchObject({ code: 'LOG_FULL', status: 503, retryAfterSeconds: 15 })
        refused.push(records)
      }
    }
    expect(refused.length).toBeGreaterThan(5)
    const next = secondApplier()
    await next.applier.start()
    for (const records of refused) {
      await next.applier.settle(shop.workspaceId)
      await small.append(shop.workspaceId, { source: 'test', importId: 0, records })
    }
    await next.applier.settle(shop.workspaceId)
    expect(await countEvents()).toEqual({ rows: before.rows + 2_000, distinct: before.distinct + 2_000 })
    await next.applier.stop()
  })
})

describe('the horizon of streamed messages', () => {
  it('is two weeks at least; older keys are forgotten with their partitions', async () => {
    const DAY = 86_400_000
    const records = facts(20_000, 10)
    const countAfter = async (days: number): Promise<number> => {
      const { applier, troubles } = secondApplier(shop.clickhouse, () => Date.now() + days * DAY)
      await applier.start()
      await shop.log.append(shop.workspaceId, { source: 'test', importId: 0, records })
      await applier.settle(shop.workspaceId)
      await applier.stop()
      expect(troubles).toEqual([])
      return (await countEvents()).rows
    }
    const first = await countAfter(0)
    expect(await countAfter(7)).toBe(first)
    expect(await countAfter(14)).toBe(first)
    expect(await countAfter(60)).toBe(first + 10)
    const { rows } = await shop.postgres.owner.query(
      `select 1 from pg_inherits where inhparent = 'tagtree.seen_message'::regclass`,
    )
    expect(rows).toHaveLength(4)
  })
})

/** Asks again until there is an answer. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 20_000
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new Error('it did not happen within 20 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
