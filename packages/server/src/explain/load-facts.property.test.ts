import { compile } from '@tagtree/core/compile/compile'
import { Random } from '@tagtree/core/demo/random'
import { evaluatorOf } from '@tagtree/core/evaluate/evaluate'
import { explain } from '@tagtree/core/explain/explain'
import type { Definition } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { withBody } from '@tagtree/core/language/recipe-body'
import { referencesOf } from '@tagtree/core/language/references'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { solveFits } from '../tag/run/solve-fits.js'
import { DefinitionGenerator } from '../tag/testing/random-definition.js'
import { factsOf, randomWorld, type World } from '../tag/testing/random-world.js'
import { plainValue, readValue, sameValue, showValue } from '../tag/testing/value-map.js'
import { worldCatalog } from '../tag/testing/world-catalog.js'
import { addWorldColumns, blindOf, writeWorld } from '../tag/testing/world-tables.js'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import type { FactSource } from './fact-source.js'
import { type FindPlaces, loadFacts } from './load-facts.js'
import { type Checked, falseStatement } from './testing/check-explanation.js'

/** Replays one run; printed when something differs. */
const SEED = Number(process.env.TAGTREE_PROPERTY_SEED ?? 20_260_101)
const WORLDS = Number(process.env.TAGTREE_PROPERTY_RUNS ?? 6)
const DEFINITIONS = 10
const SUBJECTS = 6

describe('facts of one subject', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await addWorldColumns(workspace.events, worldCatalog('Asia/Shanghai', []))
  })
  afterAll(() => workspace?.close())

  it('evaluate to what SQL computes, and explanations on them are true', async () => {
    const checked: Checked = { events: 0, groups: 0, attributes: 0, since: 0, changes: 0, ranges: 0, waits: 0 }
    let compared = 0
    for (let index = 0; index < WORLDS; index++) {
      const random = new Random(SEED, 13, index)
      const world = randomWorld(random)
      const catalog = worldCatalog(world.timeZone, [])
      await writeWorld(workspace.events, world, factsOf(world), catalog)
      const generator = new DefinitionGenerator(random, world)
      for (let count = 0; count < DEFINITIONS; ) {
        const definition = draw(generator, catalog)
        if (definition === null) continue
        count += 1
        const compiled = compile([definition], {
          catalog,
          database: workspace.events.database,
          asOf: world.asOf,
          knownSeq: world.knownSeq === null ? null : String(world.knownSeq),
          excludedImports: world.excludedImports,
          hasSuperseded: world.superseded.length > 0,
          attributes: 'history',
          tags: { mode: 'recompute', unpublishedRuns: world.unpublishedRuns.map(String) },
          blind: blindOf,
        })
        const { fits } = await solveFits(workspace.events, compiled)
        const { sql, params } = compiled.statement(fits)
        const rows = await workspace.events.query<Record<string, unknown>>(sql, { params })
        const context = { catalog, asOf: world.asOf, fits }
        const evaluator = evaluatorOf(context)
        const source = sourceOf(world, workspace, catalog)
        for (let turn = 0; turn < Math.min(SUBJECTS, rows.length); turn++) {
          const row = random.one(rows)
          const profile = Number(row.profile_id)
          const facts = await loadFacts(source, placesIn(world), profile, closureOf(definition, catalog))
          const column = compiled.columns[0]!
          const [fromSql, fromFacts] = [
            readValue(column, row[column.column]),
            plainValue(evaluator.evaluate(definition, facts)),
          ]
          const where = `seed ${SEED}, world ${index}, profile ${profile}: ${JSON.stringify(definition)}`
          if (!sameValue(fromSql, fromFacts))
            throw new Error(`${where}\nSQL ${showValue(fromSql)}, facts ${showValue(fromFacts)}`)
          compared += 1
          if (turn > 0) continue
          const explanation = explain(definition, facts, context)
          const wrong = falseStatement(explanation, definition, facts, context, random, checked)
          if (wrong !== null) throw new Error(`${where}\n${wrong}`)
        }
      }
    }
    expect(compared).toBeGreaterThan(WORLDS * DEFINITIONS)
    expect(checked.since).toBeGreaterThan(0)
  }, 600_000)
})

function draw(generator: DefinitionGenerator, catalog: ReturnType<typeof worldCatalog>): Definition | null {
  const parsed = parseDefinition(generator.definition())
  const definition = parsed.ok ? withBody(parsed.definition) : null
  return definition !== null && resolveDefinition(definition, catalog).ok ? definition : null
}

function closureOf(definition: Definition, catalog: ReturnType<typeof worldCatalog>): Definition[] {
  const found = new Map([[definition.id, definition]])
  for (const one of found.values()) {
    for (const id of referencesOf(one)) {
      const next = catalog.definitions.get(id)?.body
      if (next !== undefined && !found.has(id)) found.set(id, next)
    }
  }
  return [...found.values()]
}

function sourceOf(world: World, workspace: TestWorkspace, catalog: ReturnType<typeof worldCatalog>): FactSource {
  return {
    clickhouse: workspace.events,
    catalog,
    asOf: world.asOf,
    knownSeq: world.knownSeq === null ? null : String(world.knownSeq),
    excludedImports: world.excludedImports,
    hasSuperseded: world.superseded.length > 0,
    hidden: world.unpublishedRuns.map(String),
    profileMap: null,
    blind: blindOf,
  }
}

/** As PostgreSQL would answer: nodes of a profile, and every number their rows may have been written under. */
function placesIn(world: World): FindPlaces {
  return async (profiles) =>
    profiles.map((profile) => {
      const nodes = [...world.profileOf].filter(([, own]) => own === profile).map(([node]) => node)
      return { profile, nodes, stamped: [...new Set([profile, ...nodes])] }
    })
}
