import { Random } from '@tagtree/core/demo/random'
import type { Plan, PlanFile } from '@tagtree/core/plan/plan'
import { randomPlan } from '@tagtree/core/plan/testing/random-plan'
import { splitPlan, writePlan } from '@tagtree/core/plan/write-plan'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { undoCatalogueChange } from '../catalogue/undo.js'
import { RunBench } from '../testing/run-testkit.js'
import { applyPlan } from './apply-plan.js'
import { checkPlan } from './check-plan.js'
import { readLivePlan } from './live-plan.js'

let workspace: TestWorkspace
let bench: RunBench
beforeAll(async () => {
  workspace = await createTestWorkspace()
  bench = new RunBench(workspace)
  await workspace.catalogs.declare(workspace.workspaceId, {
    events: [{ name: 'order.paid' }],
    properties: [
      { event: 'order.paid', item: false, name: 'amount', type: 'money' },
      { event: 'order.paid', item: false, name: 'channel', type: 'text' },
    ],
    attributes: [
      { subject: 'person', key: 'city', type: 'text' },
      { subject: 'person', key: 'vip', type: 'bool' },
      { subject: 'person', key: 'interests', type: 'list' },
    ],
  })
})
afterAll(() => workspace?.close())

const live = async (): Promise<Plan> => (await bench.inScope(readLivePlan)).plan
async function apply(files: readonly PlanFile[], prune: boolean): Promise<string | null> {
  const found = await bench.inScope(readLivePlan)
  const catalog = await workspace.catalogs.load(workspace.workspaceId)
  const checked = checkPlan(files, found, catalog, { prune })
  return bench.inScope((scope) => applyPlan(scope, checked))
}
const asText = (plan: Plan): PlanFile[] => [{ name: 'plan.yaml', text: writePlan(plan) }]

it('random catalogues: what is applied is what is exported, twice is once, and undo brings everything back', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = new Random(seed, 2, 2)
    const before = writePlan(await live())
    const plan = randomPlan(random)
    const prune = random.below(3) > 0
    const files = random.below(2) === 0 ? asText(plan) : splitPlan(plan)
    const changeNo = await apply(files, prune)
    const after = await live()
    const told = `seed ${seed}`
    if (prune) expect(writePlan(after), told).toBe(writePlan(plan))
    else {
      const ids = new Set(after.definitions.map(({ document }) => document.id))
      for (const { document } of plan.definitions) expect(ids, told).toContain(document.id)
    }
    expect(await apply(files, prune), told).toBeNull()
    expect(await apply(asText(after), true), told).toBeNull()
    if (changeNo !== null && random.below(2) === 0) {
      await bench.inScope((scope) => undoCatalogueChange(scope, changeNo))
      expect(writePlan(await live()), told).toBe(before)
    }
  }
})
