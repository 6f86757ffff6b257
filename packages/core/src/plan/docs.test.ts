import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { withBody } from '../language/recipe-body.js'
import { buildCatalog } from '../language/testing/catalog-builder.js'
import { withPlan } from './plan-catalog.js'
import { readPlan } from './read-plan.js'
import { runPlanTest } from './run-tests.js'

const names = buildCatalog({ events: { 'order.paid': { amount: 'money' } } })

describe.each(['plan-file.md', 'plan-file.zh-CN.md'])('the example of %s', (page) => {
  it('is read, and gives what its test expects', () => {
    const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8')
    const example = /```yaml\n(plan: 1[\s\S]*?)```/.exec(text)![1]!
    const read = readPlan([{ name: page, text: example }])
    expect(read.ok ? [] : read.issues).toEqual([])
    if (!read.ok) return
    const catalog = withPlan(
      names,
      read.plan.definitions.map(({ parsed }) => withBody(parsed)!),
    )
    const { outcomes, issues } = runPlanTest(read.plan.tests[0]!.test, catalog, { numbers: () => null })
    expect(issues).toEqual([])
    expect(outcomes.map(({ definition, passed }) => [definition, passed])).toEqual([
      ['payment_tier', true],
      ['spend_30d', true],
      ['big_spenders', true],
    ])
  })
})
