import { describe, expect, it } from 'vitest'
import { Random } from '../demo/random.js'
import { parseDefinition } from '../language/parse.js'
import { withBody } from '../language/recipe-body.js'
import { hasSharedLanguage, sharedDocuments } from '../language/testing/shared-language.js'
import { diffPlan, isSame } from './diff-plan.js'
import type { Plan, PlanFile, PlannedDefinition } from './plan.js'
import { readPlan } from './read-plan.js'
import { randomPlan } from './testing/random-plan.js'
import { splitPlan, writePlan } from './write-plan.js'

function read(files: readonly PlanFile[]): Plan {
  const found = readPlan(files)
  expect(found.ok ? [] : found.issues).toEqual([])
  if (!found.ok) throw new TypeError('not read')
  const { categories, definitions, tests } = found.plan
  return {
    categories: categories.map(({ at: _, ...category }) => category),
    definitions: definitions.map(({ parsed, category }) => ({ document: withBody(parsed)!, category })),
    tests: tests.map(({ test }) => test),
  }
}
/** A metric or segment in no category says nothing of its place. */
const placed = ({ document, category }: PlannedDefinition) => ({ document, category: category ?? null })

describe('a plan that is written', () => {
  it('is read as what it was, whatever its texts are', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const plan = randomPlan(new Random(seed, 1, 1))
      const again = read([{ name: 'plan.yaml', text: writePlan(plan) }])
      expect(again.categories, `seed ${seed}`).toEqual(plan.categories)
      expect(again.definitions.map(placed), `seed ${seed}`).toEqual(plan.definitions)
      expect(isSame(diffPlan(plan, again, { prune: true })), `seed ${seed}`).toBe(true)
      const split = read(splitPlan(plan))
      expect(isSame(diffPlan(plan, split, { prune: true })), `seed ${seed}, split`).toBe(true)
      expect(isSame(diffPlan(split, plan, { prune: true })), `seed ${seed}, split`).toBe(true)
    }
  })

  it('holds every document of the corpus', () => {
    // The corpus lies beside the repository where the project is developed; elsewhere this test is passed over.
    if (!hasSharedLanguage) return console.info('passed over: ../shared/language is absent')
    const definitions = sharedDocuments().flatMap((document) => {
      const parsed = parseDefinition(document)
      const body = parsed.ok ? withBody(parsed.definition) : null
      return body === null || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(body.id) ? [] : [{ document: body, category: null }]
    })
    expect(definitions.length).toBeGreaterThan(100)
    const kinds = ['metric', 'tag', 'segment', 'tree']
    const plan = {
      categories: [],
      tests: [],
      definitions: definitions.toSorted((a, b) => kinds.indexOf(a.document.kind) - kinds.indexOf(b.document.kind)),
    }
    expect(read([{ name: 'plan.yaml', text: writePlan(plan) }]).definitions.map(placed)).toEqual(plan.definitions)
  })

  it('reads like something a person wrote', () => {
    const documents = [
      {
        kind: 'tag',
        id: 'tier',
        version: 1,
        name: { en: 'tier', zh: '消费档' },
        values: [
          { code: '1', name: '低' },
          { name: 'no', code: 'yes' },
        ],
        assign: { values: ['1', 'yes'], at: [300.5], cut: { get: { sum: 'amount' }, did: 'order.paid' } },
        refresh: { at: '02:00', every: 'day' },
        note: { zh: '目的：分清\n两行', en: 'why' },
      },
    ]
    const definitions = documents.map((document) => {
      const parsed = parseDefinition(document)
      return { document: (parsed.ok ? withBody(parsed.definition) : null)!, category: null }
    })
    const categories = [
      { id: 'value', parentId: null, name: '价值', theme: null, note: null },
      { id: 'deep', parentId: 'value', name: { zh: '深', en: 'deep' }, theme: '价值分层', note: null },
    ]
    expect(writePlan({ categories, definitions, tests: [] })).toBe(`plan: 1

categories:
  - id: value
    name: 价值
    categories:
      - id: deep
        name: { zh: 深, en: deep }
        theme: 价值分层

tags:
  - id: tier
    name: { zh: 消费档, en: tier }
    note:
      zh: |-
        目的：分清
        两行
      en: why
    category: null
    assign: { cut: { did: order.paid, get: { sum: amount } }, at: [ 300.5 ], values: [ "1", 'yes' ] }
    values: [ { code: "1", name: 低 }, { code: 'yes', name: 'no' } ]
    refresh: { every: day, at: '02:00' }
`)
  })
})
