import type { PropertyType } from '../../catalog/catalog.js'
import type { CalcOperator, CaseValue, EventValue, Literal, Test, Text } from '../../language/document.js'

/**
 * A mapping says how the rows of a table become facts: who a row is about, which events, attributes, relations and items
 * it states. It is plain, versioned JSON (or YAML). Values are the event scope of the definition language, where `prop` is
 * a column of the row, plus a few forms of its own (`Expression`).
 */
export interface Mapping {
  version: 1
  /** Part of every key, so that the same file under the same mapping changes nothing. */
  id: string
  name: Text
  note?: Text | undefined
  /** How the file is read where its content leaves a choice. */
  file?: MappingFile | undefined
  /** IANA zone of clock readings in the file; default the workspace's. */
  timeZone?: string | undefined
  /** The columns that are used and how their cells are read. */
  columns: Record<string, PropertyType | ColumnReading>
  /** Whom rows are about, by an alias that outputs use. Of an event the first one is who did it. */
  subjects?: Record<string, MappedSubject> | undefined
  /** Rows that are left out, with the reason the report gives. The first true test counts. */
  reject?: { when: Test; reason: Text }[] | undefined
  outputs: Output[]
  /** Names that the workspace gets when it does not have them yet. */
  declare?: Declarations | undefined
}

export interface MappingFile {
  format?: 'csv' | 'json' | 'ndjson' | undefined
  encoding?: string | undefined
  delimiter?: string | undefined
  header?: boolean | undefined
  sheet?: string | undefined
}

/** How the cells of a column are read. A cell that cannot be read rejects its row. */
export interface ColumnReading {
  type: PropertyType
  /** Of dates: `yyyy-MM-dd HH:mm:ss`, `d/M/yyyy`, `excel`, `unix`, `unix_ms` …; default: every form that is unambiguous. */
  format?: string | undefined
  /** Of lists in text: what stands between the entries. */
  split?: string | undefined
  /** Of numbers: the decimal sign; default the point. */
  decimal?: '.' | ',' | undefined
  /** Cells with these texts count as empty. */
  missing?: string[] | undefined
}

export interface MappedSubject {
  /** Subject kind; default person. */
  kind?: string | undefined
  /** Identity kind -> where its value stands. Empty ones are left out; all empty: the row has no such subject. */
  identities: Record<string, Expression>
}

/** A column by its name, a value of the event scope, or one of the forms below. */
export type Expression =
  | string
  | { prop: string }
  | CaseValue
  | { calc: CalcOperator; of: (EventValue | number)[] }
  | { constant: Literal }
  | { row: 'number' }
  /** Texts joined by `with` (default nothing); missing parts are left out, all missing is missing. */
  | { concat: Expression[]; with?: string | undefined }
  /** Texts joined by a blank and read as one date. */
  | { date: Expression[]; format?: string | undefined }

/** The value of a property, with its type and label where they shall differ from what the expression gives. */
export type MappedValue = Expression | DescribedValue
export interface DescribedValue {
  value: Expression
  type?: PropertyType | undefined
  label?: Text | undefined
  /** The item catalogue whose items the value names: `items.sku.brand` goes on there. */
  catalogue?: string | undefined
  /**
   * The currency of an amount. It is brought to the base currency when it is stored; `<name>.original` and
   * `<name>.currency` keep what the row says. An empty one is the base currency.
   */
  currency?: Expression | undefined
}
export interface DescribedAttribute extends Omit<DescribedValue, 'catalogue' | 'currency'> {
  /** What happens with the value; default set. */
  operation?: 'set' | 'set_once' | 'increment' | 'append' | 'unset' | undefined
}
export type AttributeValue = Expression | DescribedAttribute

export type Output = EventOutput | AttributesOutput | IdentitiesOutput | RelationOutput | ItemOutput

export interface EventOutput {
  /** The name of the event: a constant, or what a rule or column of the row says. */
  event: string | Exclude<Expression, string>
  where?: Test | undefined
  /** Aliases of the subjects, first who did it; default all of the mapping. */
  about?: string[] | undefined
  time: Expression
  /** A number of the event's own in the source (message id): a row that repeats it is the same event. */
  key?: Expression | undefined
  properties?: Record<string, MappedValue> | undefined
  /** Rows are lines: those with the same order key make one event, at the earliest time of its lines. */
  lines?: Lines | undefined
}

export interface Lines {
  /** What the lines of one order share. */
  key: Expression
  /** What tells the lines of an order apart; a line that repeats it is left out. Default: every row is a line. */
  line?: Expression | undefined
  /** Fields of each line, kept as `items.<name>`. */
  items?: Record<string, MappedValue> | undefined
  /** Properties of the order made of all its lines. Other properties are those of its first line. */
  totals?: Record<string, Total> | undefined
}
export type Total = (
  | { sum: Expression }
  | { min: Expression }
  | { max: Expression }
  | { distinct: Expression }
  | { count: true }
) & {
  type?: PropertyType | undefined
  label?: Text | undefined
  /** Of sums, minima and maxima: the currency, one for all lines of the order. */
  currency?: Expression | undefined
}

export interface AttributesOutput {
  attributes: Record<string, AttributeValue>
  /** Alias of the subject; default the first. */
  of?: string | undefined
  where?: Test | undefined
  /** When the values became true; default the time of the import. */
  time?: Expression | undefined
}

/** States that the identities of a subject in one row belong together. */
export interface IdentitiesOutput {
  identities: string
  where?: Test | undefined
  time?: Expression | undefined
}

export interface RelationOutput {
  relation: string
  from: string
  to: string
  role?: Expression | undefined
  /** Valid from; default the time of the import. */
  since?: Expression | undefined
  /** Valid until; empty = open. */
  until?: Expression | undefined
  where?: Test | undefined
}

/** A row of an item catalogue. */
export interface ItemOutput {
  catalogue: string
  item: Expression
  properties?: Record<string, MappedValue> | undefined
  where?: Test | undefined
  time?: Expression | undefined
}

export interface Declarations {
  subjects?: Record<string, { label: Text }> | undefined
  identityKinds?:
    | Record<
        string,
        { subject: string; strong: boolean; limit?: number | undefined; priority?: number | undefined; label: Text }
      >
    | undefined
  relations?: Record<string, DeclaredRelation> | undefined
  events?: Record<string, { label: Text; passive?: boolean | undefined }> | undefined
  catalogues?: Record<string, { label: Text }> | undefined
}

/**
 * A relation: either its ends, or the relation whose rows it reads from the other end (`employer` of `employs`). `noun`
 * counts what it reaches.
 */
export type DeclaredRelation = (
  | { from: string; to: string; inverseOf?: undefined }
  | { from?: undefined; to?: undefined; inverseOf: string }
) & { many: boolean; label: Text; noun: Text }
