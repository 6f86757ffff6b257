import { Random } from '@tagtree/core/demo/random'
import { explain } from '@tagtree/core/explain/explain'
import type { Definition } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { withBody } from '@tagtree/core/language/recipe-body'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { expect, it } from 'vitest'
import { DefinitionGenerator } from '../tag/testing/random-definition.js'
import { factsOf, randomWorld } from '../tag/testing/random-world.js'
import { worldCatalog } from '../tag/testing/world-catalog.js'
import { type Checked, falseStatement } from './testing/check-explanation.js'

/** Replays one run; printed when a statement is not true. */
const SEED = Number(process.env.TAGTREE_PROPERTY_SEED ?? 20_260_101)
const WORLDS = Number(process.env.TAGTREE_PROPERTY_RUNS ?? 40)
const DEFINITIONS = 8
const SUBJECTS = 3

it('explanations of random definitions in random worlds say nothing that is not true', () => {
  const checked: Checked = { events: 0, groups: 0, attributes: 0, since: 0, changes: 0, ranges: 0, waits: 0 }
  for (let index = 0; index < WORLDS; index++) {
    const random = new Random(SEED, 11, index)
    const world = randomWorld(random)
    const catalog = worldCatalog(world.timeZone, [])
    const generator = new DefinitionGenerator(random, world)
    const subjects = factsOf(world)
    for (let count = 0; count < DEFINITIONS; ) {
      const document = generator.definition()
      const definition = read(document)
      if (definition === null || !resolveDefinition(definition, catalog).ok) continue
      count += 1
      for (let turn = 0; turn < Math.min(SUBJECTS, subjects.length); turn++) {
        const facts = random.one(subjects)
        const context = { catalog, asOf: world.asOf, fits: new Map() }
        const explanation = explain(definition, facts, context)
        const wrong = falseStatement(explanation, definition, facts, context, random, checked)
        if (wrong === null) continue
        throw new Error(
          `seed ${SEED}, world ${index}, profile ${facts.profile}: ${wrong}\n${JSON.stringify(document)}\nas of ${new Date(world.asOf).toISOString()} ${world.timeZone}`,
        )
      }
    }
  }
  console.log(checked)
  expect(Math.min(...Object.values(checked))).toBeGreaterThan(0)
}, 600_000)

function read(document: unknown): Definition | null {
  const parsed = parseDefinition(document)
  return parsed.ok ? withBody(parsed.definition) : null
}
