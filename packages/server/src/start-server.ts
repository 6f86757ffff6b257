import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { openDataDirectory, readIfThere, writePrivately } from '@tagtree/engines/data-directory'
import type { Engines } from '@tagtree/engines/engines'
import { startEngines } from '@tagtree/engines/start-engines'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { type Config, DEFAULT_PORT, productVersion } from './config.js'
import { type Flow, wireFlow } from './flow.js'
import { checkMasterKey, openMasterKey } from './govern/master-key.js'
import { makeFirstUser } from './govern/people.js'
import { openLocalSession } from './govern/sessions.js'
import { makeApp } from './http/app.js'
import { makeIdempotency } from './http/idempotency.js'
import { openLog } from './http/log.js'
import { type Metrics, makeMetrics } from './http/metrics.js'
import { type ClickHouse, openClickHouse } from './store/clickhouse.js'
import { migratePostgres } from './store/migrate.js'
import { openPostgres, type PostgresPools } from './store/postgres.js'

export interface RunningServer {
  readonly address: string
  /** Of the local session that is also in <data>/run/address.json. */
  readonly token: string
  /** The password of the first user when this start made her and nobody had chosen one. */
  readonly firstPassword: string | null
  readonly flow: Flow
  readonly engines: Engines
  readonly postgres: PostgresPools
  readonly clickhouse: ClickHouse
  readonly log: Logger
  /** Stops everything, newest first; safe to call more than once. */
  stop(): Promise<void>
}

/** What <data>/run/address.json tells the commands typed on this machine. */
export interface LocalAddress {
  readonly address: string
  readonly token: string
  readonly pid: number
}

/** Prints a line in the terminal's language. */
export type Say = (zh: string, en: string) => void

const stopGraceMs = 5_000

/** Where a running server leaves its address; readable by its owner alone. */
export function addressFile(dataDirectory: string): string {
  return join(dataDirectory, 'run', 'address.json')
}

/**
 * Opens the engines, brings the schemas up to date, wires the stages and opens the port, in this order; whatever was
 * opened is closed again when a later step fails or `signal` is aborted.
 */
