import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@tagtree/core/kernel/app-error'

/**
 * Writes streamed bytes to a file; answers how many. The file appears when all of it has come: what is cut off leaves a
 * former one untouched.
 * @throws AppError FILE_NOT_WRITABLE
 */
export async function writeTo(file: string, body: AsyncIterable<Uint8Array>): Promise<number> {
  const part = `${file}.part`
  const target = createWriteStream(part)
  let failure: Error | undefined
  // A body that breaks ends the file's stream with its own error, which is no fault of the disk.
  target.once('error', (error) => {
    if ('syscall' in error) failure = error
  })
  try {
    await pipeline(Readable.from(body), target)
    await rename(part, file).catch((error: Error) => {
      failure = error
      throw error
    })
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    if (failure === undefined || failure !== error) throw error
    throw new AppError('FILE_NOT_WRITABLE', { words: { file, reason: failure.message }, cause: error })
  }
  return target.bytesWritten
}
