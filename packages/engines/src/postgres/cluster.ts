import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { type DataDirectory, reasonOf } from '../data-directory.js'
import { startFailure } from '../engine-process.js'
import type { PostgresLogin } from './connect.js'
import type { OperatingSystemUser } from './operating-system-user.js'

interface NewCluster {
  readonly directory: DataDirectory
  readonly initdb: string
  readonly user: OperatingSystemUser | undefined
  readonly superuser: PostgresLogin
}

/**
 * Makes the PostgreSQL cluster when there is none, else only sees to it that it belongs to the right user.
 * Made beside its place and moved there when complete: killed half-way, the next start begins afresh.
 * @throws AppError ENGINE_START_FAILED, DATA_DIRECTORY_UNUSABLE
 */
export function makeCluster({ directory, initdb, user, superuser }: NewCluster): void {
  const draft = `${directory.postgres}.new`
  const passwordFile = join(directory.root, `postgres-password.new`)
  try {
    if (existsSync(join(directory.postgres, 'PG_VERSION'))) {
      giveTo(user, directory.postgres)
      return
    }
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { mode: 0o700 })
    if (user !== undefined) chownSync(draft, user.uid, user.gid)
    writeOwned(passwordFile, superuser.password, user)
    // Never the encoding of whoever starts it: text is UTF-8 and sorts by code point, everywhere the same.
    const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const made = spawnSync(
      initdb,
      ['-D', draft, '-U', superuser.user, '--pwfile', passwordFile, '-A', 'scram-sha-256', ...locale],
      {
        cwd: draft,
        encoding: 'utf8',
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
        ...(user && { uid: user.uid, gid: user.gid }),
      },
    )
    if (made.status !== 0) {
      const reason = made.error?.message ?? `initdb: ${made.stderr.trim() || `exit ${made.status}`}`
      throw startFailure('postgres', reason, '-', made.error)
    }
    renameSync(draft, directory.postgres)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const words = { path: directory.root, reason: reasonOf(cause) }
    throw new AppError('DATA_DIRECTORY_UNUSABLE', { words, cause })
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** Writes a file that only the user PostgreSQL runs as may read. */
export function writeOwned(file: string, text: string, user: OperatingSystemUser | undefined): void {
  const draft = `${file}.${process.pid}.new`
  rmSync(draft, { force: true })
  writeFileSync(draft, text, { mode: 0o600 })
  if (user !== undefined) chownSync(draft, user.uid, user.gid)
  renameSync(draft, file)
}

/** A directory made as one user and started as root later: PostgreSQL wants to own all of it. */
function giveTo(user: OperatingSystemUser | undefined, folder: string): void {
  chmodSync(folder, 0o700)
  if (user === undefined || statSync(folder).uid === user.uid) return
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, name), user.uid, user.gid)
  }
  chownSync(folder, user.uid, user.gid)
}
