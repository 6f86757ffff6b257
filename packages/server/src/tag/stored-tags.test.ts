import { type CompileContext, type Compiled, compile } from '@tagtree/core/compile/compile'
import type { StoredHead } from '@tagtree/core/compile/context'
import { Random } from '@tagtree/core/demo/random'
import type { Definition } from '@tagtree/core/language/document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { solveFits } from './run/solve-fits.js'
import { factsOf, randomWorld } from './testing/random-world.js'
import { readValue, showValue } from './testing/value-map.js'
import { worldCatalog } from './testing/world-catalog.js'
import { addWorldColumns, writeWorld } from './testing/world-tables.js'

const RUN = 900n
const ASIDE = { kind: 'tag', version: 1 } as const

/** Tags of every kind of value, beside those every world has. */
const PUBLISHED = [
  { ...ASIDE, id: 'spend_tag', name: 'n', assign: { value: { metric: 'spend' } } },
  { ...ASIDE, id: 'basket_tag', name: 'n', assign: { value: { metric: 'basket' } } },
  { ...ASIDE, id: 'first_order', name: 'n', assign: { value: { did: 'order.paid', get: 'firstAt' } } },
  {
    ...ASIDE,
    id: 'habits',
    name: 'n',
    family: 'multi',
    assign: {
      rules: [
        { value: 'gift', when: { did: 'order.paid', where: { prop: 'gift', is: true }, gte: 1 } },
        { value: 'viewer', when: { did: 'page.viewed', gte: 1 } },
      ],
    },
  },
]

/** Definitions that speak of other definitions only. */
const ASKED: readonly object[] = [
  { kind: 'segment', where: { tag: 'tier', is: 'mid' } },
  { kind: 'segment', where: { tag: 'tier', isNot: 'mid' } },
  { kind: 'segment', where: { tag: 'tier', gte: 'mid' } },
  { kind: 'segment', where: { tag: 'grade', in: ['A', 'C'] } },
  { kind: 'segment', where: { tag: 'tier', known: false } },
  { kind: 'segment', where: { tag: 'topics', hasAny: ['x', 'y'] } },
  { kind: 'segment', where: { tag: 'habits', hasAll: ['gift', 'viewer'] } },
  { kind: 'segment', where: { tag: 'habits', hasNone: ['gift'] } },
  { kind: 'segment', where: { tag: 'spend_tag', gt: 100 } },
  { kind: 'segment', where: { tag: 'basket_tag', lt: { tag: 'spend_tag' } } },
  { kind: 'segment', where: { tag: 'first_order', during: { this: 'year' } } },
  { kind: 'segment', where: { not: { member: { segment: 'recent' } } } },
  { kind: 'segment', where: { member: { list: 'chosen' } } },
  { kind: 'metric', value: { since: { tag: 'first_order' }, unit: 'months' } },
  { kind: 'metric', value: { calc: 'size', of: [{ tag: 'habits' }] } },
  { kind: 'tag', assign: { value: { tag: 'tier' } } },
  { kind: 'tag', family: 'multi', assign: { value: { tag: 'habits' } } },
]

