import { type Compiled, compile } from '@tagtree/core/compile/compile'
import type { Restriction } from '@tagtree/core/compile/context'
import { Random } from '@tagtree/core/demo/random'
import { evaluateWorld } from '@tagtree/core/evaluate/evaluate-world'
import type { SubjectFacts } from '@tagtree/core/evaluate/facts'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { operatorOf } from '@tagtree/core/language/frame/which'
import { parseDefinition } from '@tagtree/core/language/parse'
import { withBody } from '@tagtree/core/language/recipe-body'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { solveFits } from './run/solve-fits.js'
import { DefinitionGenerator } from './testing/random-definition.js'
import { factsOf, itemsOf, randomWorld, type World } from './testing/random-world.js'
import { shrinkDocument, shrinkWorld } from './testing/shrink.js'
import { plainValue, readValue, sameValue, showValue } from './testing/value-map.js'
import { worldCatalog } from './testing/world-catalog.js'
import { addWorldColumns, blindOf, writeWorld } from './testing/world-tables.js'

/** Replays one run; printed when something differs. */
const SEED = Number(process.env.TAGTREE_PROPERTY_SEED ?? 20_260_101)
/** Worlds per run, each with a dozen definitions. */
const WORLDS = Number(process.env.TAGTREE_PROPERTY_RUNS ?? 63)
const DEFINITIONS = 16
/** How many of them take the operators in turn, live by a head that needs more than one aggregation, are of organisations. */
const TRIALS = 3
const DEEP = 5
const COMPANIES = 2
/** Definitions computed by one statement, so that they share leaves. */
const PASS = 4

/** Prints every definition that differs, instead of the smallest form of the first one. */
const KEEP_GOING = process.env.TAGTREE_PROPERTY_KEEP_GOING !== undefined

/** How often a comparison was true, false and unknown for somebody. */
type Coverage = Map<string, Set<'true' | 'false' | 'unknown'>>

describe('SQL and the evaluator', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await addWorldColumns(workspace.events, worldCatalog('Asia/Shanghai', []))
  })
  afterAll(() => workspace.close())

  const only = process.env.TAGTREE_PROPERTY_WORLD
  it(`give the same values for ${WORLDS * DEFINITIONS} random definitions in random worlds`, async () => {
    const coverage: Coverage = new Map()
    let compared = 0
    for (let index = only === undefined ? 0 : Number(only); index < WORLDS; index++) {
      const random = new Random(SEED, 7, index)
      const world = randomWorld(random)
      const documents = definitionsFor(new DefinitionGenerator(random, world), world, index)
      const trial = new Trial(workspace, world)
      await trial.write()
      for (const [number, pass] of passesOf(documents).entries()) {
        const difference = await trial.difference(pass).catch(String)
        if (difference !== null && KEEP_GOING) {
          await listDifferences(trial, pass, index)
          continue
        }
        if (difference !== null) throw new Error(await explain(workspace, trial, pass, index, difference))
        compared += pass.length
        trial.cover(coverage)
        if (number > 0) continue
        const [whole, parts] = await trial.wholeAndParts(pass, random)
        expect(parts).toEqual(whole)
      }
    }
    expect(compared).toBeGreaterThanOrEqual(WORLDS * DEFINITIONS)
    if (WORLDS >= 30) expect(missingCoverage(coverage)).toEqual([])
  }, 600_000)
})

/** A pass is about one kind of subject. */
function passesOf(documents: readonly Definition[]): Definition[][] {
  const isPerson = (one: Definition): boolean => (one.subject ?? 'person') === 'person'
  return [documents.filter(isPerson), documents.filter((one) => !isPerson(one))].flatMap((kind) =>
    Array.from({ length: Math.ceil(kind.length / PASS) }, (_, index) => kind.slice(index * PASS, (index + 1) * PASS)),
  )
}

/** Operators that cannot have every outcome: `known` is never unknown. */
const OUTCOMES = ['true', 'false', 'unknown'] as const
const OPERATORS = [
  ...['is', 'isNot', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'notIn', 'hasAny', 'hasAll', 'hasNone'],
  ...['contains', 'startsWith', 'endsWith', 'under', 'known', 'during', 'anniversary'],
]

