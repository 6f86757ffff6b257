import { AppError } from '@tagtree/core/kernel/app-error'
import { createTestDatabase, type TestDatabase } from '@tagtree/engines/testing/engines-for-tests'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { migratePostgres } from '../store/migrate.js'
import { inWorkspace, openPostgres, type PostgresPools } from '../store/postgres.js'
import { type JobKind, jobKind, type RunningJob } from './job-kind.js'
import { type JobLeases, makeJobLeases } from './job-lease.js'
import { cancelJob, type JobRow, type NewJob, readJob, showJob, startJob } from './job-records.js'
import { type JobRunner, runJobs } from './run-jobs.js'

let database: TestDatabase
let postgres: PostgresPools
const log = pino({ level: 'silent' })
const runners: JobRunner[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  postgres = openPostgres(database.databaseUrl)
  await migratePostgres(postgres.owner)
  await postgres.app.query(
    `insert into tagtree.workspace (slug, name, time_zone, currency) values ('shop', 'shop', 'Asia/Shanghai', 'CNY')`,
  )
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop(5_000)))
  await postgres.owner.query('truncate tagtree.job')
})
afterAll(async () => {
  await postgres.close()
  await database.close()
})

const run = (...kinds: JobKind[]) => {
  const leases = makeJobLeases(postgres.worker, `test-${Math.random()}`)
  const runner = runJobs({ kinds, leases, postgresUrl: postgres.url, log })
  runners.push(runner)
  return runner
}
const kind = (work: (job: RunningJob) => Promise<Record<string, unknown>>) =>
  jobKind({ kind: 'work', params: z.object({ n: z.number() }), run: (_params, job) => work(job) })
const start = (more: Partial<NewJob> = {}) =>
  inWorkspace(postgres.app, 1, (tx) => startJob(tx, { workspaceId: 1, kind: 'work', params: { n: 1 }, ...more }))
const read = (id: number) => inWorkspace(postgres.app, 1, (tx) => readJob(tx, 1, id))
const cancel = (id: number) => inWorkspace(postgres.app, 1, (tx) => cancelJob(tx, 1, id))
/** Looks until the job is as wished. */
async function until(id: number, wished: (row: JobRow) => boolean): Promise<JobRow> {
  for (;;) {
    const row = await read(id)
    if (wished(row)) return row
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
const ended = (id: number) => until(id, ({ state }) => ['done', 'failed', 'canceled'].includes(state))
const waitForAbort = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))

describe('a job', () => {
  it('runs once, whether it was queued before the runner or after', async () => {
    let runs = 0
    const before = await start()
    run(kind(async () => ({ runs: ++runs })))
    expect((await ended(before)).result).toEqual({ runs: 1 })
    const after = await start()
    expect((await ended(after)).result).toEqual({ runs: 2 })
    expect(runs).toBe(2)
  })

  it('due later waits for its moment', async () => {
    let ranAt = 0
    run(
      kind(async () => {
        ranAt = Date.now()
        return {}
      }),
    )
    const runAt = new Date(Date.now() + 400)
    await ended(await start({ runAt }))
    expect(ranAt).toBeGreaterThanOrEqual(runAt.getTime() - 20)
  })

  it('of two runners is run by one', async () => {
    let runs = 0
    const work = kind(async () => ({ runs: ++runs }))
    run(work)
    run(work)
    const ids = await Promise.all(Array.from({ length: 20 }, () => start()))
    await Promise.all(ids.map(ended))
    expect(runs).toBe(20)
  })

  it('with a unique key is not queued twice while it waits or runs', async () => {
    const [first, second] = await Promise.all([start({ uniqueKey: 'a' }), start({ uniqueKey: 'a' })])
    expect(second).toBe(first)
    expect(await start({ uniqueKey: 'b' })).not.toBe(first)
    run(kind(async () => ({})))
    await ended(first)
    expect(await start({ uniqueKey: 'a' })).not.toBe(first)
  })

  it('shows how far it is', async () => {
    let finish = () => {}
    run(
      kind(async ({ report }) => {
        report({ rows: 10 })
        report({ rows: 20 })
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        report({ rows: 30 })
        return {}
      }),
    )
    const id = await start()
    expect((await until(id, ({ progress }) => 'rows' in progress)).progress).toEqual({ rows: 20 })
    finish()
    expect((await ended(id)).progress).toEqual({ rows: 30 })
  })
})

