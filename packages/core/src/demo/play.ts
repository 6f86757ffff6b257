import { DAY_MS, HISTORY_DAYS, startOfDay } from './calendar.js'
import { type LivedVisit, liveOf, personOf } from './life.js'
import type { ShopRecord } from './records.js'
import type { Shop } from './shop.js'

/** Days that are made and sorted at once: bounds what is in memory. */
const SLICE_DAYS = 20

/**
 * Everything that happens in the shop, in time order. People live side by side, a slice of days at a time, so memory
 * holds the people who are still active and the records of one slice, not the whole history.
 */
export function* playShop(shop: Shop): Generator<ShopRecord> {
  const begin = startOfDay(shop.calendar.firstDay)
  const arrivals = arrivalSlices(shop)
  let lives: { readonly life: Generator<LivedVisit>; next: LivedVisit }[] = []
  let waiting: ShopRecord[] = []
  for (let slice = 0; slice * SLICE_DAYS < HISTORY_DAYS; slice++) {
    const end = begin + (slice + 1) * SLICE_DAYS * DAY_MS
    for (let index = 0; index < shop.people; index++) {
      if (arrivals[index] !== slice) continue
      const life = liveOf(shop, personOf(shop, index))
      const first = life.next()
      if (!first.done) lives.push({ life, next: first.value })
    }
    for (const one of lives) {
      while (one.next.ts < end) {
        for (const record of one.next.records) if (record.ts < shop.now) waiting.push(record)
        const step = one.life.next()
        one.next = step.done ? OVER : step.value
      }
    }
    lives = lives.filter((one) => one.next !== OVER)
    waiting.sort((a, b) => a.ts - b.ts || a.person.index - b.person.index)
    const rest = waiting.findIndex((record) => record.ts >= end)
    yield* rest < 0 ? waiting : waiting.slice(0, rest)
    waiting = rest < 0 ? [] : waiting.slice(rest)
  }
}

const OVER: LivedVisit = { ts: Number.POSITIVE_INFINITY, records: [] }

/** The slice in which each person's life begins. */
function arrivalSlices(shop: Shop): Uint8Array {
  return Uint8Array.from({ length: shop.people }, (_, index) => {
    const { arrival } = personOf(shop, index)
    if (arrival < 0) return 0
    return Math.floor((shop.calendar.dayAt(arrival) - shop.calendar.firstDay) / SLICE_DAYS)
  })
}
