import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { collectBatch } from '@tagtree/core/contract/batch'
import { saveDefinition } from '@tagtree/core/contract/catalogue'
import { createKey, createWorkspace } from '@tagtree/core/contract/govern'
import { showJob } from '@tagtree/core/contract/jobs'
import { runTags } from '@tagtree/core/contract/tag'
import { checkStored } from './fault-check.js'
import { again, ImportLoop } from './fault-imports.js'
import { type RunningServer, startServer } from './running-server.js'

/**
 * `npm run fault -- [times]`: kills the server, ClickHouse and PostgreSQL with signal 9, each so many times (10), while
 * files are imported, clients send batches and tags run. Then every fact must be there once, every import must tell what
 * is in its file, and every run of a tag must be there whole or not at all.
 */
const times = Number(process.argv[2] ?? 10)
const clients = 3
const batchSize = 100
const rowsPerFile = 60_000
const slug = 'fault'
const folder = mkdtempSync(join(tmpdir(), 'tagtree-fault-'))
// The operating system user of PostgreSQL has to pass it.
chmodSync(folder, 0o755)
const data = join(folder, 'data')

let server: RunningServer = await startServer(data)
let key: string | undefined
/** A program with a key of its own: the session of this machine changes with every start. */
const client = () => server.client(slug, key)
let stopping = false
let acknowledged = 0
let refused = 0
let isRunningTags = false
let tagRuns = 0
const fellInto = { import: 0, 'tag run': 0 }
const phases: Record<string, number> = {}

/** Sends batches until told to stop; a batch that was not acknowledged is sent again with the same ids. */
async function send(sender: number): Promise<void> {
  for (let batch = 0; !stopping; batch += 1) {
    const events = Array.from({ length: batchSize }, (_, at) => ({
      id: `${sender}-${batch}-${at}`,
      event: 'fault.sent',
      identities: { user_id: `u${sender}-${(batch * batchSize + at) % 500}` },
      properties: { amount: 1 },
    }))
    await again(() =>
      client()
        .call(collectBatch, { body: { events } })
        .catch((error: unknown) => {
          refused += 1
          throw error
        }),
    )
    acknowledged += events.length
    // Files need their turn on two cores.
    await pause(20)
  }
}

/** Runs tags one time after the other, so that kills fall into runs too. */
async function runTagsOnce(): Promise<void> {
  const { id } = await again(() => client().call(runTags, { body: {} }))
  isRunningTags = true
  for (;;) {
    const job = await again(() => client().call(showJob, { params: { id } }))
    if (job.state === 'failed' || job.state === 'canceled')
      throw new Error(`a run of tags ended: ${JSON.stringify(job)}`)
    if (job.state === 'done') break
    await pause(50)
  }
  isRunningTags = false
  tagRuns += 1
}

async function runAgainAndAgain(): Promise<void> {
  while (!stopping) {
    await runTagsOnce()
    await pause(300)
  }
}

async function importAgainAndAgain(loop: ImportLoop): Promise<void> {
  while (!stopping) await loop.importNext(rowsPerFile)
}

const definitions = [
  { kind: 'tag', id: 'sent', name: 'sent', who: 'everyone', assign: { value: { did: 'fault.sent' } } },
  {
    kind: 'tag',
    id: 'spent',
    name: 'spent',
    who: 'everyone',
    assign: { value: { did: 'order.paid', get: { sum: 'amount' } } },
  },
  {
    kind: 'tag',
    id: 'visitor',
    name: 'visitor',
    who: 'everyone',
    ordered: true,
    assign: { cut: { did: 'shop.visited' }, at: [20, 100, 300], values: ['rare', 'some', 'often', 'always'] },
  },
  { kind: 'segment', id: 'buyers', name: 'buyers', who: 'everyone', where: { did: 'order.paid', gte: 5 } },
]

