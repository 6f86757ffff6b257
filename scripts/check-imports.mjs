/**
 * Holds the direction of imports: core <- engines, connectors <- server <- cli; inside the server a stage imports only
 * stages to its left; no cycles; `process.env` only in config; no barrels, no default exports, no utils folders.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

const packages = {
  core: [],
  engines: ['core'],
  connectors: ['core'],
  server: ['core', 'engines', 'connectors'],
  cli: ['core', 'server'],
}
/** External packages core may use: pure computing only. */
const coreMayUse = new Set(['zod', 'temporal-polyfill', 'yaml'])
const coreNodeMayUse = new Set(['node:crypto'])
/** Stages of the server from left to right; a stage imports itself and what stands left of it. */
const stages = [
  'store',
  'identify',
  'collect',
  'tag',
  'segment',
  'understand',
  'reach',
  'measure',
  'govern',
  'jobs',
  'http',
]
/** What stands above the stages: files directly in server/src that wire them, and the first run. */
const wiring = new Set(['first-run', 'main.ts', 'start-server.ts', 'flow.ts', 'config.ts'])

const problems = []
const files = []
const walk = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) walk(path)
    else if (path.endsWith('.ts')) files.push(path)
  }
}
for (const name of Object.keys(packages)) walk(join('packages', name, 'src'))

const graph = new Map()
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const isTest = file.endsWith('.test.ts') || file.includes(`${sep}testing${sep}`)
  const [, own] = file.split(sep)
  const inside = relative(join('packages', own, 'src'), file)
  if (/(^|\/)utils?(\/|\.ts$)/.test(inside)) problems.push(`${file}: no utils; name it for what it does`)
  if (/^index\.ts$/.test(inside.split(sep).at(-1)) && /export \* from/.test(text)) problems.push(`${file}: no barrels`)
  if (!isTest && /process\.env/.test(text) && !/config\.ts$/.test(file))
    problems.push(`${file}: process.env only in config.ts`)
  const lines = text.split('\n').length
  if (lines > 500 && !file.endsWith('.generated.ts')) problems.push(`${file}: ${lines} lines; at most 500`)

  const targets = []
  for (const match of text.matchAll(/(import|export)\s+(type\s+)?[^'"]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g)) {
    const specifier = match[3] ?? match[4]
    const typeOnly = match[2] !== undefined
    if (specifier.startsWith('.')) {
      const target = resolve(dirname(file), specifier).replace(/\.js$/, '.ts')
      const path = relative(process.cwd(), target)
      if (!typeOnly) targets.push(path)
      if (own === 'server' && !isTest) checkStage(file, inside, relative(join('packages', own, 'src'), path))
    } else if (specifier.startsWith('@tagtree/')) {
      const [, other, ...rest] = specifier.split('/')
      if (other !== own && !packages[own].includes(other) && !isTest)
        problems.push(`${file}: ${own} must not import ${other}`)
      if (!typeOnly) targets.push(join('packages', other, 'src', `${rest.join('/')}.ts`))
    } else if (own === 'core' && !isTest) {
      const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
      if (specifier.startsWith('node:') ? !coreNodeMayUse.has(specifier) : !coreMayUse.has(name)) {
        problems.push(`${file}: core must not import ${specifier}`)
      }
    }
  }
  graph.set(file, targets)
}

function checkStage(file, from, to) {
  const [fromStage] = from.split(sep)
  const [toStage] = to.split(sep)
  if (wiring.has(fromStage)) return
  if (toStage === 'config.ts') return
  if (wiring.has(toStage)) problems.push(`${file}: stages do not import the wiring (${toStage})`)
  const at = stages.indexOf(fromStage)
  const there = stages.indexOf(toStage)
  if (at >= 0 && there > at)
    problems.push(`${file}: ${fromStage} must not import ${toStage}, which stands to its right`)
}

const done = new Set()
const onPath = []
function visit(file) {
  const index = onPath.indexOf(file)
  if (index >= 0) {
    problems.push(`import cycle: ${[...onPath.slice(index), file].join(' -> ')}`)
    return
  }
  if (done.has(file) || !graph.has(file)) return
  onPath.push(file)
  for (const target of graph.get(file)) visit(target)
  onPath.pop()
  done.add(file)
}
for (const file of files) visit(file)

for (const problem of problems) console.error(problem)
console.log(problems.length === 0 ? `${files.length} files, imports in one direction` : `${problems.length} problems`)
process.exit(problems.length === 0 ? 0 : 1)
