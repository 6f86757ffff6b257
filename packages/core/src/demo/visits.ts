import { type BusinessCalendar, startOfDay } from './calendar.js'
import type { Channel, Person } from './people.js'
import { type Random, weighted } from './random.js'

/** One contact of a person with the shop. */
export interface Visit {
  readonly ts: number
  /** 1 for the first visit inside the history. */
  readonly number: number
  readonly channel: Channel
  readonly buys: boolean
}

/** Local hours in which people shop at home, and in which stores and the phone line are open. */
const HOME_HOURS = weighted<number>(
  [
    0.9, 0.4, 0.2, 0.1, 0.1, 0.3, 0.9, 1.8, 2.8, 4, 5, 5.2, 5.8, 5, 4.6, 4.6, 4.6, 4.8, 5.4, 6.8, 8.8, 9.6, 7.4, 3.4,
  ].map((weight, hour) => [hour, weight] as const),
)
const OPEN_HOURS = weighted<number>(
  [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21].map((hour, i) => [hour, 2 + (i % 6)] as const),
)

/** How much of her looking around is left when a customer has stopped buying. */
const LOST_BROWSING = 0.07

/**
 * The visits of one person in time order, until `nowMs`.
 * Purchases follow the BG/NBD process in business time: exponential gaps at her own rate, and after each purchase a
 * chance to stop for ever. @see Fader, Hardie & Lee (2005), Marketing Science 24(2)
 */
export function* visitsOf(person: Person, calendar: BusinessCalendar, nowMs: number, random: Random): Generator<Visit> {
  const isNew = person.arrival >= 0
  let browseRate = person.browseRate
  let nextBuy = person.buyRate > 0 ? firstPurchase(person, random) : Number.POSITIVE_INFINITY
  let nextBrowse =
    isNew && nextBuy > person.arrival ? person.arrival : Math.max(0, person.arrival) + random.exponential() / browseRate
  let previous = 0
  for (let number = 1; ; number++) {
    const buys = nextBuy <= nextBrowse
    const businessTime = buys ? nextBuy : nextBrowse
    if (businessTime >= calendar.end) return
    const channel = pickChannel(person, buys, random)
    // Two visits of one day keep their order: the later one begins at least some minutes after the earlier.
    const ts = Math.max(
      momentOf(calendar.dayAt(businessTime), channel, person, random),
      previous + random.between(600, 5400) * 1000,
    )
    if (ts >= nowMs) return
    previous = ts
    yield { ts, number, channel, buys }
    if (!buys) nextBrowse = businessTime + random.exponential() / browseRate
    else if (!random.chance(person.dropout)) nextBuy = businessTime + random.exponential() / person.buyRate
    else {
      nextBuy = Number.POSITIVE_INFINITY
      browseRate = person.browseRate * LOST_BROWSING
      nextBrowse = businessTime + random.exponential() / browseRate
    }
  }
}

/** New customers often buy in their first visit; old ones are somewhere between two purchases. */
function firstPurchase(person: Person, random: Random): number {
  if (person.arrival < 0) return random.exponential() / person.buyRate
  if (person.role !== 'member' || random.chance(0.45)) return person.arrival
  return person.arrival + random.exponential() / (person.buyRate * 1.5)
}

/** Looking around happens online, unless she only goes to stores or phones. */
function pickChannel(person: Person, buys: boolean, random: Random): Channel {
  for (let attempt = 0; attempt < 6; attempt++) {
    const channel = random.pick(person.channels)
    if (buys || channel === 'app' || channel === 'web' || channel === 'miniprogram') return channel
    if (channel === 'store' && random.chance(0.5)) return channel
  }
  return person.role === 'caller' ? 'phone' : 'store'
}

function momentOf(day: number, channel: Channel, person: Person, random: Random): number {
  const isOpenHours = channel === 'store' || channel === 'phone'
  const hour = isOpenHours ? random.pick(OPEN_HOURS) : (random.pick(HOME_HOURS) + person.hourShift + 24) % 24
  return startOfDay(day) + hour * 3_600_000 + random.below(3600) * 1000
}
