import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngines } from '@tagtree/engines/start-engines'
import { openClickHouse } from '@tagtree/server/store/clickhouse'
import { migrateWorkspaceDatabase } from '@tagtree/server/store/migrate'
import { pino } from 'pino'
import { benchAudience } from './audience.js'
import { benchEvaluate } from './evaluate.js'
import { benchIdle } from './idle.js'
import { benchImport, hasRetailFile } from './import.js'
import { benchLanguage } from './language.js'
import { type BenchResult, table } from './measure.js'
import { benchPages } from './pages.js'
import { startServer } from './running-server.js'

/**
 * `npm run bench`: the product's promises about speed and memory, measured on this machine. Figures that are compared
 * are measured side by side in this one run. `-- --large` adds the ten times longer file and ten million people.
 */
const large = process.argv.includes('--large')
const folder = mkdtempSync(join(tmpdir(), 'tagtree-bench-'))
// The operating system user of PostgreSQL has to pass it.
chmodSync(folder, 0o755)
const results: BenchResult[] = []
const note = (found: readonly BenchResult[]): void => {
  results.push(...found)
  for (const result of found) console.log(`${result.name}: ${result.measured}`)
}

try {
  note(benchEvaluate())
  if (hasRetailFile()) {
    const server = await startServer(join(folder, 'server'))
    try {
      note(await benchImport(server, 1, folder))
      note(await benchPages(server.client('retail-1')))
      if (large) note(await benchImport(server, 10, folder))
    } finally {
      await server.stop()
    }
  } else console.log('the file of 541,909 order lines is not beside the project: its import is passed over')
  note(await benchIdle(join(folder, 'server')))
  note(await language())
  note(await audiences())
  console.log(`\n${table(results)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = results.some((result) => result.met === false) ? 1 : 0

async function language(): Promise<BenchResult[]> {
  const directory = join(folder, 'language')
  const server = await startServer(directory)
  try {
    return await benchLanguage(server, directory)
  } finally {
    await server.stop()
  }
}

async function audiences(): Promise<BenchResult[]> {
  const engines = await startEngines({ dataDirectory: join(folder, 'audience'), log: pino({ level: 'warn' }) })
  const clickhouse = openClickHouse(engines.clickhouse)
  try {
    await migrateWorkspaceDatabase(clickhouse, 'ws_0001')
    const workspace = clickhouse.workspace('ws_0001')
    const found = await benchAudience(workspace, 1_000_000)
    return large ? [...found, ...(await benchAudience(workspace, 10_000_000))] : found
  } finally {
    await clickhouse.close()
    await engines.stop()
  }
}
