import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { compile } from '@tagtree/core/compile/compile'
import { collectBatch } from '@tagtree/core/contract/batch'
import { saveDefinition } from '@tagtree/core/contract/catalogue'
import type { Client } from '@tagtree/core/contract/client'
import { explainSubject } from '@tagtree/core/contract/explain'
import { createWorkspace } from '@tagtree/core/contract/govern'
import { showJob } from '@tagtree/core/contract/jobs'
import { countAudience } from '@tagtree/core/contract/segment'
import { runTags } from '@tagtree/core/contract/tag'
import { buildCatalog } from '@tagtree/core/language/testing/catalog-builder'
import { askClickHouse } from '@tagtree/engines/clickhouse/http'
import { languageTags, manyConditions, threeSteps } from './language-tags.js'
import { type BenchResult, percentile, timeEach } from './measure.js'
import type { RunningServer } from './running-server.js'

const people = 1_000_000
const events = 10_000_000
const slug = 'language'
const days = 540
/** People who came through the log, with identities: those are explained. */
const knownPeople = 300
const mostMemoryMiB = 4096

/**
 * Thirty mixed tags, audiences, a sequence and explanations over a million people and ten million events. The rows are
 * written straight into the tables, as the log would have left them; everything measured goes through the API.
 */
export async function benchLanguage(server: RunningServer, dataDirectory: string): Promise<BenchResult[]> {
  await server
    .client()
    .call(createWorkspace, { body: { slug, name: slug, timeZone: 'Asia/Shanghai', currency: 'CNY' } })
  const client = server.client(slug)
  await client.call(collectBatch, { body: oneOfEach() })
  for (let from = 1; from < knownPeople; from += 50) await client.call(collectBatch, { body: someOrders(from) })
  const engine = engineOf(dataDirectory)
  await until(async () => (await engine.database()) !== null)
  await engine.fill((await engine.database())!)
  const tags = languageTags()
  for (const document of tags) await client.call(saveDefinition, { params: { id: document.id }, body: { document } })
  const watch = watchMemory(server.pid)
  const first = await timeRun(client, undefined)
  const memory = watch.stop()
  // The first run writes every value; from then on all together and one by one write what changed alone.
  const together = await timeRun(client, undefined)
  let oneByOne = 0
  for (const { id } of tags) oneByOne += await timeRun(client, [id])
  const audience = await timeCounts(client, manyConditions())
  const tagsOnly = await timeCounts(client, tagConditions(tags))
  const sequence = await timeCounts(client, threeSteps())
  const explained = await timeExplanations(client, tags)
  return [
    atMost('first run of 30 tags, 1 M people, 10 M events', first / 1000, 60, 's'),
    { name: 'the same when few values changed', measured: `${(together / 1000).toFixed(1)} s`, target: '', met: null },
    atMost('the same: peak memory of the server and both engines', memory, mostMemoryMiB, 'MiB'),
    atMost('30 tags together / one by one', together / oneByOne, 0.5, ''),
    atMost('count of 12 conditions over events and tags, p95', audience / 1000, 1.5, 's'),
    atMost('count of 12 conditions over tags only, p95', tagsOnly, 50, 'ms'),
    atMost('count of a sequence of 3 steps over 10 M events', sequence / 1000, 5, 's'),
    atMost('explain one subject, p95', explained, 200, 'ms'),
    ...benchCompile(),
  ]
}

/** Median time to compile each of the tags, the slowest of them reported. */
export function benchCompile(): BenchResult[] {
  const documents = languageTags()
  const catalog = buildCatalog({
    events: {
      'order.paid': { order_id: 'text', amount: 'money', channel: 'text', city: 'text' },
      'page.viewed': { category: 'text', seconds: 'number' },
      'cart.added': { sku: 'text' },
    },
    attributes: { city: 'text', level: 'text', points: 'number', birthday: 'date' },
    definitions: documents,
  })
  const medians = documents.map(({ id }) => {
    const body = catalog.definitions.get(id)!.body
    const samples = Array.from({ length: 15 }, () => {
      const begun = performance.now()
      compile([body], {
        catalog,
        database: 'ws_0001',
        asOf: Date.UTC(2026, 5, 1),
        knownSeq: null,
        excludedImports: [],
        hasSuperseded: false,
        attributes: 'current',
        tags: { mode: 'recompute' },
      }).statement(new Map())
      return performance.now() - begun
    })
    return { id, ms: percentile(samples.slice(5), 0.5) }
  })
  const slowest = medians.reduce((a, b) => (b.ms > a.ms ? b : a))
  return [atMost(`compile the slowest of 30 tags (${slowest.id})`, slowest.ms, 5, 'ms')]
}

