import { OTHER_LABEL, OTHER_VALUE } from '@tagtree/core/catalog/other-value'
import type { Outline, OutlineCategory, OutlineTag, OutlineValue } from '@tagtree/core/catalog/tree-text'
import type { Definition, TagDefinition, Text } from '@tagtree/core/language/document'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Tx } from '../../store/postgres.js'
import type { ValueCounts } from '../run/run-records.js'
import { countPopulation } from '../run/write-population.js'

interface TagRow {
  readonly id: string
  readonly number: number
  readonly subject: string
  readonly category_id: string | null
  readonly body: Definition
  readonly base_run: string | null
  readonly counts: ValueCounts | null
  readonly as_of: Date | null
}
interface CategoryRow {
  readonly id: string
  readonly parent_id: string | null
  readonly name: Text
  readonly theme: string | null
}

/** What the outline is drawn from, read in one transaction so that all counts are of one moment. */
export interface OutlineRows {
  readonly name: string
  readonly categories: readonly CategoryRow[]
  readonly tags: readonly TagRow[]
  /** tag number -> code -> label */
  readonly labels: ReadonlyMap<number, ReadonlyMap<string, string>>
  readonly populations: readonly { readonly subject: string; readonly counts: ValueCounts }[]
}

/** Reads everything live of the catalogue: categories and published tags with their heads. */
export async function readOutlineRows(tx: Tx, workspaceId: number): Promise<OutlineRows> {
  const workspace = await tx.query<{ name: string }>(`select name from workspace where id = $1`, [workspaceId])
  const categories = await tx.query<CategoryRow>(
    `select id, parent_id, name, theme from category where workspace_id = $1 and state = 'live' order by position, id`,
    [workspaceId],
  )
  const tags = await tx.query<TagRow>(
    `select d.id, d.number, d.subject, d.category_id, v.body, h.base_run, h.counts, h.as_of
     from definition d
     join definition_version v on v.workspace_id = d.workspace_id and v.id = d.id and v.version = d.published_version
     left join tag_head h on h.workspace_id = d.workspace_id and h.number = d.number
     where d.workspace_id = $1 and d.kind = 'tag' and d.state = 'live' order by d.position, d.id`,
    [workspaceId],
  )
  const codes = await tx.query<{ number: number; code: number; label: string }>(
    `select number, code, label from value_code where workspace_id = $1`,
    [workspaceId],
  )
  const labels = new Map<number, Map<string, string>>()
  for (const row of codes.rows) {
    const ofTag = labels.get(row.number) ?? new Map<string, string>()
    labels.set(row.number, ofTag.set(String(row.code), row.label))
  }
  const populations = await tx.query<{ subject: string; counts: ValueCounts }>(
    `select s.key as subject, h.counts from tag_head h
     join subject_kind s on s.workspace_id = h.workspace_id and s.number = h.number
     where h.workspace_id = $1 order by h.number`,
    [workspaceId],
  )
  return {
    name: workspace.rows[0]?.name ?? '',
    categories: categories.rows,
    tags: tags.rows,
    labels,
    populations: populations.rows,
  }
}

/** The catalogue with people: values from the heads, categories as unions of everything below, each person once. */
export async function buildOutline(clickhouse: WorkspaceClickHouse, rows: OutlineRows): Promise<Outline> {
  const unions = await countUnions(clickhouse, rows)
  const tagsOf = (categoryId: string | null): OutlineTag[] =>
    rows.tags.filter((tag) => tag.category_id === categoryId).map((tag) => outlineTag(tag, rows))
  const categoriesOf = (parentId: string | null): OutlineCategory[] =>
    rows.categories
      .filter((category) => category.parent_id === parentId)
      .map((category) => ({
        id: category.id,
        name: category.name,
        theme: category.theme,
        people: unions.get(category.id) ?? {},
        categories: categoriesOf(category.id),
        tags: tagsOf(category.id),
      }))
  const moments = rows.tags.flatMap((tag) => (tag.as_of === null ? [] : [tag.as_of.getTime()]))
  const liveCategories = new Set(rows.categories.map((category) => category.id))
  return {
    name: rows.name,
    asOf: moments.length === 0 ? null : new Date(Math.min(...moments)).toISOString(),
    population: Object.fromEntries(
      rows.populations.map(({ subject, counts }) => [subject, countPopulation({ subject }, counts)]),
    ),
    visitors: rows.populations.reduce(
      (total, { subject, counts }) => total + counts.known - countPopulation({ subject }, counts),
      0,
    ),
    categories: categoriesOf(null),
    tags: rows.tags
      .filter((tag) => tag.category_id === null || !liveCategories.has(tag.category_id))
      .map((tag) => outlineTag(tag, rows)),
  }
}

