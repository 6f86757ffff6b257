/**
 * Writes docs/errors.md from the error table. With --check nothing is written and the exit code says whether the page
 * is up to date. The table is split into files by area; a code that stands in two of them would hide one: refused.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERRORS } from '../packages/core/src/kernel/errors.js'

const page = join('docs', 'errors.md')
const folder = join('packages', 'core', 'src', 'kernel')

const seen = new Map<string, string>()
const twice: string[] = []
for (const file of readdirSync(folder).filter((name) => name.endsWith('errors.ts'))) {
  for (const [, code] of readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}([A-Z][A-Z0-9_]+): entry\(/gm)) {
    if (seen.has(code!)) twice.push(`${code} in ${seen.get(code!)} and ${file}`)
    seen.set(code!, file)
  }
}
if (twice.length > 0) {
  console.error(`error codes defined twice: ${twice.join('; ')}`)
  process.exit(1)
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const rows = Object.entries(ERRORS)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, { status, en, zh, actionEn, actionZh }]) => {
    return `| \`${code}\` | ${status} | ${cell(en)}<br>${cell(zh)} | ${cell(actionEn)}<br>${cell(actionZh)} |`
  })

const text = `# Errors · 错误代码

Every refusal of the API has one shape, in Chinese or English by \`Accept-Language\`; the command line prints the same
message and action. 所有接口的错误都是同一种格式，语言由 \`Accept-Language\` 决定；命令行打印同样的说明和处理办法。

\`\`\`json
{ "error": { "code": "REQUEST_INVALID", "message": "…", "action": "…", "pointer": "/name",
             "issues": [{ "pointer": "/name", "message": "…", "didYouMean": "…" }],
             "requestId": "…", "retryable": false } }
\`\`\`

\`pointer\` is a JSON pointer into the body. \`retryable\`: the same request may succeed later; wait for the seconds in
the \`Retry-After\` header. \`requestId\` names the request in the log (\`<data>/logs/server.log\`).
This page is generated from \`packages/core/src/kernel/errors.ts\` by \`node --import tsx scripts/errors-doc.ts\`.

| Code · 代码 | Status | What it means · 含义 | What to do · 处理 |
| --- | --- | --- | --- |
${rows.join('\n')}
`

if (process.argv.includes('--check')) {
  const written = existsSync(page) ? readFileSync(page, 'utf8') : ''
  if (written !== text) {
    console.error(`${page} is not up to date. Run: node --import tsx scripts/errors-doc.ts`)
    process.exit(1)
  }
  console.log(`${page} lists all ${rows.length} codes`)
} else {
  writeFileSync(page, text)
  console.log(`${page}: ${rows.length} codes`)
}
