#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (!existsSync(main)) {
  console.error('Tagtree is not built yet. Run "npm start" or "npm run build" in its folder first.')
  console.error('Tagtree 尚未构建，请先在其目录运行“npm start”或“npm run build”。')
  process.exit(1)
}
const { runCommandLine } = await import(main.href)
process.exitCode = await runCommandLine(process.argv.slice(2))
