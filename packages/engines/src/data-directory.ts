import { randomBytes } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'

/** The folders of one Tagtree. Only `root` may be entered by others, because PostgreSQL may run as another user. */
export interface DataDirectory {
  readonly root: string
  readonly postgres: string
  readonly clickhouse: string
  /** Passwords and the configuration that holds them; readable by the owner alone. */
  readonly keys: string
  /** What is true only while it runs: owner, address, logs, ports. */
  readonly run: string
}

/**
 * Makes the folders that are missing and checks that they can be written.
 * @throws AppError DATA_DIRECTORY_UNUSABLE
 */
export function openDataDirectory(path: string): DataDirectory {
  const root = resolve(path)
  const directory: DataDirectory = {
    root,
    postgres: join(root, 'postgres'),
    clickhouse: join(root, 'clickhouse'),
    keys: join(root, 'keys'),
    run: join(root, 'run'),
  }
  try {
    mkdirSync(root, { recursive: true, mode: 0o755 })
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
    for (const folder of [directory.clickhouse, directory.keys, directory.run]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      chmodSync(folder, 0o700)
    }
  } catch (cause) {
    throw new AppError('DATA_DIRECTORY_UNUSABLE', { words: { path: root, reason: reasonOf(cause) }, cause })
  }
  return directory
}

/** The secret of that name in keys/: 48 hex digits, made at the first call and the same for ever after. */
export function secretOf(directory: DataDirectory, name: string): string {
  const file = join(directory.keys, name)
  const known = readIfThere(file)
  if (known !== undefined && known.trim() !== '') return known.trim()
  const secret = randomBytes(24).toString('hex')
  writePrivately(file, `${secret}\n`)
  return secret
}

/** Writes a file that only the owner may read; a reader sees the old or the new text, never half of it. */
export function writePrivately(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, file)
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

/** The message of anything that was thrown. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
