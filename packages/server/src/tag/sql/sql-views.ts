import type { AttributeEntry, Catalog, PropertyEntry, PropertyType } from '@tagtree/core/catalog/catalog'
import { AGGREGATES, FUNCTIONS } from '@tagtree/core/compile/print/functions'
import { usableType } from '@tagtree/core/language/frame/property'
import { quoteIdentifier } from '../../store/clickhouse.js'

/** What a view needs to be told when it is read. */
export type ViewParameter = 'asOf' | 'knownSeq' | 'excluded' | 'hidden'

/** A view of the SQL database of a workspace. */
export interface SqlView {
  readonly name: string
  /** The SELECT behind it, with `{parameter:Type}` holes. */
  readonly select: string
  readonly parameters: readonly ViewParameter[]
  /** Columns in their order, for those who write statements. */
  readonly columns: readonly string[]
}

/** Types of the parameters. */
export const PARAMETER_TYPES: Readonly<Record<ViewParameter, string>> = {
  asOf: "DateTime64(3, 'UTC')",
  knownSeq: 'UInt64',
  excluded: 'Array(UInt32)',
  hidden: 'Array(UInt64)',
}

/** How the values of the published tags are stored, by their numbers. */
export interface PublishedTags {
  readonly codes: readonly number[]
  readonly multi: readonly number[]
  readonly numbers: readonly number[]
  /** Number -> id. */
  readonly ids: ReadonlyMap<number, string>
}

/** `attributes` has two forms: the present, and the fold of all changes before another moment. */
export const ATTRIBUTES_NOW = 'attributes_now'
export const ATTRIBUTES_AT = 'attributes_at'

const asOf = `{asOf:${PARAMETER_TYPES.asOf}}`
const isKnown = (row: string, seq = 'seq'): string =>
  `${row}.${seq} <= {knownSeq:UInt64} AND NOT has({excluded:Array(UInt32)}, ${row}.import_id)`

/**
 * What the SQL tags of a workspace see: one view per event, `profiles`, `attributes` and `tags`. Each is bound to a moment
 * and to what was known, names profiles as they are now, and shows neither identities nor anything encrypted.
 */
export function sqlViews(database: string, catalog: Catalog, tags: PublishedTags): SqlView[] {
  const names = new Names(['profiles', 'attributes', 'tags', 'as_of', ATTRIBUTES_NOW, ATTRIBUTES_AT])
  const events = [...catalog.events.keys()]
    .sort()
    .map((event) => eventView(database, catalog, event, names.take(event)))
  return [profilesView(database, catalog), ...attributeViews(database, catalog), tagsView(database, tags), ...events]
}

function eventView(database: string, catalog: Catalog, event: string, name: string): SqlView {
  const names = new Names(['profile_id', 'subject', 'ts', 'event_id'])
  const own = [...catalog.events.get(event)!.properties.values()].map((property) => ({
    name: names.take(property.name),
    expression: propertyExpression(property),
  }))
  const columns = [
    { name: 'profile_id', expression: profileOf(database, 'e') },
    { name: 'subject', expression: subjectOf(catalog, 'e') },
    { name: 'ts', expression: 'e.ts' },
    { name: 'event_id', expression: 'e.seq' },
    ...own,
  ]
  const superseded = `SELECT s.seq FROM ${database}.events_superseded AS s WHERE ${isKnown('s', 'by_seq')}`
  return {
    name,
    select: `SELECT * FROM (SELECT ${listed(columns)} FROM ${database}.events AS e
      WHERE e.event = ${quoteText(event)} AND e.ts < ${asOf} AND ${isKnown('e')} AND e.seq NOT IN (${superseded}))
      WHERE profile_id != 0`,
    parameters: ['asOf', 'knownSeq', 'excluded'],
    columns: columns.map((column) => column.name),
  }
}