describe('a failure', () => {
  it('nobody foresaw is visible and tried again later', async () => {
    run(
      kind(async () => {
        throw new Error('boom')
      }),
    )
    const id = await start()
    const row = await until(id, ({ error }) => error !== null)
    expect(row).toMatchObject({ state: 'queued', attempts: 1, error: { code: 'INTERNAL' } })
    expect(row.run_at.getTime()).toBeGreaterThan(Date.now() + 1_000)
    expect(showJob(row, 'zh').error?.message).toContain('系统内部出错')
  })

  it('of the last attempt ends it', async () => {
    run(
      kind(async () => {
        throw new Error('boom')
      }),
    )
    expect(await ended(await start({ maxAttempts: 1 }))).toMatchObject({ state: 'failed', error: { code: 'INTERNAL' } })
  })

  it('that repeating cannot mend ends it at once, in its own words', async () => {
    run(
      kind(async () => {
        throw new AppError('NOT_FOUND', { words: { what: { en: 'file', zh: '文件' }, name: 'a.csv' } })
      }),
    )
    const row = await ended(await start())
    expect(row).toMatchObject({ state: 'failed', attempts: 1 })
    expect(showJob(row, 'en').error?.message).toContain('There is no file "a.csv"')
    expect(showJob(row, 'zh').error?.message).toContain('没有文件“a.csv”')
  })

  it('of an engine is waited out and does not count', async () => {
    let tries = 0
    run(
      kind(async () => {
        if (++tries === 1) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'x' }, retryAfterSeconds: 0.05 })
        return { tries }
      }),
    )
    expect(await ended(await start())).toMatchObject({ state: 'done', attempts: 1, result: { tries: 2 }, error: null })
  })

  it('that could not even be written down does not leave the job hanging', async () => {
    const leases = makeJobLeases(postgres.worker, 'cut off')
    let cut = 3
    const cutOff = () => (cut-- > 0 ? Promise.reject(new Error('connection lost')) : Promise.resolve())
    const flaky: JobLeases = {
      ...leases,
      retryLater: (...given) => cutOff().then(() => leases.retryLater(...given)),
      release: (...given) => cutOff().then(() => leases.release(...given)),
    }
    let runs = 0
    const work = kind(async () => {
      runs += 1
      if (runs === 1) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'PostgreSQL' } })
      return { runs }
    })
    runners.push(runJobs({ kinds: [work], leases: flaky, postgresUrl: postgres.url, log }))
    const id = await start()
    // Far sooner than its lease ends.
    expect(await ended(id)).toMatchObject({ state: 'done', result: { runs: 2 }, attempts: 1, crashes: 0 })
  })

  it('of an unknown kind is said', async () => {
    run()
    expect(await ended(await start())).toMatchObject({ state: 'failed', error: { code: 'JOB_KIND_UNKNOWN' } })
  })
})

describe('canceling', () => {
  it('a waiting job ends it, a second time is refused', async () => {
    const id = await start()
    expect((await cancel(id)).state).toBe('canceled')
    await expect(cancel(id)).rejects.toThrow(expect.objectContaining({ code: 'JOB_FINISHED' }))
  })

  it('a running job stops it', async () => {
    run(kind(({ signal }) => waitForAbort(signal)))
    const id = await start()
    await until(id, ({ state }) => state === 'running')
    await cancel(id)
    expect(await ended(id)).toMatchObject({ state: 'canceled', error: null })
  })
})

describe('a server that goes away', () => {
  const crashed = async (id: number) => {
    // What a killed server leaves: a lease that nobody renews.
    const claimed = await makeJobLeases(postgres.worker, 'gone').claim([])
    expect(claimed?.id).toBe(String(id))
    await postgres.worker.query(`update tagtree.job set lease_until = now() where id = $1`, [id])
  }

  it('hands its jobs back when it stops, and they go on elsewhere', async () => {
    const first = run(kind(({ signal }) => waitForAbort(signal)))
    const id = await start()
    await until(id, ({ state }) => state === 'running')
    await first.stop(5_000)
    expect(await read(id)).toMatchObject({ state: 'queued', attempts: 0 })
    run(kind(async () => ({ by: 'second' })))
    expect(await ended(id)).toMatchObject({ state: 'done', result: { by: 'second' }, attempts: 1 })
  })

  it('loses them when it was killed; the next one goes on from the reported progress', async () => {
    const id = await start()
    await crashed(id)
    await makeJobLeases(postgres.worker, 'gone').report(String(id), { rows: 500 })
    run(kind(async ({ progress, attempt }) => ({ from: progress, attempt })))
    expect((await ended(id)).result).toEqual({ from: { rows: 500 }, attempt: 1 })
  })

  it('and was the only one gives them to the next at once', async () => {
    const id = await start()
    await makeJobLeases(postgres.worker, 'gone').claim([])
    const next = makeJobLeases(postgres.worker, 'next')
    expect(await next.claim([])).toBeNull()
    await next.endForeign()
    expect(await next.claim([])).toMatchObject({ id: String(id), crashes: 1 })
    // Its own stay as they are.
    await next.endForeign()
    const third = makeJobLeases(postgres.worker, 'third')
    expect(await third.claim([])).toBeNull()
    // One crash after the other without progress: that may be its own doing.
    await third.endForeign()
    expect(await third.claim([])).toBeNull()
    await next.report(String(id), { rows: 1 })
    await third.endForeign()
    expect(await third.claim([])).toMatchObject({ id: String(id), crashes: 1 })
  })

  it('cannot write over what the next one did', async () => {
    const id = await start()
    await crashed(id)
    run(kind(async () => ({ by: 'next' })))
    await ended(id)
    const late = makeJobLeases(postgres.worker, 'gone')
    await late.report(String(id), { rows: 1 })
    await late.finish(String(id), 'canceled', null)
    expect(await read(id)).toMatchObject({ state: 'done', result: { by: 'next' }, progress: {} })
    expect(await late.renew([String(id)])).toEqual([])
  })

  it('five times without progress ends the job, with progress it never does', async () => {
    const stuck = await start({ maxAttempts: 5 })
    for (let n = 0; n < 5; n++) await crashed(stuck)
    run(kind(async () => ({})))
    // The first of the five took it as an attempt; the runner finds the fifth crash.
    expect(await ended(stuck)).toMatchObject({ state: 'failed', error: { code: 'JOB_ABANDONED' } })
    await runners.pop()!.stop(1_000)
    const moving = await start({ maxAttempts: 5 })
    for (let n = 0; n < 12; n++) {
      await crashed(moving)
      await postgres.worker.query(`update tagtree.job set lease_until = now() + interval '1 minute' where id = $1`, [
        moving,
      ])
      await makeJobLeases(postgres.worker, 'gone').report(String(moving), { n })
      await postgres.worker.query(`update tagtree.job set lease_until = now() where id = $1`, [moving])
    }
    run(kind(async ({ progress }) => ({ ...progress })))
    expect(await ended(moving)).toMatchObject({ state: 'done', result: { n: 11 } })
  })
})
