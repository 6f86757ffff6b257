import { isName } from '../../catalog/flatten.js'
import { type PreparedTest, prepareTest } from '../../language/event-scope/prepare.js'
import type { Incoming, MessageKey, SubjectReference } from '../incoming.js'
import type { MappingReason, RowReason } from '../reasons.js'
import { prepareValues, readValues } from './mapped-values.js'
import type {
  AttributesOutput,
  EventOutput,
  Expression,
  ItemOutput,
  Mapping,
  Output,
  RelationOutput,
} from './mapping.js'
import { type OrderLine, type PreparedTotal, prepareTotals } from './order-lines.js'
import { type PreparedExpression, prepareExpression, textOf } from './prepare-expression.js'
import type { RowScope } from './row-scope.js'

/** What the outputs of one row share. */
export interface OutputContext {
  readonly row: RowScope
  readonly subjects: ReadonlyMap<string, SubjectReference | null>
  readonly importedAt: number
  readonly canonical: string
  readonly rowHash: string
  /** Which time this row occurs in the file. */
  readonly nth: () => number
  /** Key of a fact of an output; equal text = equal key. */
  readonly keyOf: (output: number, text: string) => string
}

export type Made =
  | { readonly record: Incoming | null }
  | { readonly line: OrderLine }
  | { readonly rejected: RowReason }

export interface PreparedOutput {
  readonly where: PreparedTest | null
  readonly grouped: boolean
  readonly counted: boolean
  readonly totals: readonly PreparedTotal[]
  readonly make: (context: OutputContext) => Made
}

const DAY_MS = 86_400_000
const reject = (code: MappingReason, words: RowReason['words'] = {}): Made => ({ rejected: { code, words } })

/** Makes one output of a mapping ready. */
export function prepareOutput(
  mapping: Mapping,
  output: Output,
  at: number,
  aliases: readonly string[],
): PreparedOutput {
  const where = output.where === undefined ? null : prepareTest(output.where)
  const common = { where, grouped: false, counted: false, totals: [] }
  if ('event' in output) {
    return output.lines === undefined
      ? { ...common, counted: output.key === undefined, make: prepareEvent(mapping, output, at, aliases) }
      : { ...common, ...prepareLines(mapping, output, at, aliases) }
  }
  if ('attributes' in output) {
    const adds = Object.values(output.attributes).some(
      (value) => typeof value === 'object' && 'operation' in value && /increment|append/.test(value.operation ?? ''),
    )
    return { ...common, counted: adds, make: prepareAttributes(mapping, output, at, output.of ?? aliases[0]!, adds) }
  }
  if ('identities' in output) {
    const time = prepareTime(output.time)
    return {
      ...common,
      make: (context) => {
        const about = context.subjects.get(output.identities)
        if (about == null) return { record: null }
        const ts = time(context)
        return typeof ts === 'number' ? { record: { type: 'identities', key: rowKey(context, at), ts, about } } : ts
      },
    }
  }
  if ('relation' in output) return { ...common, make: prepareRelation(output, at) }
  return { ...common, make: prepareItem(mapping, output, at) }
}

/** A row is its own content; the same row of another file or of a repeated place in this one is the same fact. */
function rowKey(context: OutputContext, output: number): MessageKey {
  return { scope: 'file', hash: context.keyOf(output, context.canonical), content: null }
}

function prepareEvent(mapping: Mapping, output: EventOutput, at: number, aliases: readonly string[]) {
  const name = prepareName(output.event)
  const time = prepareEventTime(output.time)
  const values = prepareValues(mapping, output.properties)
  const key = output.key === undefined ? null : prepareExpression(output.key)
  const about = prepareAbout(mapping, output.about ?? aliases)
  return (context: OutputContext): Made => {
    const subjects = about(context)
    if ('rejected' in subjects) return subjects
    const event = name(context.row)
    if (event === null) return reject('name_missing')
    const ts = time(context)
    if (typeof ts !== 'number') return ts
    const own = key === null ? null : textOf(key(context.row))
    if (key !== null && own === null) return reject('key_missing')
    const hash =
      own === null
        ? context.keyOf(at, `${context.canonical}\u001e${context.nth()}`)
        : context.keyOf(at, `key\u001e${event}\u001e${own}`)
    return {
      record: {
        type: 'event',
        key: { scope: 'file', hash, content: own === null ? null : context.rowHash },
        event,
        ts,
        about: subjects.about,
        properties: readValues(values, context.row),
      },
    }
  }
}

function prepareLines(mapping: Mapping, output: EventOutput, at: number, aliases: readonly string[]) {
  const lines = output.lines!
  const name = prepareName(output.event)
  const time = prepareEventTime(output.time)
  const values = prepareValues(mapping, output.properties)
  const items = prepareValues(mapping, lines.items)
  const totals = prepareTotals(mapping, lines)
  const hasCurrency = totals.some((total) => total.currency !== undefined)
  const orderKey = prepareExpression(lines.key)
  const lineKey = lines.line === undefined ? null : prepareExpression(lines.line)
  const about = prepareAbout(mapping, output.about ?? aliases)
  const make = (context: OutputContext): Made => {
    const subjects = about(context)
    if ('rejected' in subjects) return subjects
    const event = name(context.row)
    if (event === null) return reject('name_missing')
    const ts = time(context)
    if (typeof ts !== 'number') return ts
    const order = textOf(orderKey(context.row))
    if (order === null) return reject('key_missing')
    return {
      line: {
        output: at,
        order: `${event}\u001f${order}`,
        row: context.row.rowNumber,
        ts,
        body: {
          event,
          about: subjects.about,
          properties: readValues(values, context.row),
          item: readValues(items, context.row),
          totals: totals.map((total) => total.read(context.row)),
          ...(hasCurrency ? { currencies: totals.map((total) => total.currency?.(context.row) ?? null) } : {}),
          line: lineKey === null ? null : textOf(lineKey(context.row)),
          hash: context.rowHash,
        },
      },
    }
  }
  return { grouped: true, totals, make }
}

