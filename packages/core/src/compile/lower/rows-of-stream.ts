import type { Instant } from '../../kernel/zone.js'
import type { Pass } from '../assemble.js'
import { columnNames } from '../plan/column-names.js'
import { column, type Expr } from '../plan/expr.js'
import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import { LINE, lineColumn } from './rows-plan.js'
import type { SubPass } from './sub-pass.js'

/** Where rows come from. Equal keys share a scan. */
export type RowOrigin =
  /** Events, or their lines when `each` names them. */
  | { readonly kind: 'events'; readonly each: string | null }
  /** Changes of something the subject has: rows with `profile_id`, `ts`, `seq` and what changed. */
  | { readonly kind: 'changes'; readonly key: string; plan(scans: Scans): Plan }

export interface RowsRead {
  readonly origin: RowOrigin
  readonly events: readonly string[]
  /** Nothing before this instant is needed; null when rows are read from the beginning. */
  readonly from: Instant | null
}

export function originKey(origin: RowOrigin): string {
  return origin.kind === 'events' ? `events ${origin.each ?? ''}` : `changes ${origin.key}`
}

/** The profile that a row is about, as the key of a group. */
export function profileOf(origin: RowOrigin, scans: Scans): Named {
  return { name: 'profile_id', expr: origin.kind === 'events' ? scans.profile() : column('profile_id') }
}

/** The rows that some expressions are computed from, each beside the values of its subject that they look at. */
export function rowsPlan(read: RowsRead, exprs: readonly Expr[], scans: Scans, own: SubPass<Pass> | null): Plan {
  const names = columnNames(exprs)
  const rows =
    read.origin.kind === 'changes' ? read.origin.plan(scans) : eventRows(read, read.origin.each, names, scans)
  const outer = own?.project('beside_id', names) ?? null
  if (outer === null) return rows
  return { kind: 'beside', input: rows, outer, on: profileOf(read.origin, scans).expr, required: false }
}

function eventRows(read: RowsRead, each: string | null, names: ReadonlySet<string>, scans: Scans): Plan {
  const rows = scans.events(read.events, read.from)
  if (each === null) return rows
  // Lines as rows, with the fields that are used.
  const prefix = lineColumn('')
  const arrays = [...names].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  const line = LINE.kind === 'column' && names.has(LINE.name)
  return { kind: 'unfold', input: rows, arrays: arrays.sort(), line }
}
