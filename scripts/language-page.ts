/** Writes the sentences and values below the documents of docs/language.md and docs/language.zh-CN.md; then read the difference. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const self = fileURLToPath(import.meta.url)
// Packages find each other's sources, not their last build, only under this condition.
if (!process.execArgv.includes('--conditions=source')) {
  const args = ['--conditions=source', '--import', 'tsx', self]
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1)
}

const { filledPage } = await import('../packages/core/src/plan/testing/language-page.js')
for (const [language, name] of [
  ['en', 'language.md'],
  ['zh', 'language.zh-CN.md'],
] as const) {
  const page = join(self, '..', '..', 'docs', name)
  writeFileSync(page, filledPage(readFileSync(page, 'utf8'), language))
}
process.exit(0)
