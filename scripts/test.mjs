/** Runs all tests and closes with one line that counts them. Arguments go to vitest (a file name runs that file). */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const report = join('.cache', 'test-report.json')
mkdirSync('.cache', { recursive: true })
rmSync(report, { force: true })

const result = spawnSync(
  process.execPath,
  [
    join('node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)

let passed = 0
let failed = 0
try {
  const summary = JSON.parse(readFileSync(report, 'utf8'))
  passed = summary.numPassedTests
  // A file that could not be loaded holds no test that could fail, so it is counted itself.
  const brokenFiles = summary.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  failed = summary.numFailedTests + brokenFiles.length
} catch {
  failed = 1
}
if (result.status !== 0 && failed === 0) failed = 1
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 ? 1 : 0)