function profilesView(database: string, catalog: Catalog): SqlView {
  return {
    name: 'profiles',
    select: `SELECT p AS profile_id, s AS subject, CAST(strong_any = 1, 'Bool') AS customer, first AS first_seen FROM (
      SELECT ${profileOf(database, 'n')} AS p, ${subjectOf(catalog, 'n')} AS s, max(n.strong) AS strong_any, min(n.first_ts) AS first
      FROM ${database}.nodes AS n WHERE n.first_ts < ${asOf} AND ${isKnown('n')} GROUP BY p, s) WHERE p != 0`,
    parameters: ['asOf', 'knownSeq', 'excluded'],
    columns: ['profile_id', 'subject', 'customer', 'first_seen'],
  }
}

function attributeViews(database: string, catalog: Catalog): SqlView[] {
  const names = new Names(['profile_id', 'subject'])
  const attributes = [...catalog.attributes.entries()].flatMap(([subject, ofSubject]) =>
    [...ofSubject.values()]
      // What was given for a tag is told by the view tags.
      .filter((entry) => !entry.key.startsWith('tag.'))
      .map((entry) => ({ entry, name: names.take(entry.key, `${subject}_${entry.key}`) })),
  )
  const columns = ['profile_id', 'subject', ...attributes.map(({ name }) => name)]
  const now = attributes.map(({ entry, name }) => ({ name, expression: presentExpression(entry) }))
  const then = attributes.map(({ entry, name }) => ({ name, expression: formerExpression(entry) }))
  const about = [
    { name: 'profile_id', expression: 'a.profile_id' },
    { name: 'subject', expression: subjectOf(catalog, 'a') },
  ]
  return [
    {
      name: ATTRIBUTES_NOW,
      select: `SELECT ${listed([...about, ...now])} FROM ${database}.attributes AS a FINAL WHERE a.profile_id != 0`,
      parameters: [],
      columns,
    },
    {
      name: ATTRIBUTES_AT,
      select: `SELECT * FROM (SELECT p AS profile_id, sub AS subject${then.length === 0 ? '' : `, ${listed(then)}`} FROM (
        SELECT ${profileOf(database, 'a')} AS p, ${subjectOf(catalog, 'a')} AS sub, a.attr_id AS attr_id, a.ts AS ts, a.seq AS seq,
          a.op AS op, a.num AS num, a.str AS str, a.list AS list, a.at AS at
        FROM ${database}.attribute_changes AS a WHERE a.ts < ${asOf} AND ${isKnown('a')}) GROUP BY p, sub) WHERE profile_id != 0`,
      parameters: ['asOf', 'knownSeq', 'excluded'],
      columns,
    },
  ]
}

function tagsView(database: string, tags: PublishedTags): SqlView {
  const until = (numbers: readonly number[]): string =>
    `t.tag_id IN (${[0, ...numbers].join(', ')}) AND t.as_of <= ${asOf} AND NOT has({hidden:Array(UInt64)}, t.run_id)`
  const one = `SELECT t.profile_id AS p, t.tag_id AS n, argMax(t.value, (t.as_of, t.run_id)) AS code
    FROM ${database}.tag_changes AS t WHERE ${until(tags.codes)} GROUP BY p, n HAVING code != 0`
  const several = `SELECT t.profile_id AS p, t.tag_id AS n, t.value AS code
    FROM ${database}.tag_changes AS t WHERE ${until(tags.multi)} AND t.value != 0 GROUP BY p, n, code
    HAVING argMax(t.present, (t.as_of, t.run_id)) = 1`
  const figures = `SELECT t.profile_id AS p, t.tag_id AS n, argMax((t.num, t.at), (t.as_of, t.run_id)) AS latest
    FROM ${database}.tag_numbers AS t WHERE ${until(tags.numbers)} GROUP BY p, n`
  const known = [...tags.ids].sort(([a], [b]) => a - b)
  const tag =
    known.length === 0
      ? `''`
      : `transform(n, [${known.map(([number]) => number).join(', ')}], [${known.map(([, id]) => quoteText(id)).join(', ')}], '')`
  const [number, date] = [`CAST(NULL, 'Nullable(Decimal(38, 8))')`, `CAST(NULL, 'Nullable(DateTime64(3, \\'UTC\\'))')`]
  return {
    name: 'tags',
    select: `SELECT p AS profile_id, ${tag} AS tag, CAST(l.label, 'Nullable(String)') AS value, ${number} AS number, ${date} AS date
      FROM (${one} UNION ALL ${several}) AS c
      INNER JOIN (SELECT tag_id, code, label FROM ${database}.tag_labels FINAL) AS l ON c.n = l.tag_id AND c.code = l.code
      UNION ALL SELECT p, ${tag}, CAST(NULL, 'Nullable(String)'), latest.1, latest.2 FROM (${figures})
      WHERE isNotNull(latest.1) OR isNotNull(latest.2)`,
    parameters: ['asOf', 'hidden'],
    columns: ['profile_id', 'tag', 'value', 'number', 'date'],
  }
}