function outlineTag(row: TagRow, rows: OutlineRows): OutlineTag {
  const population = rows.populations.find((entry) => entry.subject === row.subject)
  return {
    id: row.id,
    name: row.body.name,
    subject: row.subject,
    people: row.counts?.known ?? null,
    population: population === undefined ? null : countPopulation(row.body, population.counts),
    values: row.counts === null ? [] : outlineValues(row, rows.labels.get(row.number) ?? new Map()),
  }
}

/** Values in the order of the definition where it names them, else by people. Empty values are shown only when named. */
function outlineValues(row: TagRow, labels: ReadonlyMap<string, string>): OutlineValue[] {
  const people = new Map<string, number>()
  for (const [code, count] of Object.entries(row.counts?.values ?? {})) {
    const label = labels.get(code)
    if (label !== undefined) people.set(label, count)
  }
  const named = namedValues(row.body)
  const order = named.length > 0 ? named : [...people.keys()].sort((a, b) => people.get(b)! - people.get(a)!)
  const rest = [...people.keys()].filter((label) => !order.includes(label))
  return [...order, ...rest].map((code) => ({
    code,
    label: valueLabel(row.body, code),
    people: people.get(code) ?? 0,
  }))
}

function namedValues(body: Definition): string[] {
  if (body.kind !== 'tag') return []
  if (body.values) return body.values.map((value) => value.code)
  if (!('assign' in body) || body.assign === undefined) return []
  if ('rules' in body.assign) {
    const codes = body.assign.rules.map((rule) => rule.value)
    return [...new Set(body.assign.otherwise === undefined ? codes : [...codes, body.assign.otherwise])]
  }
  return 'cut' in body.assign ? body.assign.values : []
}

function valueLabel(body: Definition, code: string): Text {
  if (code === OTHER_VALUE) return OTHER_LABEL
  return (body as TagDefinition).values?.find((value) => value.code === code)?.name ?? code
}

/** category id -> subject -> people with any value of any tag below it. */
async function countUnions(
  clickhouse: WorkspaceClickHouse,
  rows: OutlineRows,
): Promise<Map<string, Record<string, number>>> {
  const parents = new Map(rows.categories.map((category) => [category.id, category.parent_id]))
  const runs: number[] = []
  const keys: string[] = []
  for (const tag of rows.tags) {
    if (tag.base_run === null) continue
    for (let at = tag.category_id; at !== null; at = parents.get(at) ?? null) {
      runs.push(Number(tag.base_run))
      keys.push(JSON.stringify([at, tag.subject]))
    }
  }
  const unions = new Map<string, Record<string, number>>()
  if (runs.length === 0) return unions
  const found = await clickhouse.query<{ key: string; people: string }>(
    `SELECT key, toString(sum(people)) AS people FROM (
       SELECT key, slice, groupBitmapMerge(users) AS people
       FROM tag_bitmaps
       INNER JOIN (SELECT pair.1 AS run_id, pair.2 AS key FROM (SELECT arrayJoin(arrayZip({runs:Array(UInt64)}, {keys:Array(String)})) AS pair)) AS wanted
         USING (run_id)
       WHERE run_id IN {runs:Array(UInt64)}
       GROUP BY key, slice)
     GROUP BY key`,
    { params: { runs, keys } },
  )
  for (const row of found) {
    const [category, subject] = JSON.parse(row.key) as [string, string]
    unions.set(category, { ...unions.get(category), [subject]: Number(row.people) })
  }
  return unions
}
