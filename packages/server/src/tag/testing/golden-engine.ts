import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngines } from '@tagtree/engines/start-engines'
import { openClickHouse } from '../../store/clickhouse.js'
import { migrateWorkspaceDatabase } from '../../store/migrate.js'
import { createOverrideDictionary } from '../../store/workspace-store.js'
import type { Golden } from './golden-files.js'
import { wholeText, writeGoldenWorld } from './golden-text.js'

/** Starts engines of its own in a temporary directory with the seed in them, for as long as `work` takes. */
export async function withGoldenEngine(
  golden: Golden,
  work: (textOf: (id: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tagtree-golden-'))
  chmodSync(dataDirectory, 0o755) // PostgreSQL may run as another user
  const engines = await startEngines({
    dataDirectory,
    log: { info: () => {}, warn: console.warn, error: console.error },
  })
  const clickhouse = openClickHouse(engines.clickhouse)
  try {
    await migrateWorkspaceDatabase(clickhouse, 'ws_0001')
    const workspace = clickhouse.workspace('ws_0001')
    await createOverrideDictionary(clickhouse, workspace)
    await writeGoldenWorld(golden, workspace)
    await work((id) => wholeText(golden, id, workspace))
  } finally {
    await clickhouse.close()
    await engines.stop()
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}