interface ViewColumn {
  readonly name: string
  readonly expression: string
}

function listed(columns: readonly ViewColumn[]): string {
  return columns.map(({ name, expression }) => `${expression} AS ${quoteIdentifier(name)}`).join(', ')
}

function profileOf(database: string, row: string): string {
  return `toUInt32(dictGetOrDefault('${database}.override', 'profile_id', toUInt64(${row}.node_id), ${row}.profile_id))`
}

function subjectOf(catalog: Catalog, row: string): string {
  const kinds = [...catalog.subjects.values()]
  return `transform(${row}.subject, [${kinds.map((kind) => kind.number).join(', ')}], [${kinds.map((kind) => quoteText(kind.key)).join(', ')}], '')`
}

function propertyExpression(property: PropertyEntry): string {
  if (property.column === null) return `e.props.${quoteIdentifier(property.name)}.:String`
  const column = `e.${quoteIdentifier(property.column)}`
  if (property.item || property.type === 'list') return column
  return typed(usableType(property), column)
}

function presentExpression(entry: AttributeEntry): string {
  if (entry.column === null) return `a.extra.${quoteIdentifier(entry.key)}.:String`
  return typed(usableType(entry), `a.${quoteIdentifier(entry.column)}`)
}

function typed(type: PropertyType, column: string): string {
  return type === 'bool' ? `CAST(${column}, 'Nullable(Bool)')` : column
}

/** The same fold of the changes that definitions of another moment are computed with. */
function formerExpression(entry: AttributeEntry): string {
  const rows = (value: string): string =>
    AGGREGATES.sortedRows(['ts', 'seq', 'toString(op)', value], `attr_id = ${entry.id}`)
  switch (usableType(entry)) {
    case 'number':
    case 'money': {
      const folded = FUNCTIONS.foldNumbers(rows(FUNCTIONS.unscaled64('num')))
      return `CAST(CAST(${folded}, 'Nullable(Decimal(38, 0))') * toDecimal128('0.0001', 4), 'Nullable(Decimal(18, 4))')`
    }
    case 'text':
      return FUNCTIONS.foldTexts(rows('str'))
    case 'date':
      return `fromUnixTimestamp64Milli(${FUNCTIONS.foldMoments(rows(FUNCTIONS.millis('at')))}, 'UTC')`
    case 'bool':
      return `CAST(${FUNCTIONS.foldBools(rows(FUNCTIONS.bit('num')))}, 'Nullable(Bool)')`
    case 'list':
      return `(${FUNCTIONS.foldLists(rows('list'))}).2`
  }
}

/** Gives each thing a name that SQL can write, once. */
class Names {
  readonly #taken: Set<string>

  constructor(reserved: readonly string[]) {
    this.#taken = new Set(reserved)
  }

  take(...wanted: readonly string[]): string {
    const plain = wanted.map(plainName)
    const free = plain.find((name) => !this.#taken.has(name.toLowerCase()))
    let name = free ?? plain[0]!
    for (let count = 2; this.#taken.has(name.toLowerCase()); count += 1) name = `${plain[0]}_${count}`
    this.#taken.add(name.toLowerCase())
    return name
  }
}

/** `order.paid` becomes `order_paid`; letters of any script stay. */
function plainName(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_]/gu, '_').slice(0, 90)
  return /^\d/.test(plain) ? `_${plain}` : plain
}

function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