function missingCoverage(coverage: Coverage): string[] {
  return OPERATORS.flatMap((operator) =>
    OUTCOMES.filter((outcome) => !(operator === 'known' && outcome === 'unknown'))
      .filter((outcome) => !coverage.get(operator)?.has(outcome))
      .map((outcome) => `${operator} was never ${outcome}`),
  )
}

/**
 * Definitions that resolve accepts, or refuses only because this version does not offer them yet. Others (a code that a
 * tag cannot have) are drawn again; more than a quarter of those would say that the generator no longer fits.
 */
function definitionsFor(generator: DefinitionGenerator, world: World, index: number): Definition[] {
  const catalog = worldCatalog(world.timeZone, [])
  const found: Definition[] = []
  let drawn = 0
  while (found.length < DEFINITIONS) {
    drawn += 1
    const document =
      drawn <= TRIALS
        ? generator.operatorTrial(index * TRIALS + drawn)
        : found.length < TRIALS + DEEP
          ? generator.deepDefinition()
          : found.length < DEFINITIONS - COMPANIES
            ? generator.definition()
            : generator.companyDefinition()
    const definition = readDefinition(document)
    if (typeof definition === 'string') continue
    const resolved = resolveDefinition(definition, catalog)
    if (resolved.ok || resolved.issues.every((issue) => issue.message.includes('NOT_SUPPORTED_YET')))
      found.push(definition)
  }
  expect(drawn).toBeLessThan(DEFINITIONS * 3)
  return found
}

function readDefinition(document: unknown): Definition | string {
  const parsed = parseDefinition(document)
  if (!parsed.ok) return `${JSON.stringify(document)}\n${JSON.stringify(parsed.issues)}`
  return withBody(parsed.definition) ?? 'no body'
}

/** One world in the tables, and what definitions give in it. */
class Trial {
  readonly catalog
  readonly facts
  #outcomes: { definition: Definition; values: ReadonlyMap<number, EventScopeValue> }[] = []
  sql = ''

  constructor(
    private readonly workspace: TestWorkspace,
    readonly world: World,
  ) {
    this.catalog = worldCatalog(world.timeZone, [])
    this.facts = factsOf(world)
  }

  async write(): Promise<void> {
    await writeWorld(this.workspace.events, this.world, this.facts, this.catalog)
  }