export async function startServer(
  config: Config,
  say: Say,
  signal: AbortSignal,
  launch: typeof startEngines = startEngines,
): Promise<RunningServer> {
  const opened: (() => Promise<void> | void)[] = []
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      for (const close of opened.reverse()) await close()
    })()
    return stopped
  }
  try {
    return await open({ config, say, signal, launch }, opened, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

interface Start {
  readonly config: Config
  readonly say: Say
  readonly signal: AbortSignal
  readonly launch: typeof startEngines
}

async function open(
  { config, say, signal, launch }: Start,
  opened: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<RunningServer> {
  const version = productVersion()
  openDataDirectory(config.dataDirectory)
  const { log, close } = openLog(join(config.dataDirectory, 'logs', 'server.log'), config.logLevel)
  opened.push(close)

  if (config.port !== null) await checkPort(config.host, config.port)
  const begun = performance.now()
  say('正在启动 PostgreSQL 与 ClickHouse …', 'starting PostgreSQL and ClickHouse …')
  const engines = await launch({
    dataDirectory: config.dataDirectory,
    databaseUrl: config.databaseUrl ?? undefined,
    clickhouseUrl: config.clickhouseUrl ?? undefined,
    clickhouseSqlPassword: config.clickhouseSqlPassword ?? undefined,
    clickhouseProgram: config.clickhouseProgram ?? undefined,
    memoryMiB: config.clickhouseMemoryMiB ?? undefined,
    log,
  })
  opened.push(() => engines.stop())
  signal.throwIfAborted()
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const { versions } = engines
  say(
    `PostgreSQL ${versions.postgres} 与 ClickHouse ${versions.clickhouse} 已就绪（${seconds} 秒）`,
    `PostgreSQL ${versions.postgres} and ClickHouse ${versions.clickhouse} are ready (${seconds} s)`,
  )
  engines.onState(({ engine, state }) => {
    const name = engine === 'postgres' ? 'PostgreSQL' : 'ClickHouse'
    if (state === 'restarting') say(`${name} 意外退出，正在重启 …`, `${name} stopped unexpectedly; restarting …`)
    if (state === 'up') say(`${name} 已恢复`, `${name} is up again`)
    if (state === 'failed') say(`${name} 无法重启，请查看日志`, `${name} cannot be restarted; see the log`)
  })

  const postgres = openPostgres(engines.postgres.url, (error) => log.warn({ err: error }, 'a connection was lost'))
  opened.push(() => postgres.close())
  const clickhouse = openClickHouse(engines.clickhouse)
  opened.push(() => clickhouse.close())
  const applied = await migratePostgres(postgres.owner)
  if (applied.length > 0)
    say(`数据库结构已更新（${applied.length} 步）`, `database schema updated (${applied.length} steps)`)
  const masterKey = openMasterKey(config.dataDirectory, config.masterKey)
  const keyPlace = config.masterKey ? 'TAGTREE_MASTER_KEY' : join(config.dataDirectory, 'keys', 'master')
  await checkMasterKey(postgres.app, masterKey, keyPlace)
  const firstUser = await makeFirstUser(postgres.app, config.adminPassword)
  signal.throwIfAborted()

  const metrics = makeMetrics()
  addEngineMetrics(metrics, engines)
  const processName = `${process.pid}-${randomBytes(4).toString('hex')}`
  const flow = await wireFlow({ config, engines, postgres, clickhouse, masterKey, metrics, log, processName })
  opened.push(() => flow.stop(stopGraceMs))
  signal.throwIfAborted()

  let refusing = false
  const giveUp = new AbortController()
  const app = await makeApp({
    routes: flow.routes,
    directory: flow.directory,
    idempotency: makeIdempotency(postgres.app, masterKey),
    masterKey,
    stopping: giveUp.signal,
    probes: { engines: () => askEngines(postgres, clickhouse) },
    metrics,
    log,
    language: config.language,
    version,
    isStopping: () => refusing,
  })
  const port = await listen(app, config)
  opened.push(async () => {
    refusing = true
    await closeApp(app, giveUp)
  })
  const address = `http://${hostForPeople(config.host)}:${port}`

  const file = addressFile(config.dataDirectory)
  const token = await openLocalSession(postgres.app, previousToken(file))
  writePrivately(file, `${JSON.stringify({ address, token, pid: process.pid } satisfies LocalAddress)}\n`)
  opened.push(() => rmSync(file, { force: true }))
  log.info({ address, version }, 'started')
  return {
    address,
    token,
    firstPassword: firstUser?.shown ?? null,
    flow,
    engines,
    postgres,
    clickhouse,
    log,
    stop,
  }
}

/** Refuses early, before minutes of first-time work; `listen` has the last word. @throws AppError PORT_TAKEN */
async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer()
  try {
    await new Promise<void>((resolve, reject) => probe.once('error', reject).listen({ host, port }, resolve))
  } catch (cause) {
    throw new AppError('PORT_TAKEN', { words: { port, host }, cause })
  }
  await new Promise((resolve) => probe.close(resolve))
}

/** The set port or none; without one 7411 or the next that is free. @throws AppError PORT_TAKEN */
async function listen(app: FastifyInstance, config: Config): Promise<number> {
  const candidates = config.port === null ? Array.from({ length: 50 }, (_, step) => DEFAULT_PORT + step) : [config.port]
  for (const port of candidates) {
    try {
      await app.listen({ host: config.host, port })
      return port
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : ''
      if (code === 'EADDRINUSE' || (code === 'EACCES' && config.port === null)) continue
      throw new AppError('PORT_TAKEN', { words: { port, host: config.host }, cause: error })
    }
  }
  throw new AppError('PORT_TAKEN', { words: { port: config.port ?? DEFAULT_PORT, host: config.host } })
}

/** Lets running requests end, then ends them; idle keep-alive connections are closed at once. */
async function closeApp(app: FastifyInstance, giveUp: AbortController): Promise<void> {
  const timer = setTimeout(() => {
    giveUp.abort()
    app.server.closeAllConnections()
  }, stopGraceMs)
  app.server.closeIdleConnections()
  await app.close()
  clearTimeout(timer)
}

async function askEngines(postgres: PostgresPools, clickhouse: ClickHouse) {
  const answers = (work: Promise<unknown>) =>
    Promise.race([
      work.then(
        () => true,
        () => false,
      ),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 3_000).unref()),
    ])
  const [postgresUp, clickhouseUp] = await Promise.all([
    answers(postgres.app.query('select 1')),
    answers(askClickHouse(clickhouse)),
  ])
  return { postgres: postgresUp, clickhouse: clickhouseUp }
}

async function askClickHouse({ connection }: ClickHouse): Promise<void> {
  const answer = await fetch(`${connection.url}/?query=SELECT%201`, {
    headers: { 'x-clickhouse-user': connection.user, 'x-clickhouse-key': connection.password },
    signal: AbortSignal.timeout(3_000),
  })
  if (!answer.ok) throw new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'ClickHouse' } })
}

function addEngineMetrics(metrics: Metrics, engines: Engines): void {
  metrics.gauges('tagtree_engine_up', 'Whether the engine is up (1) or restarting or failed (0)', 'engine', () => {
    const { postgres, clickhouse } = engines.state()
    return { postgres: postgres === 'up' ? 1 : 0, clickhouse: clickhouse === 'up' ? 1 : 0 }
  })
}

function previousToken(file: string): string | null {
  const text = readIfThere(file)
  if (text === undefined) return null
  try {
    const { token } = JSON.parse(text) as Partial<LocalAddress>
    return typeof token === 'string' ? token : null
  } catch {
    // Cut short by a crash; the session it named ends with the next one's making or by age.
    return null
  }
}

/** The address a person on this machine can open. */
function hostForPeople(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
