/** The root holds only what the layout names, so that debris is noticed. */
import { execFileSync } from 'node:child_process'

const allowed = new Set([
  '.ci',
  '.dockerignore',
  '.github',
  '.gitignore',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'Dockerfile',
  'LICENSE',
  'README.md',
  'README.zh-CN.md',
  'bench',
  'biome.json',
  'docs',
  'e2e',
  'golden',
  'knip.json',
  'package-lock.json',
  'package.json',
  'packages',
  'scripts',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'tsconfig.json',
  'vitest.config.ts',
])
const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n')
const unknown = [...new Set(tracked.map((path) => path.split('/')[0]))].filter((name) => !allowed.has(name))
if (unknown.length > 0) {
  console.error(`not part of the layout: ${unknown.join(', ')}`)
  process.exit(1)
}
console.log('the root holds only what the layout names')
