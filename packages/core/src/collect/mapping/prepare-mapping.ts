import { hash64, hashText } from '../../kernel/hash64.js'
import type { Zone } from '../../kernel/zone.js'
import { zoneOf } from '../../kernel/zone.js'
import { type PreparedTest, prepareTest } from '../../language/event-scope/prepare.js'
import type { Incoming, RawValue, SubjectReference } from '../incoming.js'
import type { RowReason } from '../reasons.js'
import { makeLocalClock } from './cells/local-clock.js'
import type { Mapping } from './mapping.js'
import { assembleOrder, type OrderLine, type OrderOutcome, type PreparedTotal } from './order-lines.js'
import { type OutputContext, type PreparedOutput, prepareOutput } from './outputs.js'
import { makeRowScope } from './row-scope.js'
import { identityColumns, prepareSubject } from './subjects.js'

/** What an import knows beside its mapping. */
export interface MappingContext {
  /** Zone of the workspace; the mapping may name another one for the file. */
  readonly zone: Zone
  /** When the import began, ms: the moment of facts without a time, and the border of the future. */
  readonly importedAt: number
}

/** A row of a file as facts, or why it is none. */
export type RowOutcome =
  | { readonly records: readonly Incoming[]; readonly lines: readonly OrderLine[] }
  | { readonly rejected: readonly RowReason[] }

/** A mapping made ready for the rows of one import. It keeps the row it works on, so it maps one row at a time. */
export interface PreparedMapping {
  readonly mapping: Mapping
  /** Columns the reader needs to give. */
  readonly columns: ReadonlySet<string>
  /** Whether rows are lines of orders, so that `apply` gives lines to be gathered. */
  readonly grouped: boolean
  /** Whether keys tell equal rows apart, so that `occurrence` must be right. */
  readonly counted: boolean
  /**
   * Maps a row. `occurrence` gives for the hash of a row's canonical text which time it occurs in this file (1 = first);
   * it is asked once per row that yields facts, in file order. Never throws for any row.
   */
  apply(
    row: { readonly number: number; readonly values: Readonly<Record<string, RawValue>> },
    occurrence: (high: number, low: number) => number,
  ): RowOutcome
  /** Puts the lines of one order together. */
  assemble(lines: readonly OrderLine[]): OrderOutcome
}

/** Makes a checked mapping ready. */
export function prepareMapping(mapping: Mapping, context: MappingContext): PreparedMapping {
  const zone = mapping.timeZone === undefined ? context.zone : zoneOf(mapping.timeZone)
  const row = makeRowScope(mapping, zone, makeLocalClock(zone))
  const aliases = Object.keys(mapping.subjects ?? {})
  const subjects = new Map(Object.entries(mapping.subjects ?? {}).map(([alias, one]) => [alias, prepareSubject(one)]))
  const rules: { test: PreparedTest; reason: RowReason }[] = (mapping.reject ?? []).map((rule) => {
    const zh = typeof rule.reason === 'string' ? rule.reason : rule.reason.zh
    const en = typeof rule.reason === 'string' ? rule.reason : (rule.reason.en ?? rule.reason.zh)
    return { test: prepareTest(rule.when), reason: { code: 'ruled_out', words: { zh, en } } }
  })
  const outputs = mapping.outputs.map((output, at) => prepareOutput(mapping, output, at, aliases))
  const totals: (readonly PreparedTotal[])[] = outputs.map((output) => output.totals)
  const first = aliases[0]

  return {
    mapping,
    columns: new Set(Object.keys(mapping.columns)),
    grouped: outputs.some((output) => output.grouped),
    counted: outputs.some((output) => output.counted),
    apply: (source, occurrence) => {
      const unreadable = row.load(source)
      const found = new Map<string, SubjectReference | null>()
      for (const [alias, subject] of subjects) found.set(alias, subject(row))
      if (first !== undefined && aliases.every((alias) => found.get(alias) === null)) {
        return { rejected: [{ code: 'no_identity', words: { columns: identityColumns(mapping.subjects![first]!) } }] }
      }
      for (const rule of rules) if (rule.test(row) === true) return { rejected: [rule.reason] }
      if (unreadable.length > 0) return { rejected: unreadable }
      const matching = outputs.filter((output) => output.where === null || output.where(row) === true)
      if (matching.length === 0) return { rejected: [{ code: 'not_mapped', words: {} }] }
      return applyOutputs(mapping.id, matching, {
        row,
        subjects: found,
        importedAt: context.importedAt,
        canonical: row.canonical(),
        occurrence,
      })
    },
    assemble: (lines) => assembleOrder(mapping.id, totals[lines[0]!.output] ?? [], lines),
  }
}

function applyOutputs(
  mappingId: string,
  outputs: readonly PreparedOutput[],
  source: Omit<OutputContext, 'rowHash' | 'nth' | 'keyOf'> & { occurrence: (high: number, low: number) => number },
): RowOutcome {
  const { occurrence, ...context } = source
  const hash = hash64(context.canonical)
  const rowHash = hashText(hash)
  let nth: number | null = null
  const records: Incoming[] = []
  const lines: OrderLine[] = []
  const ready: OutputContext = {
    ...context,
    rowHash,
    nth: () => {
      nth ??= occurrence(hash.high, hash.low)
      return nth
    },
    keyOf: (output, text) => hashText(hash64(`${mappingId}\u001e${output}\u001e${text}`)),
  }
  for (const output of outputs) {
    const made = output.make(ready)
    if ('rejected' in made) return { rejected: [made.rejected] }
    if ('line' in made) lines.push(made.line)
    else if (made.record !== null) records.push(made.record)
  }
  return { records, lines }
}
