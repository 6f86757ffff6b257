import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PlanFile } from '@tagtree/core/plan/plan'

/** The tag tree of the demo shop, a plan file like any other. */
export function demoPlan(): PlanFile {
  return read('demo.yaml')
}

/** Its tags in SQL, which a ClickHouse of the operator's own may not allow. */
export function demoSqlPlan(): PlanFile {
  return read('demo-sql.yaml')
}

function read(name: string): PlanFile {
  return { name, text: readFileSync(fileURLToPath(new URL(`../../plans/${name}`, import.meta.url)), 'utf8') }
}
