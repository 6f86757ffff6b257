import type { ItemPropertyEntry } from '../catalog/catalog.js'
import type { Instant } from '../kernel/zone.js'
import { usableType } from '../language/frame/property.js'
import { attributeHistory } from './attribute-history.js'
import type { CompileContext, Restriction } from './context.js'
import type { AttributeRead } from './lower/attribute-columns.js'
import { eventIsOneOf } from './lower/event-is-one-of.js'
import { instantParam } from './lower/lowered.js'
import type { HistoryRead } from './lower/stored-values.js'
import {
  aggregate,
  and,
  call,
  column,
  type Expr,
  isTrue,
  not,
  number,
  or,
  type ProfileExpr,
  param,
} from './plan/expr.js'
import type { Named, Plan, Table } from './plan/plan.js'

/** The scans of a pass, each cut at what was known and limited to the profiles asked for. */
export class Scans {
  readonly #profile: Expr
  constructor(
    readonly subject: number,
    readonly context: CompileContext,
  ) {
    this.#profile = this.#profileOf()
  }

  /** Everybody of the subject kind who was known and seen before the moment; profile 0 is nobody. */
  population(): Plan {
    const where = [this.#ofSubject(), call('lt', column('first_ts'), this.#asOf()), ...this.#known('import_id', 'seq')]
    const rows = this.#filter('nodes', [...where, ...this.#restricted(true)])
    const strong = aggregate('max', [column('strong')])
    const people: Plan = {
      kind: 'aggregate',
      input: rows,
      by: [this.#key()],
      values: [{ name: 'strong', expr: strong }],
    }
    return { kind: 'filter', input: people, where: [call('gt', column('profile_id'), number(0))], without: null }
  }

  /** Events of some names in a stretch of time; their profile is `profile`. */
  events(names: readonly string[], from: Instant | null): Plan {
    const where: Expr[] = [eventIsOneOf(names), this.#ofSubject()]
    if (from !== null) where.push(call('gte', column('ts'), instantParam(from)))
    where.push(call('lt', column('ts'), this.#asOf()), ...this.#known('import_id', 'seq'))
    return {
      kind: 'filter',
      input: { kind: 'scan', table: 'events', final: false },
      where: [...where, ...this.#restricted(true)],
      without: this.context.hasSuperseded ? this.#superseded() : null,
    }
  }

  attributes(reads: readonly AttributeRead[]): Plan {
    const columns: Named[] = [{ name: 'profile_id', expr: column('profile_id') }]
    for (const { name, entry } of reads) {
      const expr: Expr =
        entry.column === null ? { kind: 'json', column: 'extra', key: entry.key } : column(entry.column)
      columns.push({ name, expr })
      if (entry.type === 'list' && entry.column !== null) {
        columns.push({ name: `${name}__known`, expr: column(`${entry.column}__known`) })
      }
    }
    const rows: Plan = { kind: 'scan', table: 'attributes', final: true }
    const limits = this.#restricted(false)
    const input: Plan = limits.length === 0 ? rows : { kind: 'filter', input: rows, where: limits, without: null }
    return { kind: 'project', input, shared: [], columns }
  }

  /** Attributes as their changes leave them. */
  history(reads: readonly AttributeRead[]): Plan {
    const rows = this.attributeChanges([...new Set(reads.map(({ entry }) => entry.id))])
    return { kind: 'aggregate', input: rows, by: [this.#key()], values: attributeHistory(reads) }
  }

  /** Changes of attributes by number. */
  attributeChanges(attributes: readonly number[]): Plan {
    return this.#filter('attribute_changes', [
      call('in', column('attr_id'), param('Array(UInt16)', attributes)),
      call('lt', column('ts'), this.#asOf()),
      ...this.#known('import_id', 'seq'),
      ...this.#restricted(true),
    ])
  }

  identities(reads: readonly { name: string; kind: string; blind: string | null }[]): Plan {
    const kinds = [...new Set(reads.map((read) => read.kind))].sort()
    const where = [call('in', column('kind'), param('Array(String)', kinds)), this.#ofSubject()]
    const rows = this.#filter('identities', [...where, ...this.#known('import_id', 'seq'), ...this.#restricted(true)])
    const values = reads.map(({ name, kind, blind }) => {
      const isKind = call('eq', column('kind'), param('String', kind))
      const isValue = blind === null ? [] : [call('eq', column('blind'), call('bytes', param('String', blind)))]
      return { name, expr: aggregate('count', [], [isKind, ...isValue]) }
    })
    return { kind: 'aggregate', input: rows, by: [this.#key()], values }
  }

  /** Rows of published runs of a tag, segment or list, up to the moment. */
  published(table: 'tag_changes' | 'tag_numbers', tag: number): Plan {
    const unpublished = this.context.tags.unpublishedRuns ?? []
    return this.#filter(table, [
      call('eq', column('tag_id'), param('UInt32', tag)),
      call('lte', column('as_of'), this.#asOf()),
      ...(unpublished.length === 0
        ? []
        : [not(call('in', column('run_id'), param('Array(UInt64)', unpublished.map(BigInt))))]),
      ...this.#restricted(false),
    ])
  }

  /** Values as published: those of the newest run not after the moment that is not still being written. */
  tagHistory(read: HistoryRead): Plan {
    const table = read.of === 'num' || read.of === 'at' ? 'tag_numbers' : 'tag_changes'
    const rows = this.published(table, read.tag)
    const key = call('runKey', column('as_of'), column('run_id'))
    const newest = (value: Expr): Expr => aggregate('lastBy', [value, key])
    const profile: Named = { name: 'profile_id', expr: column('profile_id') }
    if (read.of === 'held') {
      const changes = aggregate('sortedRows', [key, column('value'), column('present')], [])
      return {
        kind: 'aggregate',
        input: rows,
        by: [profile],
        values: [{ name: read.name, expr: call('heldCodes', changes) }],
      }
    }
    const value = column(read.of)
    const expr =
      table === 'tag_changes'
        ? newest(value)
        : call('valueIf', newest(call('isKnown', value)), newest(call('known', value)))
    return { kind: 'aggregate', input: rows, by: [profile], values: [{ name: read.name, expr }] }
  }

  /**
   * One row: the keys of all items of a catalogue that have a field, and beside them its values. The newest row of an item
   * counts as a whole, whatever the moment of computation is.
   */
  items(catalogue: string, field: ItemPropertyEntry): Plan {
    const rows = this.#filter('items', [
      call('eq', column('catalogue'), param('String', catalogue)),
      ...this.#known('import_id', 'seq'),
    ])
    const value: Expr =
      field.column === null ? { kind: 'json', column: 'props', key: field.name } : column(field.column)
    const isThere = usableType(field) === 'list' ? column(`${field.column}__known`) : call('isKnown', value)
    const newest = (expr: Expr): Expr => aggregate('lastBy', [expr, call('rowKey', column('ts'), column('seq'))])
    const known = usableType(field) === 'list' ? value : call('known', value)
    const newestRows: Plan = {
      kind: 'aggregate',
      input: rows,
      by: [{ name: 'item', expr: column('item') }],
      values: [
        { name: 'item_value', expr: newest(known) },
        { name: 'item_known', expr: newest(isThere) },
      ],
    }
    const input: Plan = {
      kind: 'filter',
      input: newestRows,
      where: [call('gt', column('item_known'), number(0))],
      without: null,
    }
    const both = call('pair', aggregate('all', [column('item')]), aggregate('all', [column('item_value')]))
    return { kind: 'aggregate', input, by: [], values: [{ name: 'items', expr: both }] }
  }

  /** Rows of a relation that hold at the moment; `end` is the one whose profile is asked from. */
  relations(kind: string, role: string | null): Plan {
    const [from, to] = [column('from_ts'), column('to_ts')]
    const where = [
      call('eq', column('kind'), param('String', kind)),
      ...(role === null ? [] : [call('eq', call('plainText', column('role')), param('String', role))]),
      call('lte', from, this.#asOf()),
      or([not(call('isKnown', to)), isTrue(call('gt', to, this.#asOf()))]),
      ...this.#known('import_id', 'seq'),
    ]
    return this.#filter('relations', where)
  }

  /** All rows of a relation that began up to the moment. */
  relationChanges(kind: string): Plan {
    return this.#filter('relations', [
      call('eq', column('kind'), param('String', kind)),
      call('lt', column('from_ts'), this.#asOf()),
      ...this.#known('import_id', 'seq'),
    ])
  }

  /** Whether an instant lies before the moment of computation. */
  isPast(ts: Expr): Expr {
    return call('lt', ts, this.#asOf())
  }

  /** Today's profile of a row, by its own node or an end of a relation. */
  profile(end?: 'from' | 'to'): Expr {
    return end === undefined ? this.#profile : { ...this.#profileOf(), end }
  }

  #profileOf(): ProfileExpr {
    const { database, profileMap } = this.context
    return { kind: 'profile', database, map: profileMap ?? 'override' }
  }

  #filter(table: Table, where: readonly Expr[]): Plan {
    return { kind: 'filter', input: { kind: 'scan', table, final: false }, where, without: null }
  }

  #superseded(): Plan {
    const where = this.#known('import_id', 'by_seq')
    const rows: Plan = { kind: 'scan', table: 'events_superseded', final: false }
    const input: Plan = where.length === 0 ? rows : { kind: 'filter', input: rows, where, without: null }
    return { kind: 'project', input, shared: [], columns: [{ name: 'seq', expr: column('seq') }] }
  }

  #key(): Named {
    return { name: 'profile_id', expr: this.#profile }
  }

  #asOf(): Expr {
    return instantParam(this.context.asOf)
  }

  #ofSubject(): Expr {
    return call('eq', column('subject'), param('UInt8', this.subject))
  }

  #known(importColumn: string, seqColumn: string): Expr[] {
    const { knownSeq, excludedImports } = this.context
    const known: Expr[] = []
    if (knownSeq !== null) known.push(call('lte', column(seqColumn), param('UInt64', knownSeq)))
    if (excludedImports.length > 0) {
      known.push(not(call('in', column(importColumn), param('Array(UInt32)', excludedImports))))
    }
    return known
  }

  /** `byNode`: the rows are written under older profiles and looked up through the override map. */
  #restricted(byNode: boolean): Expr[] {
    const { restrict } = this.context
    if (restrict === undefined) return []
    if (!byNode) return [within(restrict, column('profile_id'))]
    const current = within(restrict, this.#profile)
    if (restrict.stamped === undefined) return [current]
    // The key of the table prunes by the profile a row was written with; the second test then looks at today's.
    const written = or([within(restrict, WRITTEN), call('in', WRITTEN, param('Array(UInt32)', restrict.stamped))])
    return [written, current]
  }
}

const WRITTEN: Expr = { kind: 'written' }

function within(restrict: Restriction, profile: Expr): Expr {
  if ('profiles' in restrict) return call('in', profile, param('Array(UInt32)', restrict.profiles))
  return and([call('gte', profile, param('UInt32', restrict.from)), call('lt', profile, param('UInt32', restrict.to))])
}
