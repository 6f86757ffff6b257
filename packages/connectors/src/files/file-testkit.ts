import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileReason } from '@tagtree/core/collect/reasons'
import { isSourceRow } from './file-row.js'
import { type FileOptions, openFile, type TableFile } from './open-file.js'

/** A folder for the files a test builds; `remove` deletes it. */
export async function makeFolder(): Promise<{
  write(name: string, content: string | Uint8Array): string
  remove(): void
}> {
  const folder = await mkdtemp(join(tmpdir(), 'tagtree-files-'))
  return {
    write: (name, content) => {
      mkdirSync(folder, { recursive: true })
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** All rows of a file: cells of the readable ones as arrays in column order, reasons of the broken ones. */
export interface ReadWhole {
  readonly table: TableFile
  readonly rows: unknown[][]
  readonly numbers: number[]
  readonly broken: { number: number; reason: FileReason; text: string }[]
}

/** Reads a whole small file. */
export async function readWhole(path: string, options: FileOptions = {}): Promise<ReadWhole> {
  const table = await openFile(path, options)
  const result: ReadWhole = { table, rows: [], numbers: [], broken: [] }
  try {
    for await (const group of table.rows()) {
      for (const row of group) {
        if (isSourceRow(row)) {
          result.rows.push(table.columns.map((name) => row.values[name] ?? null))
          result.numbers.push(row.number)
        } else {
          result.broken.push({ number: row.number, reason: row.broken, text: row.text })
        }
      }
    }
  } finally {
    await table.close()
  }
  return result
}