function prepareAttributes(mapping: Mapping, output: AttributesOutput, at: number, alias: string, adds: boolean) {
  const values = prepareValues(mapping, output.attributes)
  const time = prepareTime(output.time)
  return (context: OutputContext): Made => {
    const about = context.subjects.get(alias)
    if (about == null) return { record: null }
    const ts = time(context)
    if (typeof ts !== 'number') return ts
    const changes = values.flatMap((value) => {
      const raw = value.read(context.row)
      return raw === null ? [] : [{ operation: value.operation, attribute: value.name, value: raw }]
    })
    const text = adds ? `${context.canonical}\u001e${context.nth()}` : context.canonical
    const key: MessageKey = { scope: 'file', hash: context.keyOf(at, text), content: null }
    // A row without values still says that these identities are one subject.
    if (changes.length === 0) return { record: { type: 'identities', key, ts, about } }
    return { record: { type: 'attributes', key, ts, about, changes } }
  }
}

function prepareRelation(output: RelationOutput, at: number) {
  const role = output.role === undefined ? null : prepareExpression(output.role)
  const since = prepareTime(output.since)
  const until = output.until === undefined ? null : prepareExpression(output.until)
  return (context: OutputContext): Made => {
    const from = context.subjects.get(output.from)
    const to = context.subjects.get(output.to)
    if (from == null || to == null) return reject('related_missing')
    const ts = since(context)
    if (typeof ts !== 'number') return ts
    const end = until?.(context.row) ?? null
    return {
      record: {
        type: 'relation',
        key: rowKey(context, at),
        relation: output.relation,
        from,
        to,
        role: role === null ? null : textOf(role(context.row)),
        ts,
        until: typeof end === 'number' ? end : null,
      },
    }
  }
}

function prepareItem(mapping: Mapping, output: ItemOutput, at: number) {
  const item = prepareExpression(output.item)
  const values = prepareValues(mapping, output.properties)
  const time = prepareTime(output.time)
  return (context: OutputContext): Made => {
    const number = textOf(item(context.row))
    if (number === null) return reject('item_missing')
    const ts = time(context)
    if (typeof ts !== 'number') return ts
    return {
      record: {
        type: 'item',
        // The newest row of an item counts, also when it returns to what an earlier one said.
        key: {
          scope: 'file',
          hash: context.keyOf(at, `item\u001e${output.catalogue}\u001e${number}`),
          content: context.rowHash,
        },
        catalogue: output.catalogue,
        item: number,
        ts,
        properties: readValues(values, context.row),
      },
    }
  }
}

function prepareName(name: EventOutput['event']): (row: RowScope) => string | null {
  if (typeof name === 'string') return () => name
  const prepared = prepareExpression(name)
  return (row) => {
    const text = textOf(prepared(row))
    return text !== null && isName(text) ? text : null
  }
}

/** The moment of an event: needed, and neither before 1970 nor more than a day after the import. */
function prepareEventTime(expression: Expression): (context: OutputContext) => number | Made {
  const prepared: PreparedExpression = prepareExpression(expression)
  return ({ row, importedAt }) => {
    const ts = prepared(row)
    if (typeof ts !== 'number') return reject('time_missing')
    if (ts < 0) return reject('time_before_1970')
    return ts > importedAt + DAY_MS ? reject('time_in_future') : ts
  }
}

/** The moment of another fact; an empty one is the time of the import. */
function prepareTime(expression: Expression | undefined): (context: OutputContext) => number | Made {
  if (expression === undefined) return ({ importedAt }) => importedAt
  const prepared = prepareExpression(expression)
  return ({ row, importedAt }) => {
    const ts = prepared(row)
    return typeof ts !== 'number' ? importedAt : ts > importedAt + DAY_MS ? reject('time_in_future') : ts
  }
}

/** The subjects of an event; without the first one there is none. */
function prepareAbout(mapping: Mapping, aliases: readonly string[]) {
  return ({ subjects }: OutputContext): { about: SubjectReference[] } | { rejected: RowReason } => {
    const about: SubjectReference[] = []
    for (const [place, alias] of aliases.entries()) {
      const subject = subjects.get(alias)
      if (subject != null) about.push(subject)
      else if (place === 0) {
        const columns = Object.entries(mapping.subjects?.[alias]?.identities ?? {})
          .map(([identity, expression]) => (typeof expression === 'string' ? expression : identity))
          .join(', ')
        return { rejected: { code: 'no_identity', words: { columns } } }
      }
    }
    return { about }
  }
}
