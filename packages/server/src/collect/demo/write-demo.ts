import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cell, RowWriter } from '@tagtree/connectors/files/row-writer'
import { writeCsv } from '@tagtree/connectors/files/write-csv'
import { writeNdjson } from '@tagtree/connectors/files/write-ndjson'
import { writeXlsx } from '@tagtree/connectors/files/write-xlsx'
import { makeDemo } from '@tagtree/core/demo/demo-rows'
import { DEMO_FILE_NAMES, DEMO_FILES, type DemoFileName, type DemoRow } from '@tagtree/core/demo/files/file'
import { DEMO_MAPPINGS } from '@tagtree/core/demo/mappings/mappings'
import { demoPeriods } from '@tagtree/core/demo/periods'
import type { DemoOptions } from '@tagtree/core/demo/shop'
import type { DemoTruth, PersonTruth } from '@tagtree/core/demo/truth'
import { AppError } from '@tagtree/core/kernel/app-error'

/** One file of the demo and the document that says what its columns mean. */
export interface WrittenFile {
  readonly name: DemoFileName
  readonly path: string
  /** Without the column names. */
  readonly rows: number
  /** The mapping as a JSON file. */
  readonly mappingPath: string
}

/** What was written. */
export interface WrittenDemo {
  /** Files in the order in which they are best imported. */
  readonly files: readonly WrittenFile[]
  readonly truth: DemoTruth
  /** Which identities belong to one person; reads are cheap, nothing is held. */
  people(): Generator<PersonTruth>
}

/**
 * Writes the demo shop's files into a directory, which is made when it is missing, and their mappings into its folder
 * `mappings`; its promotions as `calendar.json` for the workspace calendar. Files of the same names are replaced.
 * The same options write the same bytes.
 * @throws AppError FILE_NOT_WRITABLE
 */
export async function writeDemo(directory: string, options: DemoOptions): Promise<WrittenDemo> {
  const mappingDirectory = join(directory, 'mappings')
  await orUnwritable(directory, mkdir(mappingDirectory, { recursive: true }))
  const outputs = new Map(DEMO_FILE_NAMES.map((name) => [name, openOutput(directory, name)]))
  const demo = makeDemo(options)
  for (const row of demo.rows()) {
    const waiting = (outputs.get(row.file) as Output).write(row)
    if (waiting) await waiting
  }
  await Promise.all([...outputs.values()].map((output) => output.end()))
  const files = await Promise.all(
    DEMO_FILE_NAMES.map(async (name) => {
      const { path, rows } = outputs.get(name) as Output
      const mappingPath = join(mappingDirectory, `${name.slice(0, name.indexOf('.'))}.json`)
      await orUnwritable(mappingPath, writeFile(mappingPath, `${JSON.stringify(DEMO_MAPPINGS[name], null, 2)}\n`))
      return { name, path, rows, mappingPath }
    }),
  )
  const calendar = join(directory, 'calendar.json')
  const periods = demoPeriods(options.now)
  await orUnwritable(calendar, writeFile(calendar, `${JSON.stringify({ periods }, null, 2)}\n`))
  return { files, truth: demo.truth(), people: () => demo.people() }
}

async function orUnwritable(file: string, work: Promise<unknown>): Promise<void> {
  await work.catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_NOT_WRITABLE', { words: { file, reason }, cause })
  })
}

interface Output extends RowWriter<DemoRow> {
  readonly path: string
  /** Rows so far, without the column names. */
  readonly rows: number
}

function openOutput(directory: string, name: DemoFileName): Output {
  const path = join(directory, name)
  const file = DEMO_FILES[name]
  const table: RowWriter<readonly Cell[]> | null =
    file.format === 'csv'
      ? writeCsv(path, { ...file, formulas: 'keep' })
      : file.format === 'xlsx'
        ? writeXlsx(path, file)
        : null
  const log = table === null ? writeNdjson(path) : null
  let rows = 0
  return {
    path,
    get rows() {
      return rows
    },
    write(row) {
      rows++
      return 'cells' in row ? table?.write(row.cells) : log?.write(row.record)
    },
    async end() {
      await table?.end()
      await log?.end()
    },
  }
}