function atMost(name: string, measured: number, target: number, unit: string): BenchResult {
  const shown = measured < 10 ? measured.toFixed(2) : measured.toFixed(0)
  return { name, measured: `${shown} ${unit}`.trim(), target: `<= ${target} ${unit}`.trim(), met: measured <= target }
}

/** One of each event and attribute, so that the catalogue and the columns are there. */
function oneOfEach() {
  const identities = { user_id: 'first' }
  const event = (name: string, properties: Record<string, string | number>) => ({
    id: name,
    event: name,
    identities,
    properties,
  })
  return {
    events: [
      event('order.paid', { order_id: 'o', amount: 1.5, channel: 'app', city: 'c1' }),
      event('page.viewed', { category: 'k1', seconds: 3.5 }),
      event('cart.added', { sku: 's1' }),
    ],
    attributes: [
      { id: 'attributes', identities, set: { city: 'c1', level: 'gold', points: 1.5, birthday: '1990-01-01' } },
    ],
  }
}

/** Fifty people with ten events each. */
function someOrders(from: number) {
  const of = (person: number, at: number) => ({
    id: `${person}-${at}`,
    event: at % 3 === 0 ? 'order.paid' : 'page.viewed',
    identities: { user_id: `u${person}` },
    time: new Date(Date.now() - (person + at * 17) * 86_400_000).toISOString(),
    properties:
      at % 3 === 0 ? { order_id: `p${person}-${at}`, amount: 90 + at, channel: 'app' } : { category: `k${at}` },
  })
  const people = Array.from({ length: 50 }, (_, index) => from + index)
  return { events: people.flatMap((person) => Array.from({ length: 10 }, (_, at) => of(person, at))) }
}

/** The embedded ClickHouse of a data directory, asked as the server asks it. */
function engineOf(dataDirectory: string) {
  const read = (...path: string[]): string => readFileSync(join(dataDirectory, ...path), 'utf8').trim()
  const { clickhouseHttp } = JSON.parse(read('run', 'ports.json')) as { clickhouseHttp: number }
  const access = { url: `http://127.0.0.1:${clickhouseHttp}`, user: 'app', password: read('keys', 'clickhouse-app') }
  const ask = async (sql: string): Promise<string> => (await askClickHouse(access, sql, 600_000)).text
  /** The database whose attributes have arrived, with their columns in the order of their keys. */
  const database = async (): Promise<string | null> => {
    const found = await ask(
      `SELECT database FROM system.columns WHERE table = 'events' AND name = 'p_seconds' FORMAT TSV`,
    )
    const name = found.trim()
    if (name === '') return null
    const rows = await ask(`SELECT count() FROM ${name}.attributes FORMAT TSV`)
    return Number(rows) > 0 ? name : null
  }
  return { database, fill: (name: string) => fill(name, ask) }
}

