import type { Catalog, PropertyType } from '../../catalog/catalog.js'
import type { Instant } from '../../kernel/zone.js'
import type { EventValue, Field, Prop } from '../../language/document.js'
import {
  type CataloguedProperty,
  eventsOf,
  type FoundProperty,
  findProperty,
  usableType,
} from '../../language/frame/property.js'
import type { StreamScope } from '../../language/frame/scope.js'
import { call, column, type Expr, missing, number } from '../plan/expr.js'
import type { Scans } from '../scans.js'
import type { Bounds } from '../window-bounds.js'
import { clockField, type Moment } from './clock.js'
import type { Leaves } from './column-source.js'
import { elementTextOf, listTexts } from './element-text.js'
import { localDayOf } from './local-day.js'
import { instantOf, instantParam, type Lowered, MISSING, millisOf, numberOf, TS, textOfCode } from './lowered.js'
import type { RowsRead } from './rows-of-stream.js'
import type { RowScope, RowsPlan } from './scope.js'

type EventStream = StreamScope & { kind: 'events' }

/** The columns of the rows of one stream. */
export class StreamRow implements RowScope {
  readonly #catalog: Catalog
  readonly #scans: Scans
  readonly #stream: EventStream
  readonly #moment: Moment
  readonly #warn: (message: string, path: string) => void

  constructor(scans: Scans, stream: EventStream, moment: Moment, warn: (message: string, path: string) => void) {
    this.#catalog = scans.context.catalog
    this.#scans = scans
    this.#stream = stream
    this.#moment = moment
    this.#warn = warn
  }

  clock(field: Field): Lowered {
    return clockField(field, this.#moment)
  }

  prop(name: string, path: string): Lowered {
    if (name === 'event') return { type: 'text', expr: column('event') }
    const lookup = findProperty(this.#catalog, this.#stream, name)
    if ('catalogued' in lookup) return this.#ofItem(lookup.catalogued)
    if (!('found' in lookup)) {
      this.#warn(`no event of the stream has a property "${name}"`, path)
      return MISSING
    }
    return this.#stored(lookup.found)
  }

  #stored(found: FoundProperty): Lowered {
    const isList = found.item && this.#stream.each === null
    const columns = found.entries.flatMap(({ entry }) =>
      usableType(entry) === found.type || found.type === 'number' ? [entry] : [],
    )
    const places = new Map(columns.map((entry) => [entry.column ?? '', entry]))
    const forms = [...places.values()].map((entry) => this.#column(entry.column, entry.name, found.item, isList))
    return asProperty(usableType(columns[0]!), isList, forms)
  }

  /** A field of the item that a property names, as the catalogue of items knows it now. */
  #ofItem({ of, catalogue, field }: CataloguedProperty): Lowered {
    const key = this.#stored(of)
    const items: Expr = { kind: 'scalar', plan: this.#scans.items(catalogue, field) }
    const type = usableType(field)
    if (key.type === 'list') {
      return { ...key, expr: LINE_TEXTS[type](call('itemValues', listTexts(key), items)) }
    }
    if (key.type !== 'text') return MISSING
    const place = call('placeOfItem', call('plainText', key.expr), items)
    if (type !== 'list') return asProperty(type, false, [call('itemValue', place, items)])
    return { type: 'list', element: 'text', expr: call('itemList', place, items), known: call('gt', place, number(0)) }
  }

  #column(name: string | null, property: string, item: boolean, isList: boolean): Expr {
    if (name === null) return item ? missing('String') : { kind: 'json', column: 'props', key: property }
    if (!item) return column(name)
    return isList ? call('nonMissingOf', column(name)) : column(lineColumn(name))
  }
}

/** Name of a line's field once the lines are the rows. */
export function lineColumn(name: string): string {
  return `line_${name}`
}

/** Moment and sequence number: the order of events. */
export const ROW_ORDER: readonly Expr[] = [column('ts'), column('seq')]
/** Position of the line in its order, from 1. */
export const LINE = column('line')

function asProperty(type: ReturnType<typeof usableType>, isList: boolean, forms: readonly Expr[]): Lowered {
  const first = forms[0]!
  const expr = forms.length === 1 ? first : call('firstKnown', ...forms)
  if (isList) {
    const list = forms.length === 1 ? first : call('joinLists', ...forms)
    return {
      type: 'list',
      element: 'text',
      expr: LINE_TEXTS[type](list),
      known: call('gt', column('items_count'), number(0)),
    }
  }
  switch (type) {
    case 'number':
    case 'money':
      return numberOf('decimal64', expr)
    case 'text':
      return { type: 'text', expr }
    case 'date':
      return instantOf(expr)
    case 'bool':
      return { type: 'bool', expr }
    case 'list':
      return {
        type: 'list',
        element: 'text',
        expr: forms.length === 1 ? first : call('joinLists', ...forms),
        known: knownColumn(forms),
      }
  }
}

/** Fields of all lines as texts. */
const LINE_TEXTS: Readonly<Record<PropertyType, (list: Expr) => Expr>> = {
  number: (list) => call('textsOf', list),
  money: (list) => call('textsOf', list),
  text: (list) => list,
  date: (list) => call('textsOfMillis', list),
  bool: (list) => call('textsOfBools', list),
  list: (list) => list,
}

/** A list column has a companion that says whether the list is there at all. */
function knownColumn(forms: readonly Expr[]): Expr {
  const companions = forms.map((form) => (form.kind === 'column' ? column(`${form.name}__known`) : missing('UInt8')))
  return companions.length === 1 ? companions[0]! : call('or', ...companions)
}

/** Conditions that keep a leaf inside a window that is the same for everybody. */
export function rowConditions(bounds: Bounds, asOf: Instant): Expr[] {
  const conditions: Expr[] = []
  if (bounds.from !== null) conditions.push(call('gte', TS.expr, instantParam(bounds.from)))
  if (bounds.to !== null && bounds.to < asOf) conditions.push(call('lt', TS.expr, instantParam(bounds.to)))
  return conditions
}

/** The rows of a stream that pass a test inside a window. */
export class StreamRows implements RowsPlan {
  constructor(
    readonly catalog: Catalog,
    readonly stream: StreamRead,
    private readonly leaves: Leaves,
  ) {}

