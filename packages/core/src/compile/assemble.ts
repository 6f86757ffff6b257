import { attributeHistory } from './attribute-history.js'
import type { CompileContext, Restriction } from './context.js'
import type { AttributeColumns, AttributeRead } from './lower/attribute-columns.js'
import type { EventLeaves, EventPass } from './lower/event-leaves.js'
import { instantParam } from './lower/lowered.js'
import { eventIsOneOf, LINE, lineColumn } from './lower/rows-plan.js'
import type { HistoryRead, StoredValues } from './lower/stored-values.js'
import { aggregate, and, call, column, type Expr, not, number, or, param } from './plan/expr.js'
import { partsOf } from './plan/hash.js'
import type { Filter, Named, Plan, Table } from './plan/plan.js'

/** What a pass reads, as its planner collected it. */
export interface PassReads {
  readonly subject: number
  readonly events: EventLeaves
  readonly attributes: AttributeColumns
  readonly stored: StoredValues
}

/** One row per living profile with the columns that `outputs` are made of, from as few tables as they need. */
export function assemble(reads: PassReads, outputs: readonly Expr[], context: CompileContext): Plan {
  const names = columnNames(outputs)
  const sources = new Sources(reads.subject, context)
  const others: Plan[] = []
  for (const pass of reads.events.passes()) {
    const leaves = pass.leaves.filter((leaf) => names.has(leaf.name))
    if (leaves.length > 0) others.push(sources.events(pass, leaves))
  }
  const attributes = reads.attributes.used().filter(({ name }) => names.has(name) || names.has(`${name}__known`))
  const isFolded = (read: AttributeRead): boolean => read.since !== null || context.attributes === 'history'
  const [folded, current] = [attributes.filter(isFolded), attributes.filter((read) => !isFolded(read))]
  if (folded.length > 0) others.push(sources.history(folded))
  if (current.length > 0) others.push(sources.attributes(current))
  const identities = reads.attributes.identities().filter((read) => names.has(read.name))
  if (identities.length > 0) others.push(sources.identities(identities))
  for (const read of reads.stored.reads()) if (names.has(read.name)) others.push(sources.tagHistory(read))
  return { kind: 'join', left: sources.population(), others }
}

/** The scans of a pass, each cut at what was known and limited to the profiles asked for. */
class Sources {
  readonly #profile: Expr
  constructor(
    private readonly subject: number,
    private readonly context: CompileContext,
  ) {
    this.#profile = { kind: 'profile', database: context.database }
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

  events(pass: EventPass, leaves: readonly Named[]): Plan {
    const where: Expr[] = [eventIsOneOf([...pass.events]), this.#ofSubject()]
    if (pass.from !== null) where.push(call('gte', column('ts'), instantParam(pass.from)))
    where.push(call('lt', column('ts'), this.#asOf()), ...this.#known('import_id', 'seq'))
    const rows: Filter = {
      kind: 'filter',
      input: { kind: 'scan', table: 'events', final: false },
      where: [...where, ...this.#restricted(true)],
      without: this.context.hasSuperseded ? this.#superseded() : null,
    }
    const input: Plan = pass.each === null ? rows : unfolded(rows, leaves)
    return { kind: 'aggregate', input, by: [this.#key()], values: leaves }
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

  history(reads: readonly AttributeRead[]): Plan {
    const where = [
      call('in', column('attr_id'), param('Array(UInt16)', [...new Set(reads.map(({ entry }) => entry.id))])),
      call('lt', column('ts'), this.#asOf()),
      ...this.#known('import_id', 'seq'),
      ...this.#restricted(true),
    ]
    const rows = this.#filter('attribute_changes', where)
    return { kind: 'aggregate', input: rows, by: [this.#key()], values: attributeHistory(reads) }
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

  /** Values as published: those of the newest run not after the moment that is not still being written. */
  tagHistory(read: HistoryRead): Plan {
    const table: Table = read.of === 'num' || read.of === 'at' ? 'tag_numbers' : 'tag_changes'
    const unpublished = this.context.tags.unpublishedRuns ?? []
    const where = [
      call('eq', column('tag_id'), param('UInt32', read.tag)),
      call('lte', column('as_of'), this.#asOf()),
      ...(unpublished.length === 0
        ? []
        : [not(call('in', column('run_id'), param('Array(UInt64)', unpublished.map(BigInt))))]),
      ...this.#restricted(false),
    ]
    const rows = this.#filter(table, where)
    const key = call('runKey', column('as_of'), column('run_id'))
    const newest = (value: Expr): Expr => aggregate('lastBy', [value, key])
    const profile: Named = { name: 'profile_id', expr: column('profile_id') }
    const value = column(read.of)
    const expr =
      table === 'tag_changes'
        ? newest(value)
        : call('valueIf', newest(call('isKnown', value)), newest(call('known', value)))
    return { kind: 'aggregate', input: rows, by: [profile], values: [{ name: read.name, expr }] }
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

/** Lines as rows, with the fields that the leaves use. */
function unfolded(rows: Plan, leaves: readonly Named[]): Plan {
  const prefix = lineColumn('')
  const used = [...columnNames(leaves.map((leaf) => leaf.expr))]
  const arrays = used.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  const line = LINE.kind === 'column' && used.includes(LINE.name)
  return { kind: 'unfold', input: rows, arrays: arrays.sort(), line }
}

/** Names of all columns that expressions are made of. */
export function columnNames(exprs: readonly Expr[]): Set<string> {
  const names = new Set<string>()
  const seen = new Set<Expr>()
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return
    seen.add(expr)
    if (expr.kind === 'column') names.add(expr.name)
    for (const part of partsOf(expr)) visit(part)
  }
  for (const expr of exprs) visit(expr)
  return names
}
