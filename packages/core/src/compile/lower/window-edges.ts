import type { Catalog } from '../../catalog/catalog.js'
import { addSpan, type Instant, parseInstant, type Zone } from '../../kernel/zone.js'
import type { AnchoredWindow, Value, Window } from '../../language/document.js'
import { windowNameOf } from '../../language/frame/which.js'
import { and, call, type Expr, isTrue, missing, number, param, TRUE } from '../plan/expr.js'
import { type Bounds, dateBounds, eventBounds, type FixedWindow, spanOf } from '../window-bounds.js'
import { addSpanTo } from './add-span.js'
import { type Lowered, millisOf } from './lowered.js'

/** Where a window begins and ends: for everybody at the same instants, or for each subject at moments of its own. */
export type WindowEdges =
  | { readonly kind: 'fixed'; readonly bounds: Bounds }
  | { readonly kind: 'own'; readonly window: AnchoredWindow }

/** The window over events; null when it is missing: it has not begun, or the period is unknown. */
export function eventEdges(window: Window, at: { catalog: Catalog; asOf: Instant; zone: Zone }): WindowEdges | null {
  const uncut = uncutEdges(window, at, (fixed) => eventBounds(fixed, at.asOf, at.zone))
  if (uncut === null || uncut.kind === 'own') return uncut
  const { from, to } = uncut.bounds
  if (from !== null && from >= at.asOf) return null
  return { kind: 'fixed', bounds: { from, to: to === null || to > at.asOf ? at.asOf : to } }
}

/** The window that dates are compared with: not cut, it may lie ahead. */
export function dateEdges(window: Window, at: { catalog: Catalog; asOf: Instant; zone: Zone }): WindowEdges | null {
  return uncutEdges(window, at, (fixed) => dateBounds(fixed, at.asOf, at.zone))
}

function uncutEdges(
  window: Window,
  { catalog, asOf, zone }: { catalog: Catalog; asOf: Instant; zone: Zone },
  boundsOf: (window: FixedWindow) => Bounds | null,
): WindowEdges | null {
  const name = windowNameOf(window)
  if (name === 'period') {
    const period = catalog.periods.get((window as { period: string }).period)
    return period === undefined ? null : { kind: 'fixed', bounds: { from: period.from, to: period.to } }
  }
  if (name === 'anchored') return anchoredEdges(window as AnchoredWindow, asOf, zone)
  const bounds = boundsOf(window as FixedWindow)
  return bounds === null ? null : { kind: 'fixed', bounds }
}

/** Edges that are written as instants are the same for everybody. */
function anchoredEdges(window: AnchoredWindow, asOf: Instant, zone: Zone): WindowEdges | null {
  const { from, after, to } = window
  if ([from, after, to].some((edge) => typeof edge === 'object')) return { kind: 'own', window }
  const instant = (text: string): Instant => parseInstant(zone, text) ?? asOf
  const end = to === undefined ? null : instant(to as string)
  const anchor = from ?? after
  if (anchor === undefined) {
    const start = window.for === undefined || end === null ? null : addSpan(zone, end, spanOf(window.for), -1)
    return { kind: 'fixed', bounds: { from: start, to: end } }
  }
  const written = instant(anchor as string)
  const start = window.skip === undefined ? written : addSpan(zone, written, spanOf(window.skip))
  if (start >= asOf) return null
  const bound = window.for === undefined ? end : addSpan(zone, start, spanOf(window.for))
  return { kind: 'fixed', bounds: { from: after === undefined ? start : start + 1, to: bound } }
}

/** Edges of a window for one subject, in ms; null = none on that side. */
export interface OwnEdges {
  /** Before `after` moves it past the anchor: a window that begins at or after the moment of computation is missing. */
  readonly begins: Expr | null
  readonly from: Expr | null
  readonly to: Expr | null
}

/** The edges as expressions of a scope in which the anchors are planned. */
export function ownEdges(
  window: AnchoredWindow,
  zone: Zone,
  date: (edge: Value | string, name: string) => Lowered,
): OwnEdges {
  const millis = (edge: Value | string, name: string): Expr => {
    const value = date(edge, name)
    return value.type === 'date' ? millisOf(value) : missing('Int64')
  }
  const { from, after, to, skip } = window
  const end = to === undefined ? null : millis(to, 'to')
  const anchor = from ?? after
  if (anchor === undefined) {
    const begins = window.for === undefined || end === null ? null : addSpanTo(end, window.for, zone, -1)
    return { begins, from: begins, to: end }
  }
  const written = millis(anchor, from === undefined ? 'after' : 'from')
  const begins = skip === undefined ? written : addSpanTo(written, skip, zone)
  return {
    begins,
    from: after === undefined ? begins : call('plus64', begins, number(1)),
    to: window.for === undefined ? end : addSpanTo(begins, window.for, zone),
  }
}

/** For whom the window exists: its anchors are there and it has begun. */
export function existsAt({ begins, to }: OwnEdges, asOf: Instant): Expr {
  const parts: Expr[] = []
  if (begins !== null) parts.push(isTrue(call('lt', begins, param('Int64', asOf))))
  if (to !== null) parts.push(call('isKnown', to))
  return parts.length === 0 ? TRUE : and(parts)
}
