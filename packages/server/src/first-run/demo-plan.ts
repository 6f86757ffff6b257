import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PlanFile } from '@tagtree/core/plan/plan'

const file = fileURLToPath(new URL('../../plans/demo.yaml', import.meta.url))

/** The tag tree of the demo shop, a plan file like any other. */
export function demoPlan(): PlanFile {
  return { name: 'demo.yaml', text: readFileSync(file, 'utf8') }
}
