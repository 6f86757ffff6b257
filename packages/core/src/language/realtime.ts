import type { Catalog } from '../catalog/catalog.js'
import { parseSpan } from '../kernel/span.js'
import type { Definition, Span, Window } from './document.js'
import { type Message, pointerTo, say } from './frame/message.js'
import type { Resolving } from './frame/resolving.js'

/** A part of a document, read by its keys. */
type Part = Readonly<Record<string, unknown>>
type Visit = (part: Part, at: string, report: (at: string, message: Message) => void, catalog: Catalog) => void

const DAY_MS = 86_400_000

/**
 * What can follow each event within seconds: chains and buckets of 90 days, preferences of 30, relations to one, windows on
 * one anchor. Metrics are looked into, for they are computed in place; tags and segments are read as published.
 */
export function resolveRealtime(definition: Definition, resolving: Resolving): void {
  if (definition.kind === 'segment' && definition.take !== undefined) {
    resolving.report('/take', say('a snapshot (take) is never realtime', '快照（take）不能实时（realtime）'))
  }
  resolving.warn(
    '/refresh',
    say('in this version realtime is computed at every full hour', '本版本的实时（realtime）在每个整点计算'),
  )
  const { catalog } = resolving
  const known = new Set<string>()
  const look = (part: unknown, at: string, report: Resolving['report']): void => {
    if (typeof part !== 'object' || part === null) return
    if (Array.isArray(part)) {
      for (const [index, entry] of part.entries()) look(entry, `${at}/${index}`, report)
      return
    }
    const fields = part as Part
    for (const [head, visit] of Object.entries(LIMITS)) if (head in fields) visit(fields, at, report, catalog)
    const { metric } = fields
    const body = typeof metric === 'string' ? catalog.definitions.get(metric)?.body : undefined
    if (body?.kind === 'metric' && !known.has(body.id)) {
      known.add(body.id)
      const outer = pointerTo(at, 'metric')
      const about = (_at: string, { en, zh }: Message) =>
        report(outer, say(`in metric "${body.id}": ${en}`, `指标“${body.id}”中：${zh}`))
      look(body.value, outer, about)
    }
    for (const [key, value] of Object.entries(fields)) {
      look(value, pointerTo(at, key), report)
    }
  }
  const { recipe: _recipe, ...body } = definition
  look('take' in body ? { ...body, take: undefined } : body, '', resolving.report)
}

const LIMITS: Readonly<Record<string, Visit>> = {
  sequence: ({ within }, at, report) => needWindow(within, 90, `${at}/within`, report),
  per: ({ of }, at, report) => needWindow((of as Part).within, 90, `${at}/of/within`, report),
  top: ({ within }, at, report) => needWindow(within, 30, `${at}/within`, report),
  via: ({ via }, at, report, catalog) => {
    if (catalog.relations.get(String(via))?.many !== true) return
    report(
      `${at}/via`,
      say(
        `"${via}" leads to many: only relations to one are followed in realtime`,
        `“${via}”会到达多个主体：实时（realtime）只支持到一个主体的关系`,
      ),
    )
  },
  within: ({ within }, at, report) => {
    if (!isAnchored(within) || !hangsOnAnchored(within)) return
    report(
      `${at}/within`,
      say(
        'realtime follows one anchor, this one hangs on another',
        '实时（realtime）只支持一层锚点，此处锚点还依赖另一锚点',
      ),
    )
  },
}

function needWindow(window: unknown, days: number, at: string, report: (at: string, message: Message) => void): void {
  const length = lengthOf((window ?? 'ever') as Window)
  if (length !== null && length <= days) return
  report(
    at,
    say(
      `in realtime this needs a window of at most ${days} days, for example { last: ${days}d }`,
      `实时（realtime）下此处的窗口最长 ${days} 天，例如 { last: ${days}d }`,
    ),
  )
}

/** Days from the earliest event of a window to now; null = without end. A month counts as 30 days, a year as 360. */
function lengthOf(window: Window): number | null {
  if (window === 'ever' || typeof window !== 'object') return null
  if ('last' in window) return daysOf(window.last) + daysOf(window.ago)
  if ('complete' in window) return daysOf(window.complete) + oneOf(window.complete) + daysOf(window.ago)
  if ('this' in window) return UNIT_DAYS[window.this] + daysOf(window.ago)
  return null
}

const UNIT_DAYS = { day: 1, week: 7, month: 30, quarter: 90, year: 360 } as const
const SPAN_MS = { s: 1000, min: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS, mo: 30 * DAY_MS, q: 90 * DAY_MS }

function daysOf(span: Span | undefined): number {
  const parsed = span === undefined ? null : parseSpan(span)
  if (parsed === null) return 0
  return (parsed.count * (parsed.unit === 'y' ? 360 * DAY_MS : SPAN_MS[parsed.unit])) / DAY_MS
}

/** Days of one unit of a span: of the running one, which a complete window leaves out. */
function oneOf(span: Span): number {
  const parsed = parseSpan(span)
  return parsed === null ? 0 : daysOf(`1${parsed.unit}`)
}

function isAnchored(window: unknown): window is object {
  return typeof window === 'object' && window !== null && ('from' in window || 'after' in window || 'to' in window)
}

function hangsOnAnchored(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false
  return Object.values(part).some((value) => isAnchored(value) || hangsOnAnchored(value))
}
