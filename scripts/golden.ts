/**
 * Writes golden/expected: for each definition of golden/definitions its sentences, plan, SQL, and over golden/seed its
 * fits and rows. With --check nothing is written and no engine is started: the exit code says whether sentences, plans
 * and SQL are what the files say (rows are checked by the tests).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const self = fileURLToPath(import.meta.url)
const root = join(self, '..', '..')

// Packages find each other's sources, not their last build, only under this condition.
if (!process.execArgv.includes('--conditions=source')) {
  const args = ['--conditions=source', '--import', 'tsx', self, ...process.argv.slice(2)]
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1)
}

const { readGolden } = await import('../packages/server/src/tag/testing/golden-files.js')
const { compiledText, COMPUTED } = await import('../packages/server/src/tag/testing/golden-text.js')
const golden = readGolden(root)
const expected = join(root, 'golden', 'expected')
const fileOf = (id: string) => join(expected, `${id}.txt`)

if (process.argv.includes('--check')) {
  const stale = [...golden.documents.keys()].filter((id) => {
    if (!existsSync(fileOf(id))) return true
    const [text] = readFileSync(fileOf(id), 'utf8').trimEnd().split(`\n\n${COMPUTED}`)
    return text !== compiledText(golden, id)
  })
  const left = readdirSync(expected).filter((file) => !golden.documents.has(file.slice(0, -'.txt'.length)))
  if (stale.length > 0) console.error(`not what the compiler makes: ${stale.join(', ')}`)
  if (left.length > 0) console.error(`without a definition: ${left.join(', ')}`)
  if (stale.length + left.length > 0) console.error('run npm run golden and read the difference')
  process.exit(stale.length + left.length === 0 ? 0 : 1)
}

const { withGoldenEngine } = await import('../packages/server/src/tag/testing/golden-engine.js')
await withGoldenEngine(golden, async (textOf) => {
  const texts = new Map<string, string>()
  for (const id of golden.documents.keys()) texts.set(id, await textOf(id))
  rmSync(expected, { recursive: true, force: true })
  mkdirSync(expected, { recursive: true })
  for (const [id, text] of texts) writeFileSync(fileOf(id), text)
})
console.log(`${golden.documents.size} files in golden/expected`)
process.exit(0)
