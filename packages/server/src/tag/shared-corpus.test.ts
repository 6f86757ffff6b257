import { type CompileContext, compile } from '@tagtree/core/compile/compile'
import { Random } from '@tagtree/core/demo/random'
import { evaluateWorld } from '@tagtree/core/evaluate/evaluate-world'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { hasSharedLanguage, sharedCatalog, sharedDocuments } from '@tagtree/core/language/testing/shared-language'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { solveFits } from './run/solve-fits.js'
import { randomRows, wordsOf } from './testing/random-rows.js'
import { factsOf, type World } from './testing/random-world.js'
import { plainValue, readValue, sameValue, showValue } from './testing/value-map.js'
import { addWorldColumns, blindOf, writeWorld } from './testing/world-tables.js'

const ASOF = Date.parse('2026-05-20T10:30:00+08:00')

/** Definitions per kind of subject that are known to be computable. */
const LEAST: Readonly<Record<string, number>> = { person: 60, organisation: 1, project: 1, community: 0 }

/** Some rest on definitions that this version refuses, so they could not be stored either. */
function isComputable(definition: Definition, context: CompileContext): boolean {
  try {
    compile([definition], context)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'DEFINITION_INVALID') return false
    throw error
  }
}

/** Reads ../shared/language beside the repository; passes over when that folder is absent. */
describe.runIf(hasSharedLanguage)('the shared corpus of definitions', () => {
  const catalog = sharedCatalog()
  const definitions = sharedDocuments().flatMap((document): Definition[] => {
    const parsed = parseDefinition(document)
    const resolved = parsed.ok ? resolveDefinition(parsed.definition, catalog) : parsed
    return resolved.ok ? [resolved.definition] : []
  })
  const world: World = randomRows(new Random(4, 3, 0), catalog, wordsOf(definitions), ASOF)
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await addWorldColumns(workspace.events, catalog)
    await writeWorld(workspace.events, world, factsOf(world), catalog)
  })
  afterAll(() => workspace.close())

  it.each(Object.keys(LEAST))('is one pass about each %s, equal to the evaluator', async (subject) => {
    const context: CompileContext = {
      catalog,
      database: workspace.events.database,
      asOf: ASOF,
      knownSeq: null,
      excludedImports: [],
      hasSuperseded: false,
      attributes: 'current',
      tags: { mode: 'recompute' },
      blind: blindOf,
    }
    const about = definitions.filter((one) => (one.subject ?? 'person') === subject && isComputable(one, context))
    expect(about.length).toBeGreaterThanOrEqual(LEAST[subject]!)
    if (about.length === 0) return
    const compiled = compile(about, context)
    const { fits } = await solveFits(workspace.events, compiled)
    const { sql, params } = compiled.statement(fits)
    const rows = await workspace.events.query<Record<string, unknown>>(sql, { params })
    const kind = catalog.subjects.get(subject)!.number
    const facts = factsOf(world).filter((one) => world.subjectOf!.get(one.profile) === kind)
    const expected = evaluateWorld(about, facts, { catalog, asOf: ASOF })
    expect(rows.length).toBe(facts.length)
    const different = compiled.columns.flatMap((column) =>
      rows.flatMap((row) => {
        const fromSql = readValue(column, row[column.column])
        const fromMemory = plainValue(expected.get(column.definitionId)!.get(Number(row.profile_id)) ?? null)
        if (sameValue(fromSql, fromMemory)) return []
        return [`${column.definitionId} of ${row.profile_id}: ${showValue(fromSql)} and ${showValue(fromMemory)}`]
      }),
    )
    expect(different).toEqual([])
  })
})
