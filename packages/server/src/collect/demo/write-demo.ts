import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cell, RowWriter } from '@tagtree/connectors/files/row-writer'
import { writeCsv } from '@tagtree/connectors/files/write-csv'
import { writeNdjson } from '@tagtree/connectors/files/write-ndjson'
import { writeXlsx } from '@tagtree/connectors/files/write-xlsx'
import { makeDemo } from '@tagtree/core/demo/demo-rows'
import { DEMO_FILE_NAMES, DEMO_FILES, type DemoFileName, type DemoRow } from '@tagtree/core/demo/files/file'
import type { DemoOptions } from '@tagtree/core/demo/shop'
import type { DemoTruth, PersonTruth } from '@tagtree/core/demo/truth'
import { AppError } from '@tagtree/core/kernel/app-error'

/** What was written. */
export interface WrittenDemo {
  /** Files in the order in which they are best imported. */
  readonly files: readonly { readonly name: DemoFileName; readonly path: string; readonly rows: number }[]
  readonly truth: DemoTruth
  /** Which identities belong to one person; reads are cheap, nothing is held. */
  people(): Generator<PersonTruth>
}

/**
 * Writes the demo shop's files into a directory, which is made when it is missing; files of the same names are replaced.
 * The same options write the same bytes.
 * @throws AppError FILE_NOT_WRITABLE
 */
export async function writeDemo(directory: string, options: DemoOptions): Promise<WrittenDemo> {
  await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_NOT_WRITABLE', { words: { file: directory, reason }, cause })
  })
  const outputs = new Map(DEMO_FILE_NAMES.map((name) => [name, openOutput(directory, name)]))
  const demo = makeDemo(options)
  for (const row of demo.rows()) {
    const waiting = (outputs.get(row.file) as Output).write(row)
    if (waiting) await waiting
  }
  await Promise.all([...outputs.values()].map((output) => output.end()))
  const files = DEMO_FILE_NAMES.map((name) => {
    const { path, rows } = outputs.get(name) as Output
    return { name, path, rows }
  })
  return { files, truth: demo.truth(), people: () => demo.people() }
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
