import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'

/** Whom PostgreSQL runs as. */
export interface OperatingSystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const NAME = 'postgres'
const CREATE_COMMAND = `useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ${NAME}`

/**
 * PostgreSQL refuses to run as root. As root: the user `postgres`, made when missing. As anybody else: undefined, which
 * means the present user.
 * @throws AppError ENGINE_USER_UNAVAILABLE
 */
export function userForPostgres(): OperatingSystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const known = lookUp()
  if (known !== undefined) return usable(known)
  const [program = '', ...args] = CREATE_COMMAND.split(' ')
  const made = spawnSync(program, args, { encoding: 'utf8' })
  const created = lookUp()
  if (created !== undefined) return usable(created)
  throw unavailable(made.error?.message ?? (made.stderr.trim() || `${program} did not make it`))
}

/**
 * Checks that the user may enter every folder on the way to `path`, as the system itself decides it.
 * @throws AppError ENGINE_PATH_BLOCKED naming the first folder that is closed; `what` says in the message what to move
 */
export function checkPassable(user: OperatingSystemUser, path: string, what: string): void {
  const folders: string[] = []
  for (let folder = path; folders[0] !== folder; folder = dirname(folder)) folders.unshift(folder)
  const script = 'for folder; do [ -x "$folder" ] || { printf %s "$folder"; exit 1; }; done'
  const asked = spawnSync('/bin/sh', ['-c', script, 'sh', ...folders], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    encoding: 'utf8',
  })
  if (asked.status === 0) return
  throw new AppError('ENGINE_PATH_BLOCKED', { words: { user: user.name, folder: asked.stdout || path, what } })
}

function lookUp(): OperatingSystemUser | undefined {
  const uid = idOf('-u')
  const gid = idOf('-g')
  return uid === undefined || gid === undefined ? undefined : { name: NAME, uid, gid }
}

function idOf(flag: string): number | undefined {
  const asked = spawnSync('id', [flag, NAME], { encoding: 'utf8' })
  return asked.status === 0 ? Number(asked.stdout) : undefined
}

/** A root without the right to become somebody else (some containers) is found out here and not in the middle. */
function usable(user: OperatingSystemUser): OperatingSystemUser {
  const tried = spawnSync('/bin/sh', ['-c', 'exit 0'], { uid: user.uid, gid: user.gid, cwd: '/' })
  if (tried.status === 0) return user
  throw unavailable(tried.error?.message ?? `a process could not be started as ${user.name}`)
}

function unavailable(reason: string): AppError {
  return new AppError('ENGINE_USER_UNAVAILABLE', { words: { reason, command: CREATE_COMMAND } })
}