  get order(): readonly Expr[] {
    return this.stream.order
  }

  get when(): readonly Expr[] {
    return this.stream.when
  }

  get repeats(): boolean {
    const { origin } = this.stream.read
    return origin.kind === 'changes' || origin.each !== null
  }

  get inside(): Expr {
    return this.stream.inside
  }

  prop(prop: Prop, path: string): Lowered {
    const value = this.stream.value(typeof prop === 'string' ? { prop } : prop, path)
    return value.type === 'code' ? { type: 'text', expr: textOfCode(value) } : value
  }

  hasText(prop: Prop, path: string): Expr {
    const value = this.prop(prop, path)
    if (value.type === 'list') return call('notEmpty', call('nonEmptyTexts', listTexts(value)))
    return call('isKnown', call('emptyAsMissing', elementTextOf(value)))
  }

  localDay(): Expr {
    const { zone, from, to } = this.stream.moment
    return localDayOf(millisOf(TS), zone, from, to)
  }

  leaf(expr: Expr): Expr {
    return this.leaves.add(expr)
  }
}

/** What a stream reads and which of its rows count. */
export interface StreamRead {
  readonly read: RowsRead
  readonly when: readonly Expr[]
  readonly inside: Expr
  readonly order: readonly Expr[]
  /** The moment of a row. */
  readonly moment: Moment
  /** Where the window ends, in ms, as an expression of the profile's row. */
  readonly end: Expr
  /** A value of one row. */
  value(value: EventValue, path: string): Lowered
}

/** Names of the events a stream reads. */
export function eventNames(catalog: Catalog, stream: EventStream): string[] {
  const known = eventsOf(catalog, stream.names).map((event) => event.name)
  return stream.names === 'any' ? known : [...stream.names]
}
