/**
 * Sets up a fresh clone: the right Node.js, the locked packages, the compiled sources. Does only what is missing and
 * says what it is doing. Runs before start, test, check and bench; uses nothing but Node.js and npm.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Tagtree needs Node.js 20.19 or newer; this is ${process.version}. Install a newer one from https://nodejs.org/`,
  )
  process.exit(1)
}
if (process.platform === 'win32') {
  console.error('Tagtree runs on Linux and macOS. On Windows use WSL2 and start it there.')
  process.exit(1)
}

const say = (text) => console.log(`[prepare] ${text}`)
const run = (command, args) => {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (result.error) throw result.error
  if (result.status !== 0) {
    console.error(
      `[prepare] "${command} ${args.join(' ')}" failed. Correct what it says above, then run the command again.`,
    )
    process.exit(result.status ?? 1)
  }
}

const lockHash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
const stamp = join('node_modules', '.tagtree-lock')
const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash
if (!installed) {
  const started = Date.now()
  say(
    'installing packages from the npm registry (about 1 GB with the two database engines; a few minutes the first time) …',
  )
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lockHash)
  say(`packages installed in ${Math.round((Date.now() - started) / 1000)} s`)
}

const built = existsSync(join('packages', 'cli', 'dist'))
if (!built || process.argv.includes('--force')) say('compiling the sources …')
run(process.execPath, [join('node_modules', '@typescript', 'native', 'bin', 'tsc'), '-b', 'tsconfig.build.json'])
