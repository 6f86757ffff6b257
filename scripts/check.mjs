/** All static checks, each by name; goes on after a failure so that one run shows everything. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const node = process.execPath
const bin = (name, path) => [node, [join('node_modules', name, path)]]
const script = (name, ...args) => [node, [join('scripts', name), ...args]]
const typed = (name, ...args) => [node, ['--import', 'tsx', join('scripts', name), ...args]]
const withArgs = ([command, args], ...more) => [command, [...args, ...more]]

const checks = {
  'format and lint': withArgs(bin('@biomejs/biome', 'bin/biome'), 'check', '.', '--error-on-warnings'),
  types: withArgs(bin('@typescript/native', 'bin/tsc'), '-p', 'tsconfig.json'),
  'import directions': script('check-imports.mjs'),
  'dead code': withArgs(bin('knip', 'bin/knip.js'), '--no-progress'),
  'files at the root': script('check-root.mjs'),
  'package lock': script('complete-lock.mjs', '--check'),
  'errors page': typed('errors-doc.ts', '--check'),
  'golden files': typed('golden.ts', '--check'),
}

const failed = []
for (const [name, [command, args]] of Object.entries(checks)) {
  const started = Date.now()
  const result = spawnSync(command, args, { encoding: 'utf8' })
  const ok = result.status === 0
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  if (!ok) {
    failed.push(name)
    console.log(`${result.stdout}${result.stderr}${result.error ?? ''}`)
  }
}
console.log(failed.length === 0 ? 'all checks passed' : `failed: ${failed.join(', ')}`)
process.exit(failed.length === 0 ? 0 : 1)
