import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@tagtree/core/kernel/app-error'

/** A cell of a written table. A Date is a day or moment as it shall be shown, held as UTC. */
export type Cell = string | number | boolean | Date | null

/** Writes a file row by row; memory does not grow with the file. */
export interface RowWriter<Row> {
  /**
   * Takes one row. Gives a promise only when the disk has to catch up: wait for it before the next row.
   * @throws AppError FILE_NOT_WRITABLE
   */
  write(row: Row): Promise<void> | undefined
  /**
   * Ends the file; everything is written when the promise is kept.
   * @throws AppError FILE_NOT_WRITABLE
   */
  end(): Promise<void>
}

/**
 * A writer that puts rows into `entry` and the bytes that come out of `stages` into the file at `path`, which is
 * replaced. `stages` begins with what reads `entry`, or with `entry` itself.
 */
export function writeThrough<Row>(
  path: string,
  entry: Writable,
  stages: readonly [Readable, ...NodeJS.ReadWriteStream[]],
): RowWriter<Row> {
  let failure: AppError | null = null
  const written = pipeline([...stages, createWriteStream(path)]).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    failure = new AppError('FILE_NOT_WRITABLE', { words: { file: path, reason }, cause })
    throw failure
  })
  // A failure is told at the next row or at the end; until then nobody waits for it.
  written.catch(() => undefined)
  return {
    write(row) {
      if (failure) throw failure
      if (entry.write(row)) return undefined
      // Whichever stream breaks, the story that is told is that of the file.
      const drained = once(entry, 'drain').catch(() => written)
      return Promise.race([drained, written]).then(() => undefined)
    },
    async end() {
      if (!failure) entry.end()
      await written
    },
  }
}
