import type { Catalog } from '../catalog/catalog.js'
import { dateBounds, type FixedWindow } from '../compile/window-bounds.js'
import { dateOfDayNumber, daysInMonth } from '../kernel/calendar.js'
import { localDayNumber, parseInstant, type Zone } from '../kernel/zone.js'
import type { EventScope, EventScopeValue } from '../language/event-scope/event-scope.js'
import { findProperty, usableType } from '../language/frame/property.js'
import { elementText } from './element-text.js'
import type { EventFact } from './facts.js'

/** What the tests of rows and the operators of subjects share: dates and windows. */
export function dateScope(zone: Zone, asOf: number): Pick<EventScope, 'instant' | 'window' | 'anniversary' | 'clock'> {
  return {
    instant: (text) => parseInstant(zone, text),
    window: (window) => {
      const { from, to } = dateBounds(window as FixedWindow, asOf, zone)
      return { from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY }
    },
    anniversary: (instant, window) => {
      const { from, to } = dateBounds(window as FixedWindow, asOf, zone)
      return from === null || to === null ? null : returnsBetween(instant, from, to, zone)
    },
    clock: () => null,
  }
}

/** Looks at every day of the window: is it the day of the date in a later year, or 28 February for the 29th. */
function returnsBetween(instant: number, from: number, to: number, zone: Zone): boolean {
  const date = dateOfDayNumber(localDayNumber(zone, instant))
  for (let day = localDayNumber(zone, from); day <= localDayNumber(zone, to - 1); day++) {
    const { year, month, day: ofMonth } = dateOfDayNumber(day)
    const wanted = Math.min(date.day, daysInMonth(year, date.month))
    if (year > date.year && month === date.month && ofMonth === wanted) return true
  }
  return false
}

/** One row of a stream: an event, or its line number `line`. */
export function rowScope(
  event: EventFact,
  line: number | null,
  stream: { catalog: Catalog; names: readonly string[] | 'any'; zone: Zone; asOf: number },
): EventScope {
  return {
    ...dateScope(stream.zone, stream.asOf),
    operand: () => null,
    prop: (name) => {
      if (name === 'event') return event.event
      const each = line === null ? null : 'items'
      const lookup = findProperty(stream.catalog, { kind: 'events', names: stream.names, each }, name)
      const entry = stream.catalog.events.get(event.event)?.properties.get(name)
      if (!('found' in lookup) || entry === undefined || !sameType(usableType(entry), lookup.found.type)) return null
      if (!entry.item) return event.properties[name] ?? null
      const field = name.slice(name.indexOf('.') + 1)
      return line === null ? listOf(event, field) : (event.items[line]![field] ?? null)
    },
  }
}

/** "This order contains": the known fields of the lines as texts; missing when there are no lines. */
function listOf(event: EventFact, field: string): EventScopeValue {
  if (event.items.length === 0) return null
  return event.items.flatMap((item) => {
    const value = item[field] ?? null
    return value === null || typeof value === 'object' ? [] : [elementText(value)]
  })
}

function sameType(a: string, b: string): boolean {
  const numeric = (type: string): string => (type === 'money' ? 'number' : type)
  return numeric(a) === numeric(b)
}
