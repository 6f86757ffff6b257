import { spanOf } from '../../../compile/window-bounds.js'
import { inLogOrder } from '../../../evaluate/change-rows.js'
import type { EvaluateCondition, EvaluateScope, Row } from '../../../evaluate/scope.js'
import { addSpan, type Zone } from '../../../kernel/zone.js'
import type { Prop, SequenceCondition, Span } from '../../document.js'
import { evaluateEventValue } from '../../event-scope/evaluate-event-value.js'
import type { EventScopeScalar } from '../../event-scope/event-scope.js'

/** A row that ends a chain of steps. */
interface ChainEnd {
  readonly row: Row
  /** The latest moment at which a chain that ends here can have begun. */
  readonly begun: number
}

/** The rows of a step, and those that may not come before it. */
interface Step {
  readonly rows: readonly Row[]
  readonly gap: Span | undefined
  readonly without: readonly Row[]
}

/** Whether some chain of events goes through all steps; unknown only when the window is missing. */
export const evaluateSequence: EvaluateCondition<SequenceCondition> = (condition, scope) => {
  const { sequence, within = 'ever', notThen, total } = condition
  if (scope.window(within) === null) return null
  const steps = sequence.map(({ gap, without, ...step }) => ({
    key: step.key,
    rows: scope.rows({ ...inWindow(step), within }) ?? [],
    gap,
    without: without === undefined ? [] : (scope.rows({ ...without, within }) ?? []),
  }))
  const never = notThen === undefined ? [] : (scope.rows(inWindow(notThen)) ?? [])
  const isChain = (chain: readonly Step[], after: readonly Row[]): boolean =>
    endsOf(chain, scope.zone).some(
      (end) => isShort(end, total, scope.zone) && isNeverFollowed(end.row, after, notThen, scope),
    )
  if (sequence[0]!.key === undefined) return isChain(steps, never)
  const keyed = steps.map((step) => byKey(step.rows, step.key!))
  const follower = byKey(never, notThen?.key ?? '')
  return [...keyed[0]!.keys()].some((key) =>
    isChain(
      steps.map((step, index) => ({ ...step, rows: keyed[index]!.get(key) ?? [] })),
      follower.get(key) ?? [],
    ),
  )
}

/** A step as rows are asked for: without what only the sequence knows. */
function inWindow(step: SequenceCondition['sequence'][number] | NonNullable<SequenceCondition['notThen']>) {
  const { did, each, where } = step
  return { did, ...(each === undefined ? {} : { each }), ...(where === undefined ? {} : { where }) }
}

function endsOf(steps: readonly Step[], zone: Zone): readonly ChainEnd[] {
  const [first, ...rest] = steps
  let ends: readonly ChainEnd[] = first!.rows.map((row) => ({ row, begun: row.ts }))
  for (const step of rest) {
    const before = ends
    ends = step.rows.flatMap((row): ChainEnd[] => {
      const begun = latestBegin(row, before, step, zone)
      return begun === null ? [] : [{ row, begun }]
    })
  }
  return ends
}

/** Goes back from the nearest end before the row, until something forbidden or too long a gap lies between. */
function latestBegin(row: Row, before: readonly ChainEnd[], { gap, without }: Step, zone: Zone): number | null {
  const last = without.findLast((one) => inLogOrder(one, row) < 0)
  let begun: number | null = null
  for (let index = before.length - 1; index >= 0; index--) {
    const end = before[index]!
    if (inLogOrder(end.row, row) >= 0) continue
    if (last !== undefined && inLogOrder(last, end.row) > 0) break
    if (gap !== undefined && row.ts > addSpan(zone, end.row.ts, spanOf(gap))) break
    if (begun === null || end.begun > begun) begun = end.begun
  }
  return begun
}

function isShort({ row, begun }: ChainEnd, total: Span | undefined, zone: Zone): boolean {
  return total === undefined || row.ts <= addSpan(zone, begun, spanOf(total))
}

/** Nothing of `after` follows the end within the span, and the span has passed. */
function isNeverFollowed(
  end: Row,
  after: readonly Row[],
  notThen: SequenceCondition['notThen'],
  { asOf, zone }: EvaluateScope,
): boolean {
  if (notThen === undefined) return true
  const until = notThen.within === undefined ? Number.POSITIVE_INFINITY : addSpan(zone, end.ts, spanOf(notThen.within))
  if (until !== Number.POSITIVE_INFINITY && until > asOf) return false
  return !after.some((row) => inLogOrder(row, end) > 0 && row.ts <= until)
}

function byKey(rows: readonly Row[], key: Prop): ReadonlyMap<EventScopeScalar, readonly Row[]> {
  const found = new Map<EventScopeScalar, Row[]>()
  for (const row of rows) {
    const value = evaluateEventValue(typeof key === 'string' ? { prop: key } : key, row.scope)
    const keys = value === null ? [] : typeof value === 'object' ? new Set(value) : [value]
    for (const one of keys) found.set(one, [...(found.get(one) ?? []), row])
  }
  return found
}
