import type { Definition, Text } from '../language/document.js'

/** Types of properties and attributes. money is decimal(18,4) in the workspace's base currency. */
export type PropertyType = 'number' | 'money' | 'text' | 'date' | 'bool' | 'list'

/** A property of an event, or of one line of its items when `item`. */
export interface PropertyEntry {
  readonly name: string
  readonly type: PropertyType
  readonly labels: Text
  /** true for `items.x`: one entry per order line. */
  readonly item: boolean
  /** The typed ClickHouse column, or null while the property lives in the JSON column `props`. */
  readonly column: string | null
  /** The item catalogue whose items the value names (`sku` of `goods`): `sku.brand` goes on there. */
  readonly catalogue?: string
}
/** A catalogue of things (goods, articles) whose properties are read as they are known now. */
export interface ItemCatalogueEntry {
  readonly key: string
  readonly labels: Text
  readonly properties: ReadonlyMap<string, ItemPropertyEntry>
}
export interface ItemPropertyEntry {
  readonly name: string
  readonly type: PropertyType
  readonly labels: Text
  /** The typed column of the ClickHouse table items, or null while the property lives in the JSON column `props`. */
  readonly column: string | null
}
/** What the workspace calendar says about one local day. */
export interface CalendarDay {
  readonly kind: 'workday' | 'restday' | 'holiday'
  /** Name of the holiday; null on other days. */
  readonly holiday: string | null
  /** Name of the promotion that runs; null = none. */
  readonly promotion: string | null
}
/** A named stretch of the workspace calendar (promotion, school term): local days, both included. */
export interface PeriodEntry {
  readonly id: string
  readonly labels: Text
  /** Instants in ms, half-open. */
  readonly from: number
  readonly to: number
}
/** A category of the catalogue with what is live in it. */
export interface CategoryEntry {
  readonly id: string
  readonly labels: Text
  /** Live tags of the category and of those below it. */
  readonly tags: readonly string[]
}
export interface EventEntry {
  readonly name: string
  readonly labels: Text
  /** Done to the subject, not by her: counts only when named. */
  readonly passive: boolean
  readonly properties: ReadonlyMap<string, PropertyEntry>
}
export interface AttributeEntry {
  /** Number used in attribute_changes. */
  readonly id: number
  readonly key: string
  readonly subject: string
  readonly type: PropertyType
  readonly labels: Text
  /** Column of the ClickHouse table attributes, or null while it lives in `extra`. */
  readonly column: string | null
}
export interface SubjectEntry {
  readonly key: string
  /** Number written into ClickHouse rows; person 1, organisation 2. */
  readonly number: number
  readonly labels: Text
}
export interface RelationEntry {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly many: boolean
  readonly labels: Text
  /** Counting noun of what is reached (人, 家). */
  readonly noun: Text
  /** The relation whose rows this one reads from the other end (employs ⇄ employer); null = it has rows of its own. */
  readonly inverseOf: string | null
}
/** A stored definition and the number it has in the tag id space (tags, segments and lists share it). */
export interface DefinitionEntry {
  readonly id: string
  readonly kind: Definition['kind']
  readonly number: number
  readonly version: number
  readonly body: Definition
  readonly archived: boolean
  /** Codes of the values in ClickHouse: code text -> 1…; 0 is blank. Empty for numbers, dates and segments (1 = member). */
  readonly codes: ReadonlyMap<string, number>
  /** Of a tag that an SQL query gives: what its values are, as the last check of the query found. */
  readonly sqlKind?: 'text' | 'number' | 'date' | 'bool'
}
export interface ListEntry {
  readonly id: string
  readonly number: number
  readonly subject: string
  readonly labels: Text
  /** `subjects`: its members are published under its number · `values`: plain texts for `in`, `hasAny` …, never published. */
  readonly holds: 'subjects' | 'values'
  /** What a list of values holds, ascending in UTF-8; empty for lists of subjects. */
  readonly values: readonly string[]
}

/** Every name a definition may use. A snapshot: it never changes under its reader. */
export interface Catalog {
  readonly timeZone: string
  readonly currency: string
  readonly subjects: ReadonlyMap<string, SubjectEntry>
  readonly events: ReadonlyMap<string, EventEntry>
  /** subject kind -> attribute key -> entry. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, AttributeEntry>>
  /** Identity kinds by key, reachable as the attribute `id.<kind>`. */
  readonly identityKinds: ReadonlyMap<string, IdentityKindEntry>
  readonly relations: ReadonlyMap<string, RelationEntry>
  readonly definitions: ReadonlyMap<string, DefinitionEntry>
  readonly lists: ReadonlyMap<string, ListEntry>
  readonly items: ReadonlyMap<string, ItemCatalogueEntry>
  /** Local day number -> what is special about the day; days that are not here follow the week. */
  readonly calendar: ReadonlyMap<number, CalendarDay>
  readonly periods: ReadonlyMap<string, PeriodEntry>
  /** By id; absent where nobody asks for categories. */
  readonly categories?: ReadonlyMap<string, CategoryEntry>
}

export interface IdentityKindEntry {
  readonly key: string
  readonly subject: string
  /** A strong identity belongs to one subject (user id, phone); a weak one may be shared (device). */
  readonly strong: boolean
  /** How many identities of this kind one profile may hold; null = any number. */
  readonly limit: number | null
  /** Lower number = stronger claim when a limit is hit. */
  readonly priority: number
  /** How a value is made canonical before it is compared. */
  readonly normalise: 'text' | 'phone' | 'email'
  readonly labels: Text
}
