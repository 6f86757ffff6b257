import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type DataDirectory, readIfThere, writePrivately } from './data-directory.js'
import { startOf } from './process-table.js'

/** The hold of this process on a data directory. */
export interface DirectoryLock {
  release(): void
}

interface Owner {
  readonly pid: number
  /** See startOf(): tells this process from a later one with the same id. */
  readonly start: string
  /** False while it still looks whether anybody else is there. */
  readonly holds: boolean
}

/** Longer than two newcomers meet again and again, and than a killed process takes to be gone. */
const PATIENCE_MS = 1500

/**
 * Takes the data directory for this process.
 *
 * Each process announces itself in a file of its own and then looks at the files of the others, so of two that come at
 * the same moment at least one sees the other; whoever sees another withdraws and tries again a little later. What a killed
 * process left is recognised by its id and start time, and may be removed by anybody at any time, because no other
 * process will ever use that name: there is no moment in which two can take the same stale lock.
 * @throws AppError DATA_DIRECTORY_IN_USE
 */
export async function lockDirectory(directory: DataDirectory): Promise<DirectoryLock> {
  const folder = join(directory.run, 'owners')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const start = startOf(process.pid) ?? ''
  const own = `${process.pid}-${start.replaceAll(/\W+/g, '_')}.json`
  const announce = (holds: boolean): void =>
    writePrivately(join(folder, own), JSON.stringify({ pid: process.pid, start, holds } satisfies Owner))
  const withdraw = (): void => rmSync(join(folder, own), { force: true })

  const giveUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    if (readIfThere(join(folder, own)) !== undefined) throw inUse(directory, process.pid) // this very process has it
    announce(false)
    const others = livingOwners(folder, own)
    if (others.length === 0) {
      announce(true)
      return { release: withdraw }
    }
    withdraw()
    if (performance.now() > giveUpAt) {
      const holder = others.find((owner) => owner.holds) ?? others[0]
      throw inUse(directory, holder?.pid ?? 0)
    }
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150))
  }
}

function livingOwners(folder: string, own: string): Owner[] {
  const living: Owner[] = []
  for (const name of readdirSync(folder)) {
    if (name === own || !name.endsWith('.json')) continue
    const owner = readOwner(join(folder, name))
    if (owner !== undefined && startOf(owner.pid) === owner.start) living.push(owner)
    else rmSync(join(folder, name), { force: true })
  }
  return living
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner
  } catch {
    return undefined // withdrawn meanwhile; files appear whole, so it was not half-written
  }
}

function inUse(directory: DataDirectory, pid: number): AppError {
  const address = readIfThere(addressFileOf(directory))?.trim()
  const words = { path: directory.root, pid, address: address ? `: ${address}` : '' }
  return new AppError('DATA_DIRECTORY_IN_USE', { words })
}

/** Where the server writes the address it listens on, for people and programs that look for the running one. */
export function addressFileOf(directory: Pick<DataDirectory, 'run'>): string {
  return join(directory.run, 'address')
}