function processesOf(what: 'clickhouse' | 'postgres'): number[] {
  const pattern = what === 'postgres' ? `postgres -D ${data}` : `--path ${data}`
  try {
    return execFileSync('pgrep', ['-f', '--', pattern], { encoding: 'utf8' }).trim().split('\n').map(Number)
  } catch {
    return []
  }
}

async function kill(what: 'server' | 'clickhouse' | 'postgres'): Promise<void> {
  const running = loops.flatMap(({ phase }) => (phase === null ? [] : [phase]))
  for (const phase of running) phases[phase] = (phases[phase] ?? 0) + 1
  if (running.length > 0) fellInto.import += 1
  if (isRunningTags) fellInto['tag run'] += 1
  if (what !== 'server') {
    const found = processesOf(what)
    if (found.length === 0) throw new Error(`no process of ${what} is there to be killed`)
    for (const pid of found) process.kill(pid, 'SIGKILL')
    return
  }
  process.kill(server.pid, 'SIGKILL')
  await pause(300)
  server = await startServer(data)
}

const loops = ImportLoop.kinds(client)
try {
  await server.client().call(createWorkspace, {
    body: { slug, name: slug, timeZone: 'Asia/Shanghai', currency: 'CNY', language: 'en' },
  })
  const made = await client().call(createKey, { body: { name: 'fault', scopes: ['read', 'write', 'import', 'admin'] } })
  key = made.key
  const senders = Promise.all(Array.from({ length: clients }, (_, sender) => send(sender)))
  for (const loop of loops) await loop.importNext(300)
  for (const document of definitions) {
    await again(() => client().call(saveDefinition, { params: { id: document.id }, body: { document } }))
  }
  const work = Promise.all([senders, runAgainAndAgain(), ...loops.map(importAgainAndAgain)])
  work.catch(() => undefined)
  for (let round = 1; round <= times; round += 1) {
    for (const what of ['server', 'clickhouse', 'postgres'] as const) {
      // Not before the one killed last is back and an import is under way again.
      await Promise.race([work, again(() => client().call(showJob, { params: { id: 1 } }))])
      while (loops.every(({ phase }) => phase === null)) await Promise.race([work, pause(20)])
      await Promise.race([work, pause(1_500 + 3_000 * Math.random())])
      await kill(what)
      const files = loops.reduce((sum, { files }) => sum + files.length, 0)
      console.log(
        `round ${round} of ${times}: ${what} killed; ${acknowledged} events acknowledged, ${files} files begun`,
      )
    }
  }
  stopping = true
  const healing = performance.now()
  await work
  // The log is ordered: when this file is in, everything before it is.
  for (const loop of loops) await loop.importNext(30)
  await runTagsOnce()
  console.log(`everything settled ${((performance.now() - healing) / 1000).toFixed(1)} s after the last kill`)
  await server.stop()

  const files = loops.flatMap((loop) => loop.files)
  const findings = await checkStored(data, { slug, sent: acknowledged, files })
  const facts = files.reduce((sum, file) => sum + file.facts, 0)
  console.log(
    `kills ${3 * times}, of which in an import ${fellInto.import} ${JSON.stringify(phases)}, in a run of tags ${fellInto['tag run']}`,
  )
  console.log(
    `events acknowledged ${acknowledged}, refused requests ${refused}; files ${files.length}, facts in them ${facts}`,
  )
  console.log(
    `orders given twice ${files.filter(({ reports }) => reports.length > 1).length}; runs asked for ${tagRuns}`,
  )
  const wrong = findings.filter(({ expected, found }) => expected !== found)
  for (const { what, expected, found } of wrong) console.log(`WRONG ${what}: expected ${expected}, found ${found}`)
  console.log(
    wrong.length === 0
      ? `${findings.length} comparisons: nothing lost, nothing doubled, no run half published`
      : `NOT EXACT: ${wrong.length} of ${findings.length} comparisons`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await server.stop()
  if (process.exitCode === 1) console.log(`the data is kept in ${data}`)
  else rmSync(folder, { recursive: true, force: true })
}