describe('published tags', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await addWorldColumns(workspace.events, worldCatalog('Asia/Shanghai', []))
  })
  afterAll(() => workspace.close())

  it.each([1, 2, 3])('read as published are what computing them in place gives (world %i)', async (seed) => {
    const world = randomWorld(new Random(seed, 11, 0))
    const asked = ASKED.map((one, index) => ({ version: 1, id: `q${index}`, name: 'n', who: 'everyone', ...one }))
    const catalog = worldCatalog(world.timeZone, [...PUBLISHED, ...asked])
    await writeWorld(workspace.events, world, factsOf(world), catalog)
    const context: CompileContext = {
      catalog,
      database: workspace.events.database,
      asOf: world.asOf,
      knownSeq: world.knownSeq === null ? null : String(world.knownSeq),
      excludedImports: world.excludedImports,
      hasSuperseded: true,
      attributes: world.attributes,
      tags: { mode: 'recompute', unpublishedRuns: world.unpublishedRuns.map(String) },
    }
    const bodies = (ids: readonly string[]): Definition[] => ids.map((id) => catalog.definitions.get(id)!.body)
    const published = bodies(['tier', 'grade', 'topics', 'recent', ...PUBLISHED.map(({ id }) => id)])
    const heads = await publish(workspace, compile(published, context), context)
    const list = catalog.lists.get('chosen')!
    await workspace.events.command(
      `INSERT INTO tag_bitmaps SELECT ${list.number}, 1, 0, ${RUN}, groupBitmapState(profile_id) FROM (
         SELECT profile_id, argMax(value, (as_of, run_id)) AS v FROM tag_changes WHERE tag_id = ${list.number}
           AND as_of <= fromUnixTimestamp64Milli({asOf:Int64}, 'UTC') AND run_id NOT IN {hidden:Array(UInt64)}
         GROUP BY profile_id) WHERE v = 1`,
      { params: { asOf: world.asOf, hidden: world.unpublishedRuns } },
    )
    heads.set(list.number, { baseRun: String(RUN), type: 'codes' })

    const questions = bodies(asked.map(({ id }) => id))
    const inPlace = await values(workspace, compile(questions, context))
    const stored = compile(questions, { ...context, tags: { mode: 'stored', heads, unpublishedRuns: ['901'] } })
    expect(stored.reads.events).toEqual([])
    expect(await values(workspace, stored)).toEqual(inPlace)
  })
})

/** Writes bitmaps and numbers of one pass as a run; a later run that is not published lies beside it. */
async function publish(
  workspace: TestWorkspace,
  compiled: Compiled,
  { catalog, asOf }: CompileContext,
): Promise<Map<number, StoredHead>> {
  const seconds = Math.floor(asOf / 1000)
  for (const table of ['tag_bitmaps', 'tag_numbers']) await workspace.events.command(`TRUNCATE TABLE ${table}`)
  const { fits } = await solveFits(workspace.events, compiled)
  const { sql, params } = compiled.statement(fits)
  const heads = new Map<number, StoredHead>()
  for (const { definitionId, column, type, codes } of compiled.columns) {
    const entry = catalog.definitions.get(definitionId)!
    const isPlain = type === 'number' || type === 'date'
    heads.set(entry.number, { baseRun: String(RUN), type: isPlain ? type : 'codes' })
    if (isPlain) {
      const num = type === 'number' ? `toDecimal128(toString(${column}), 0) * toDecimal128('0.00000001', 8)` : 'NULL'
      const at = type === 'date' ? column : 'NULL'
      const insert = (run: bigint, what: string) =>
        `INSERT INTO tag_numbers SELECT ${entry.number}, profile_id, ${run}, toDateTime(${seconds}), ${what} FROM (${sql})`
      await workspace.events.command(insert(RUN - 1n, `toDecimal128('7', 8), NULL`), { params })
      await workspace.events.command(insert(RUN, `if(isNull(${column}), NULL, ${num}), ${at}`), { params })
      await workspace.events.command(insert(RUN + 1n, `toDecimal128('8', 8), NULL`), { params })
      continue
    }
    const numbers = [0, ...codes.map((code) => entry.codes.get(code)!)]
    const value =
      type === 'bool'
        ? `if(isNull(${column}), 2, ${column})`
        : type === 'codes'
          ? `arrayJoin(arrayMap(i -> [${numbers}][i + 1], ${column}))`
          : `[${numbers}][${column} + 1]`
    await workspace.events.command(
      `INSERT INTO tag_bitmaps SELECT ${entry.number}, value, profile_id % 3 AS slice, ${RUN}, groupBitmapState(profile_id)
       FROM (SELECT profile_id, toUInt32(${value}) AS value FROM (${sql})) WHERE value > 0 GROUP BY value, slice`,
      { params },
    )
  }
  return heads
}

async function values(workspace: TestWorkspace, compiled: Compiled): Promise<string[]> {
  const { fits } = await solveFits(workspace.events, compiled)
  const { sql, params } = compiled.statement(fits)
  const rows = await workspace.events.query<Record<string, unknown>>(sql, { params })
  return rows
    .map((row) => {
      const shown = compiled.columns.map((column) => showValue(readValue(column, row[column.column])))
      return `${String(row.profile_id).padStart(3)} ${shown.join(' ')}`
    })
    .sort()
}
