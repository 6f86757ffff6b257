/**
 * Completes package-lock.json with the optional packages of other platforms.
 *
 * A registry that does not carry them when the lock is made leaves them out, and `npm ci` then refuses the lock with
 * "Missing: … from lock file". With --check nothing is written and the exit code says whether an entry is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const packages = lock.packages
const known = Object.keys(packages)
const pick = (text, words) => words.find((word) => text.includes(word))
const missing = []

for (const [at, manifest] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(at ? (manifest.optionalDependencies ?? {}) : {})) {
    if (known.some((key) => key.endsWith(`node_modules/${name}`))) continue
    const short = name.split('/').at(-1)
    const os = pick(short, ['darwin', 'win32', 'android', 'freebsd', 'openharmony']) ?? 'linux'
    const cpu = pick(short, ['x64', 'arm64', 'ia32', 'riscv64', 'ppc64', 's390x']) ?? 'arm'
    missing.push(name)
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      cpu: [cpu],
      ...(manifest.dev ? { dev: true } : {}),
      optional: true,
      os: [os],
      ...(os === 'linux' ? { libc: [short.includes('musl') ? 'musl' : 'glibc'] } : {}),
    }
  }
}

if (process.argv.includes('--check')) {
  if (missing.length > 0) {
    console.error(`package-lock.json lacks ${missing.length} optional packages: ${missing.join(', ')}`)
    console.error('Run: node scripts/complete-lock.mjs')
    process.exit(1)
  }
  console.log('package-lock.json lists the optional packages of every platform')
} else {
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`added ${missing.length} entries to package-lock.json`)
}
