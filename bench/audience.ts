import { compileTagAudience } from '@tagtree/core/compile/audience/tag-audience'
import { buildCatalog } from '@tagtree/core/language/testing/catalog-builder'
import type { WorkspaceClickHouse } from '@tagtree/server/store/clickhouse'
import { type BenchResult, percentile } from './measure.js'

const tags = 20
const valuesPerTag = 6
/** Beside the tags, which are numbered from 1 here. */
const populationNumber = 900
const warmUp = 4
const rounds = 30

/**
 * Counts the same 5-condition audience over `profiles` people with 20 tags from stored bitmaps and, beside it, from a
 * tall table (profile, tag, value) with one row per assignment: the shape most tools use. The ways take turns, so that
 * what else the machine does falls on all of them.
 */
export async function benchAudience(clickhouse: WorkspaceClickHouse, profiles: number): Promise<BenchResult[]> {
  await fill(clickhouse, profiles)
  const audience = compileAudience()
  const ways = { bitmaps: audience, ...tallQueries }
  const samples = new Map<string, number[]>(Object.keys(ways).map((way) => [way, []]))
  const people = new Set<string>()
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const [way, { sql, params }] of Object.entries(ways)) {
      const begun = performance.now()
      const [row] = await clickhouse.query<{ people: string }>(sql, { params })
      if (round >= 0) samples.get(way)!.push(performance.now() - begun)
      people.add(String(row?.people))
    }
  }
  if (people.size !== 1) throw new Error(`the ways disagree: ${[...people].join(', ')}`)
  const median = (way: string): number => percentile(samples.get(way)!, 0.5)
  const p95 = percentile(samples.get('bitmaps')!, 0.95)
  const size = profiles >= 10_000_000 ? '10 M' : `${profiles / 1_000_000} M`
  const wanted = profiles >= 10_000_000 ? 30 : 10
  const slower = (way: string): string =>
    `${(median(way) / median('bitmaps')).toFixed(1)} times slower (${median(way).toFixed(0)} ms, bitmaps ${median('bitmaps').toFixed(1)} ms)`
  return [
    {
      name: `count of 5 tag conditions, ${size} people, p95`,
      measured: `${p95.toFixed(1)} ms`,
      target: profiles >= 10_000_000 ? '' : '<= 30 ms',
      met: profiles >= 10_000_000 ? null : p95 <= 30,
    },
    {
      name: 'the same from a tall table, medians',
      measured: slower('grouped'),
      target: `>= ${wanted} times`,
      met: median('grouped') / median('bitmaps') >= wanted,
    },
    {
      name: 'the same from a tall table, reading only the values asked for',
      measured: slower('narrow'),
      target: '',
      met: null,
    },
    {
      name: 'the same from a tall table, by hand with one bit per condition',
      measured: slower('masked'),
      target: '',
      met: null,
    },
  ]
}

async function fill(clickhouse: WorkspaceClickHouse, profiles: number): Promise<void> {
  await clickhouse.command(
    `CREATE OR REPLACE TABLE tall_tags (profile_id UInt32, tag_id UInt32, value UInt32) ENGINE = MergeTree ORDER BY (tag_id, value, profile_id)`,
  )
  await clickhouse.command(
    `INSERT INTO tall_tags SELECT toUInt32(number % {profiles:UInt64}) + 1 AS p, toUInt32(1 + intDiv(number, {profiles:UInt64})) AS t,
       toUInt32(1 + intHash32(number * 7 + 3) % {values:UInt32}) FROM numbers({profiles:UInt64} * {tags:UInt32})`,
    { params: { profiles, tags, values: valuesPerTag } },
  )
  await clickhouse.command('OPTIMIZE TABLE tall_tags FINAL')
  await clickhouse.command('TRUNCATE TABLE tag_bitmaps')
  await clickhouse.command(
    `INSERT INTO tag_bitmaps SELECT tag_id, value, toUInt16(bitShiftRight(profile_id, 18)) AS s, tag_id, groupBitmapState(profile_id)
     FROM tall_tags GROUP BY tag_id, value, s`,
  )
  await clickhouse.command(
    `INSERT INTO tag_bitmaps SELECT 900, 1, toUInt16(bitShiftRight(p, 18)) AS s, 900, groupBitmapState(p)
     FROM (SELECT toUInt32(number + 1) AS p FROM numbers({profiles:UInt64})) GROUP BY s`,
    { params: { profiles } },
  )
  await clickhouse.command('OPTIMIZE TABLE tag_bitmaps FINAL')
}

/** (tag 0 is 1 or 2) and tag 1 is 3 and not tag 2 is 4 and (tag 3 is 1 or tag 4 is 2). */
function compileAudience() {
  const codes = Array.from({ length: valuesPerTag }, (_, index) => String(index + 1))
  const catalog = buildCatalog({
    definitions: Array.from({ length: tags }, (_, index) => ({
      version: 1 as const,
      kind: 'tag' as const,
      id: `tag_${index}`,
      name: `tag ${index}`,
      values: codes.map((code) => ({ code })),
      assign: { given: 'import' as const },
    })),
  })
  const heads = new Map([[populationNumber, { baseRun: String(populationNumber), valueType: 'codes' as const }]])
  for (const entry of catalog.definitions.values()) {
    heads.set(entry.number, { baseRun: String(entry.number), valueType: 'codes' })
  }
  const audience = compileTagAudience(
    {
      all: [
        { tag: 'tag_0', in: ['1', '2'] },
        { tag: 'tag_1', is: '3' },
        { not: { tag: 'tag_2', is: '4' } },
        {
          any: [
            { tag: 'tag_3', is: '1' },
            { tag: 'tag_4', is: '2' },
          ],
        },
      ],
    },
    { catalog, heads, population: { number: populationNumber, values: [1] } },
  )
  if (audience === null) throw new Error('the audience is not answered by bitmaps')
  return audience.count
}

/** What the narrow forms read: the key of the table finds these rows. */
const wantedRows = `(tag_id = 1 AND value IN (1, 2)) OR (tag_id = 2 AND value = 3) OR (tag_id = 3 AND value != 4)
  OR (tag_id = 4 AND value = 1) OR (tag_id = 5 AND value = 2)`

/** The audience as tools that keep tall tables ask for it, and the two best ways found to ask this one by hand. */
const tallQueries = {
  grouped: tall(`SELECT profile_id FROM tall_tags WHERE tag_id IN (1, 2, 3, 4, 5) GROUP BY profile_id
    HAVING countIf(tag_id = 1 AND value IN (1, 2)) > 0 AND countIf(tag_id = 2 AND value = 3) > 0
      AND countIf(tag_id = 3 AND value != 4) > 0
      AND (countIf(tag_id = 4 AND value = 1) > 0 OR countIf(tag_id = 5 AND value = 2) > 0)`),
  narrow: tall(`SELECT profile_id FROM tall_tags WHERE ${wantedRows} GROUP BY profile_id
    HAVING countIf(tag_id = 1) > 0 AND countIf(tag_id = 2) > 0 AND countIf(tag_id = 3) > 0
      AND countIf(tag_id IN (4, 5)) > 0`),
  masked: tall(`SELECT profile_id FROM tall_tags WHERE ${wantedRows} GROUP BY profile_id
    HAVING groupBitOr(toUInt8(bitShiftLeft(1, least(tag_id, 4)))) = 30`),
}

function tall(profiles: string) {
  return { sql: `SELECT count() AS people FROM (${profiles})`, params: {} }
}