async function fill(database: string, ask: (sql: string) => Promise<string>): Promise<void> {
  const columns = (
    await ask(`SELECT name, type FROM system.columns WHERE database = '${database}' AND table = 'attributes'
    AND name LIKE 'a\\_%' ORDER BY position FORMAT TSV`)
  )
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string])
  const texts = columns.filter(([, type]) => type.includes('String')).map(([name]) => name)
  const number = columns.find(([, type]) => type.includes('Decimal'))![0]
  const date = columns.find(([, type]) => type.includes('DateTime'))![0]
  const from = 1000
  await ask(`INSERT INTO ${database}.nodes (node_id, subject, profile_id, import_id, strong, first_ts, seq)
    SELECT number + ${from}, 1, number + ${from}, 0, 1, now64(3) - toIntervalDay(${days + 10}), number
    FROM numbers(${people})`)
  await ask(`INSERT INTO ${database}.attributes (profile_id, subject, version, deleted, ${texts.join(', ')}, ${number}, ${date})
    SELECT number + ${from}, 1, 1, 0, ${texts.map((_, place) => `concat('c', toString(intHash32(number + ${place}) % 20))`).join(', ')},
      toDecimal64(intHash32(number + 7) % 5000, 4), toDateTime64('1960-01-01 00:00:00', 3, 'UTC') + toIntervalDay(intHash32(number) % 18000)
    FROM numbers(${people})`)
  // A few people do most of what is done.
  await ask(`INSERT INTO ${database}.events (event, subject, profile_id, ts, seq, node_id, source_id, import_id, message_hash,
      p_order_id, p_amount, p_channel, p_city, p_category, p_seconds, p_sku)
    SELECT multiIf(kind < 25, 'order.paid', kind < 80, 'page.viewed', 'cart.added') AS e, 1, p,
      now64(3) - toIntervalSecond(intHash32(number * 3 + 1) % (${days} * 86400)), number + 10000000, p, 1, 0, number,
      if(e = 'order.paid', concat('o', toString(number)), NULL), if(e = 'order.paid', toDecimal64(intHash32(number + 5) % 100000, 4) / 100, NULL),
      if(e = 'order.paid', ['app', 'web', 'store'][1 + number % 3], NULL), if(e = 'order.paid', concat('c', toString(number % 20)), NULL),
      if(e = 'page.viewed', concat('k', toString(number % 30)), NULL), if(e = 'page.viewed', toDecimal64(number % 90, 4), NULL),
      if(e = 'cart.added', concat('s', toString(number % 500)), NULL)
    FROM (SELECT number, intHash32(number) % 100 AS kind,
      toUInt32(${from} + floor(pow(intHash32(number + 9) / 4294967296, 2) * ${people})) AS p FROM numbers(${events}))`)
}

async function timeRun(client: Client, ids: readonly string[] | undefined): Promise<number> {
  const begun = performance.now()
  const { id } = await client.call(runTags, { body: { refit: true, ...(ids === undefined ? {} : { ids: [...ids] }) } })
  await until(async () => {
    const job = await client.call(showJob, { params: { id } })
    if (job.state === 'failed') throw new Error(`the run failed: ${JSON.stringify(job)}`)
    return job.state === 'done'
  })
  return performance.now() - begun
}

async function timeCounts(client: Client, where: object): Promise<number> {
  const document = { kind: 'segment', id: 'bench_segment', name: 'bench', where }
  const samples = await timeEach(8, 2, () => client.call(countAudience, { body: { document } }))
  return percentile(samples, 0.95)
}

async function timeExplanations(client: Client, tags: readonly { id: string }[]): Promise<number> {
  let at = 0
  const samples = await timeEach(30, 3, () => {
    at += 1
    return client.call(explainSubject, {
      params: { id: 2 + at },
      query: { definition: tags[at % tags.length]!.id },
    })
  })
  return percentile(samples, 0.95)
}

/** Twelve conditions that stored values of tags answer. */
function tagConditions(tags: readonly { id: string; kind: string; assign?: object }[]): object {
  const coded = tags.filter((tag) => tag.kind === 'tag' && tag.assign !== undefined && 'rules' in tag.assign)
  const conditions = Array.from({ length: 12 }, (_, index) => ({
    tag: coded[index % coded.length]!.id,
    known: index % 3 !== 2,
  }))
  return { any: [{ all: conditions.slice(0, 6) }, { all: conditions.slice(6) }] }
}

/** Largest sum of resident memory of a server and everything it started, MiB, looked at ten times a second. */
function watchMemory(pid: number): { stop(): number } {
  let most = 0
  const look = (): void => {
    most = Math.max(
      most,
      familyOf(pid).reduce((sum, one) => sum + residentMiB(one), 0),
    )
  }
  const timer = setInterval(look, 100)
  return {
    stop: () => {
      clearInterval(timer)
      return most
    },
  }
}

function familyOf(pid: number): number[] {
  let children: number[] = []
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
  return [pid, ...children.flatMap(familyOf)]
}

function residentMiB(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 600_000
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error('it did not come to an end')
    await pause(100)
  }
}