  /** The first profile whose values differ, in words; null = none. */
  async difference(definitions: readonly Definition[]): Promise<string | null> {
    const compiled = this.#compile(definitions)
    const { fits } = await solveFits(this.workspace.events, compiled)
    const statement = compiled.statement(fits)
    this.sql = `${statement.sql}\n${JSON.stringify(statement.params, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`
    const rows = await this.workspace.events.query<Record<string, unknown>>(statement.sql, { params: statement.params })
    const [own = 'person'] = definitions.map((one) => one.subject ?? 'person')
    const kinds = new Map([...this.catalog.subjects.keys()].map((kind) => [kind, this.#factsOf(kind)]))
    const world = evaluateWorld(definitions, kinds.get(own)!, {
      catalog: this.catalog,
      asOf: this.world.asOf,
      others: kinds,
      items: itemsOf(this.world),
    })
    this.#outcomes = definitions.map((definition) => ({ definition, values: world.get(definition.id)! }))
    for (const [index, definition] of definitions.entries()) {
      const expected = world.get(definition.id)!
      if (expected.size !== rows.length) return `${expected.size} living profiles, SQL has ${rows.length}`
      const column = compiled.columns[index]!
      for (const row of rows) {
        const profile = Number(row.profile_id)
        const [fromSql, fromMemory] = [readValue(column, row[column.column]), plainValue(expected.get(profile) ?? null)]
        if (sameValue(fromSql, fromMemory)) continue
        return `profile ${profile} of ${definition.id}: SQL ${showValue(fromSql)}, evaluator ${showValue(fromMemory)}; fits ${JSON.stringify([...fits])}`
      }
    }
    return null
  }

  /**
   * Rows of everybody, and the same put together from parts: a range, another with its older ids, some single profiles.
   * Cuts are learnt from everybody, whoever is asked about afterwards.
   */
  async wholeAndParts(definitions: readonly Definition[], random: Random): Promise<[string[], string[]]> {
    const { fits } = await solveFits(this.workspace.events, this.#compile(definitions))
    const rowsOf = async (restrict?: Restriction): Promise<string[]> => {
      const { sql, params } = this.#compile(definitions, restrict).statement(fits)
      const rows = await this.workspace.events.query<object>(sql, { params })
      return rows.map((row) => JSON.stringify(row))
    }
    const [first, second] = [random.between(2, 20), random.between(21, 45)]
    const written = (isIn: (profile: number) => boolean): number[] =>
      [...this.world.profileOf].filter(([, profile]) => isIn(profile)).map(([node]) => node)
    const last = [...new Set(this.world.profileOf.values())].filter((profile) => profile >= second)
    const middle = written((profile) => profile >= first && profile < second)
    const parts = [
      await rowsOf({ from: 0, to: first }),
      await rowsOf({ from: first, to: second, stamped: middle }),
      await rowsOf({ profiles: last, stamped: written((profile) => profile >= second) }),
    ]
    return [(await rowsOf()).sort(), parts.flat().sort()]
  }

  cover(coverage: Coverage): void {
    for (const { definition, values } of this.#outcomes) {
      const operator = definition.kind === 'segment' ? operatorOf(definition.where) : null
      if (operator === null) continue
      const seen = coverage.get(operator) ?? new Set()
      coverage.set(operator, seen)
      for (const value of values.values()) seen.add(value === null ? 'unknown' : value === true ? 'true' : 'false')
    }
  }

  #factsOf(kind: string): SubjectFacts[] {
    const subject = this.catalog.subjects.get(kind)!.number
    return this.facts.filter(({ profile }) => (this.world.subjectOf?.get(profile) ?? 1) === subject)
  }

  #compile(definitions: readonly Definition[], restrict?: Restriction): Compiled {
    return compile(definitions, {
      catalog: this.catalog,
      database: this.workspace.events.database,
      asOf: this.world.asOf,
      knownSeq: this.world.knownSeq === null ? null : String(this.world.knownSeq),
      excludedImports: this.world.excludedImports,
      hasSuperseded: this.world.superseded.length > 0,
      attributes: this.world.attributes,
      tags: { mode: 'recompute', unpublishedRuns: this.world.unpublishedRuns.map(String) },
      blind: blindOf,
      // Some worlds say since when there are events, which makes the table of local days shorter.
      ...(this.world.asOf % 2 === 0
        ? { earliestEvent: Math.min(...this.world.events.map(({ fact }) => fact.ts)) }
        : {}),
      ...(restrict === undefined ? {} : { restrict }),
    })
  }
}

async function listDifferences(trial: Trial, pass: readonly Definition[], world: number): Promise<void> {
  for (const one of pass) {
    const difference = await trial.difference([one]).catch(String)
    if (difference !== null) console.error(`world ${world}: ${JSON.stringify(one)}\n  ${difference.slice(0, 400)}`)
  }
}

/** The smallest definition and world that still differ, with the statement. */
async function explain(
  workspace: TestWorkspace,
  trial: Trial,
  pass: readonly Definition[],
  worldIndex: number,
  difference: string,
): Promise<string> {
  const differs = async (one: Trial, document: unknown): Promise<boolean> => {
    const definition = readDefinition(document)
    if (typeof definition === 'string') return false
    return (await one.difference([definition]).catch(String)) !== null
  }
  let single: Definition | undefined
  for (const one of pass) if (await differs(trial, one)) single ??= one
  const head = `seed ${SEED}, world ${worldIndex}: ${difference}`
  if (single === undefined) return `${head}\nonly together: ${JSON.stringify(pass)}\n${trial.sql}`
  const small = await shrinkDocument(single, (document) => differs(trial, document))
  const world = await shrinkWorld(trial.world, async (smaller) => {
    const one = new Trial(workspace, smaller)
    await one.write()
    return differs(one, small)
  })
  const last = new Trial(workspace, world)
  await last.write()
  const shown = await last.difference([readDefinition(small) as Definition]).catch(String)
  const rows = { asOf: new Date(world.asOf).toISOString(), zone: world.timeZone, facts: last.facts }
  const text = JSON.stringify(
    rows,
    (key, value: unknown) =>
      key === 'other'
        ? (value as SubjectFacts).profile
        : typeof value === 'bigint'
          ? `${value}n`
          : value instanceof Map
            ? Object.fromEntries(value)
            : value instanceof Set
              ? [...value]
              : value,
    1,
  )
  return `${head}\nsmallest: ${JSON.stringify(small)}\n${shown}\n${last.sql}\n${text.slice(0, 4000)}`
}
