import { rmSync } from 'node:fs'
import type { Engines } from '@tagtree/engines/engines'
import { startEngines } from '@tagtree/engines/start-engines'
import { makeDirectory, processesOf } from '@tagtree/engines/testing/processes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVault } from '../../identify/identity-vault.js'
import { type ClickHouse, openClickHouse } from '../../store/clickhouse.js'
import { migratePostgres } from '../../store/migrate.js'
import { inTransaction, openPostgres, type PostgresPools } from '../../store/postgres.js'
import { prepareWorkspaceStore } from '../../store/workspace-store.js'
import { type Log, openLog } from '../log.js'
import { attributes, event, streamKey, who } from '../testing/facts.js'
import { type Applier, createApplier } from './applier.js'

const WORKSPACE = 1
const directory = makeDirectory()
let engines: Engines
let postgres: PostgresPools
let clickhouse: ClickHouse
let log: Log
let applier: Applier

beforeAll(async () => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  engines = await startEngines({ dataDirectory: directory, log: quiet, memoryMiB: 2_000 })
  postgres = openPostgres(engines.postgres.url)
  clickhouse = openClickHouse(engines.clickhouse)
  await migratePostgres(postgres.owner)
  await inTransaction(postgres.app, (tx) =>
    tx.query(
      `insert into workspace (slug, name, time_zone, currency, state) values ('fault', 'fault', 'UTC', 'EUR', 'ready')`,
    ),
  )
  await prepareWorkspaceStore({ app: postgres.app, clickhouse }, { id: WORKSPACE, database: 'ws_0001' })
  log = openLog({ app: postgres.app, patienceMs: 500 })
  applier = createApplier({ postgres, clickhouse, vault: openVault(Buffer.alloc(32, 5)), gatherMs: 100 })
  await applier.start()
})
afterAll(async () => {
  await log.close()
  await applier.stop()
  await clickhouse.close()
  await postgres.close()
  await engines.stop()
  rmSync(directory, { recursive: true, force: true })
})

/** Sends requests until `until`, each again until it was acknowledged, every fifth once more on purpose. */
async function send(client: number, isOver: () => boolean): Promise<{ acknowledged: number; again: number }> {
  let acknowledged = 0
  let again = 0
  for (let request = 0; !isOver(); request++) {
    const records = Array.from({ length: 25 }, (_, n) => {
      const id = `${client}/${request}/${n}`
      const customer = who(`user_id:u${(client * 31 + request * 7 + n) % 200}`, `device_id:d${(request + n) % 300}`)
      return n === 0
        ? attributes(customer, { requests: 1 }, { key: streamKey(id), operation: 'increment', ts: Date.now() })
        : event('bought', customer, { id, amount: 1.25 }, { key: streamKey(id), ts: Date.now() })
    })
    const times = request % 5 === 0 ? 2 : 1
    for (let time = 0; time < times; time++) await acknowledge(records)
    acknowledged += records.length - 1
    again += times - 1
  }
  return { acknowledged, again }
}

async function acknowledge(records: Parameters<Log['append']>[1]['records']): Promise<void> {
  for (;;) {
    try {
      await log.append(WORKSPACE, { source: 'test', importId: 0, records })
      return
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

describe('killing the engines while facts come in', () => {
  it('loses nothing that was acknowledged and doubles nothing', async () => {
    let isOver = false
    const clients = Array.from({ length: 6 }, (_, client) => send(client, () => isOver))
    for (const program of ['clickhouse.mjs', 'bin/postgres', 'clickhouse.mjs', 'bin/postgres']) {
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      for (const pid of processesOf(directory, program)) process.kill(pid, 'SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 50))
      await engines.whenUp(20_000)
    }
    isOver = true
    const sent = await Promise.all(clients)
    const acknowledged = sent.reduce((sum, one) => sum + one.acknowledged, 0)
    expect(sent.every((one) => one.again > 0)).toBe(true)
    await applier.settle(WORKSPACE)

    const database = clickhouse.workspace('ws_0001')
    const [events] = await database.query(
      'SELECT count() AS n, uniqExact(p_id) AS distinct, uniqExact(seq) AS rows, sum(p_amount) AS amount FROM events',
    )
    expect(events).toEqual({
      n: String(acknowledged),
      distinct: String(acknowledged),
      rows: String(acknowledged),
      amount: String(acknowledged * 1.25),
    })
    const [folded] = await database.query('SELECT sum(a_1) AS requests FROM attributes FINAL')
    expect(folded).toEqual({ requests: String(acknowledged / 24) })
  })
})
