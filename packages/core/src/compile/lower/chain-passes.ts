import type { Instant } from '../../kernel/zone.js'
import type { Pass } from '../assemble.js'
import { aggregate, and, call, choose, column, type Expr, isTrue, number, or, param } from '../plan/expr.js'
import type { ExprNumbers } from '../plan/hash.js'
import type { Named, Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import type { Columns } from './columns.js'
import { originKey, profileOf, type RowsRead, rowsPlan } from './rows-of-stream.js'
import type { SubPass } from './sub-pass.js'

/** Moments are counted from far before every date, so that 0 can stand for none. */
const BIAS = 10_000_000_000_000

/** Rows that matter to a chain in one way. */
export interface ChainRows {
  readonly read: RowsRead
  readonly when: readonly Expr[]
  /** What the rows of a chain have in common: a text, a list of texts of which each is one, or null = nothing is asked. */
  readonly key: { readonly expr: Expr; readonly isList: boolean } | null
}

/** Events that follow each other. All lengths in ms. */
export interface Chain {
  readonly steps: readonly {
    readonly rows: ChainRows
    /** Whether a row (at CHAIN_TIME) is near enough to the step before (at CHAIN_BEFORE). */
    readonly gap: Expr | null
    /** What must not lie between the step before and this one. */
    readonly without: ChainRows | null
  }[]
  /** Whether the last step (at CHAIN_TIME) is near enough to the first one (at CHAIN_BEFORE). */
  readonly total: Expr | null
  /** What must not follow the last step; `until`: up to which moment after CHAIN_TIME, which must be over. */
  readonly notThen: { readonly rows: ChainRows; readonly until: Expr | null } | null
  readonly asOf: Instant
}

/** Inside limits: the moment of the row that is looked at, and of the step or start before it (ms). */
export const CHAIN_TIME = call('minus', column('chain_t'), number(BIAS))
export const CHAIN_BEFORE = call('minus', column('chain_p'), number(BIAS))

/**
 * Collects chains of events. Per profile (and key) the rows that matter are put in order, and the latest possible chain is
 * carried forward from step to step (DATA-MODEL 9): what is carried is its end, or its start when the whole is limited.
 */
export class ChainPasses implements ColumnSource {
  readonly #chains = new Map<string, { name: string; chain: Chain }>()

  constructor(
    private readonly columns: Columns,
    private readonly numbers: ExprNumbers,
    private readonly own: () => SubPass<Pass> | null,
  ) {}

  /** The column that is 1 for profiles that have such a chain, else 0. */
  add(chain: Chain): Expr {
    const key = JSON.stringify(chain, (_name, value: unknown) => (isExpr(value) ? this.numbers.of(value) : value))
    let found = this.#chains.get(key)
    if (found === undefined) {
      const parts = rowsOf(chain).flatMap(({ rows }) => [...rows.when, ...(rows.key === null ? [] : [rows.key.expr])])
      found = { name: this.columns.name('e', call('and', ...parts)), chain }
      this.#chains.set(key, found)
    }
    return column(found.name)
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    return [...this.#chains.values()].flatMap(({ name, chain }): Plan[] =>
      wanted.has(name) ? [this.#plan(name, chain, scans)] : [],
    )
  }

  reads(): RowsRead[] {
    return [...this.#chains.values()].flatMap(({ chain }) => rowsOf(chain).map(({ rows }) => rows.read))
  }

  #plan(name: string, chain: Chain, scans: Scans): Plan {
    const marks = this.#marks(chain, scans)
    const rows = aggregate('sortedValues', [ROW])
    const isKeyed = chain.steps[0]!.rows.key !== null
    const hasOpenWithout = isKeyed && chain.steps.some((step) => step.without !== null)
    const grouped: Plan = hasOpenWithout
      ? // What must not lie between has no key: it counts for every key of the profile.
        {
          kind: 'project',
          input: {
            kind: 'project',
            input: {
              kind: 'aggregate',
              input: marks,
              by: [PROFILE],
              values: [{ name: 'all_rows', expr: aggregate('sortedRows', [ROW, KEY]) }],
            },
            shared: [],
            columns: [PROFILE, ALL_ROWS, { name: 'chain_key', expr: call('eachKey', column('all_rows')) }],
          },
          shared: [],
          columns: [PROFILE, { name: 'chain_rows', expr: call('rowsOfKey', column('all_rows'), KEY) }],
        }
      : {
          kind: 'aggregate',
          input: marks,
          by: isKeyed ? [PROFILE, { name: 'chain_key', expr: KEY }] : [PROFILE],
          values: [{ name: 'chain_rows', expr: rows }],
        }
    const tested = chainTest(chain)
    const found: Plan = {
      kind: 'project',
      input: grouped,
      shared: tested.shared,
      columns: [PROFILE, { name: 'found', expr: tested.found }],
    }
    return {
      kind: 'aggregate',
      input: found,
      by: [PROFILE],
      values: [{ name, expr: aggregate('max', [column('found')]) }],
    }
  }

  /** A row per event and way in which it matters: profile, the row as one number (moment, sequence number, rank), key. */
  #marks(chain: Chain, scans: Scans): Plan {
    const byOrigin = new Map<string, { rank: number; rows: ChainRows }[]>()
    for (const one of rowsOf(chain)) {
      const key = originKey(one.rows.read.origin)
      byOrigin.set(key, [...(byOrigin.get(key) ?? []), one])
    }
    const isKeyed = chain.steps[0]!.rows.key !== null
    const inputs = [...byOrigin.values()].map((marked): Plan => {
      const { origin } = marked[0]!.rows.read
      const froms = marked.map(({ rows }) => rows.read.from)
      const from = froms.includes(null) ? null : Math.min(...(froms as number[]))
      const events = [...new Set(marked.flatMap(({ rows }) => rows.read.events))]
      const marks = isKeyed ? marked.map(({ rank, rows }) => markOf(rank, rows)) : [rankOf(marked)]
      const read = rowsPlan({ origin, events, from }, marks, scans, this.own())
      const any = or(marked.map(({ rows }) => call('and', ...rows.when)))
      const all = marked.some(({ rows }) => rows.when.length === 0)
      const input: Plan = all ? read : { kind: 'filter', input: read, where: [any], without: null }
      const at = call('plus64', call('millis', column('ts')), number(BIAS))
      const row = (rank: Expr): Named => ({ name: 'chain_row', expr: call('chainRow', at, column('seq'), rank) })
      const profile = profileOf(origin, scans)
      if (!isKeyed) return { kind: 'project', input, shared: [], columns: [profile, row(marks[0]!)] }
      const mark: Expr = { kind: 'alias', name: 'mark' }
      return {
        kind: 'project',
        input,
        shared: [{ name: 'mark', expr: call('eachRow', call('joinLists', ...marks)) }],
        columns: [
          profile,
          row(call('part', mark, number(1))),
          { name: 'chain_key', expr: call('part', mark, number(2)) },
        ],
      }
    })
    return inputs.length === 1 ? inputs[0]! : { kind: 'union', inputs }
  }
}

const PROFILE: Named = { name: 'profile_id', expr: column('profile_id') }
const ROW = column('chain_row')
const KEY = column('chain_key')
const ALL_ROWS: Named = { name: 'all_rows', expr: column('all_rows') }
const NOT_THEN = 1

/**
 * All rows that matter with their rank. Of one event the later step comes first and what breaks the way to it right after,
 * so that an event never follows itself; what must not follow comes first of all, because it must come after the chain.
 */
function rowsOf(chain: Chain): { rank: number; rows: ChainRows }[] {
  const ranked = chain.steps.flatMap((step, index) => [
    { rank: stepRank(chain, index), rows: step.rows },
    ...(step.without === null ? [] : [{ rank: stepRank(chain, index) + 1, rows: step.without }]),
  ])
  return chain.notThen === null ? ranked : [{ rank: NOT_THEN, rows: chain.notThen.rows }, ...ranked]
}

function stepRank(chain: Chain, index: number): number {
  return NOT_THEN + 1 + 2 * (chain.steps.length - 1 - index)
}

function markOf(rank: number, { when, key }: ChainRows): Expr {
  const holds = when.length === 0 ? number(1) : call('and', ...when)
  if (key === null) return call('markOf', holds, number(rank), call('noKey'))
  return call(key.isList ? 'marksOf' : 'markOf', holds, number(rank), key.expr)
}

/** The rank of a row that has no key; rows that may matter in several ways are there once for each. */
function rankOf(marked: readonly { rank: number; rows: ChainRows }[]): Expr {
  const events = marked.flatMap(({ rows }) => [...new Set(rows.read.events)])
  const isOneEach = marked.length === 1 || (events.length > 0 && new Set(events).size === events.length)
  const ranks = marked.map(({ rank, rows }) => ({ when: isTrue(and(rows.when)), then: number(rank) }))
  if (isOneEach) return choose(ranks, number(0))
  return call('eachRank', ...ranks.flatMap(({ when, then }) => [when, then]))
}

/** The test of the rows of one key, step by step. */
function chainTest(chain: Chain): { shared: Named[]; found: Expr } {
  const shared: Named[] = []
  const name = (as: string, expr: Expr): Expr => {
    shared.push({ name: as, expr })
    return { kind: 'alias', name: as }
  }
  const times = name('times', call('chainTimes', column('chain_rows')))
  const ranks = name('ranks', call('chainRanks', column('chain_rows')))
  let found: Expr = number(0)
  chain.steps.forEach((step, index) => {
    const rank = number(stepRank(chain, index))
    const isLast = index === chain.steps.length - 1
    if (index === 0) found = name('found_1', call('chainBegin', times, ranks, rank))
    else {
      const limit = step.gap ?? (isLast ? chain.total : null)
      const carried = chain.total === null ? 'chainEnd' : 'chainStart'
      const before: Expr = { kind: 'alias', name: `before_${index + 1}` }
      found = name(`found_${index + 1}`, call(carried, times, ranks, before, rank, ...(limit === null ? [] : [limit])))
    }
    const next = chain.steps[index + 1]
    if (next === undefined) return
    const breaks = next.without === null ? number(0) : number(stepRank(chain, index + 1) + 1)
    name(`before_${index + 2}`, call('chainBefore', call('chainCarry', found, ranks, breaks)))
  })
  if (chain.notThen === null) return { shared, found: call('anyFound', found) }
  const after = name('after', call('chainNext', times, ranks, number(NOT_THEN)))
  const { until } = chain.notThen
  const limits = until === null ? [] : [call('plus64', until, number(BIAS)), param('Int64', chain.asOf + BIAS)]
  return { shared, found: call('anyFoundThenNothing', found, times, after, ...limits) }
}

function isExpr(value: unknown): value is Expr {
  return typeof value === 'object' && value !== null && 'kind' in value && !('plan' in value) && !('each' in value)
}
