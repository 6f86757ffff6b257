import { afterOrder } from './aftermath.js'
import { claimCoupon, fillBasket, payBasket } from './basket.js'
import { browse } from './browsing.js'
import { DAY_MS, startOfDay } from './calendar.js'
import { makePerson, type Person } from './people.js'
import { Random } from './random.js'
import type { OrderLine, ShopRecord } from './records.js'
import type { Shop } from './shop.js'
import { type Visit, visitsOf } from './visits.js'

/** One visit with everything it leaves in the shop's systems, also in the weeks after it. */
export interface LivedVisit {
  readonly ts: number
  /** No record is earlier than the visit. */
  readonly records: readonly ShopRecord[]
}

/** Makes person `index` of the shop. */
export function personOf(shop: Shop, index: number): Person {
  return makePerson(shop.seed, index, shop.customers, shop.calendar, shop.goods)
}

/** The history of one person, visit by visit in time order. */
export function* liveOf(shop: Shop, person: Person): Generator<LivedVisit> {
  const random = new Random(shop.seed, 4, person.index)
  const { ledger } = shop
  const knownDevices = new Set<string>()
  if (person.registersAtVisit === 0) ledger.registeredAt[person.index] = registeredEarlier(shop, random)
  for (const visit of visitsOf(person, shop.calendar, shop.now, random)) {
    const isOnline = visit.channel === 'app' || visit.channel === 'web' || visit.channel === 'miniprogram'
    const registersNow = ledger.registeredAt[person.index] === 0 && mustRegister(person, visit, isOnline)
    if (registersNow) ledger.registeredAt[person.index] = visit.ts
    const isRegistered = ledger.registeredAt[person.index] !== 0
    const basket = visit.buys ? fillBasket(person, shop.goods, visit.ts, random) : []
    const records = isOnline
      ? onlineVisit({ shop, person, visit, basket, isRegistered, registersNow, knownDevices, random })
      : counterVisit(person, visit, basket, isRegistered, random)
    yield { ts: visit.ts, records }
  }
}

/** A day in the three years before the history begins. */
function registeredEarlier(shop: Shop, random: Random): number {
  return startOfDay(shop.calendar.firstDay) - Math.floor(random.unit() * 1095 * DAY_MS)
}

function mustRegister(person: Person, visit: Visit, isOnline: boolean): boolean {
  if (person.role !== 'member' && person.role !== 'walkIn') return false
  return visit.number >= person.registersAtVisit || (visit.buys && isOnline)
}

interface OnlineVisit {
  readonly shop: Shop
  readonly person: Person
  readonly visit: Visit
  readonly basket: readonly OrderLine[]
  readonly isRegistered: boolean
  readonly registersNow: boolean
  readonly knownDevices: Set<string>
  readonly random: Random
}

function onlineVisit(online: OnlineVisit): ShopRecord[] {
  const { shop, person, visit, basket, isRegistered, random } = online
  const device = pickDevice(person, visit, random)
  const loggedIn = isRegistered && (visit.buys || online.registersNow || random.chance(0.74))
  const isKnown = online.knownDevices.has(device) && device !== person.sharedDevice
  const logsInNow = loggedIn && (online.registersNow || !isKnown || random.chance(0.05))
  if (loggedIn) online.knownDevices.add(device)
  const { records, end } = browse(
    { person, channel: visit.channel, ts: visit.ts, device, loggedIn, logsInNow, basket },
    shop.goods,
    random,
  )
  const lived: ShopRecord[] = [...records]
  if (loggedIn && random.chance(0.06 + 0.2 * person.thrift))
    lived.push(claimCoupon(person, visit.ts + 30_000, visit.channel, random))
  if (basket.length > 0) {
    const { order, coupon } = payBasket(
      person,
      basket,
      { ts: end + 20_000, channel: visit.channel },
      isRegistered,
      random,
    )
    lived.push(order, ...(coupon ? [coupon] : []), ...afterOrder(order, device, isRegistered, random))
  }
  return lived
}

/** A visit to a store or a call to the phone line. */
function counterVisit(
  person: Person,
  visit: Visit,
  basket: readonly OrderLine[],
  isRegistered: boolean,
  random: Random,
): ShopRecord[] {
  if (basket.length > 0) {
    const { order, coupon } = payBasket(person, basket, visit, isRegistered, random)
    return [order, ...(coupon ? [coupon] : []), ...afterOrder(order, null, isRegistered, random)]
  }
  if (visit.channel === 'store' && isRegistered && person.store && person.role === 'member') {
    const properties = { store: person.store.name }
    const device = person.devices[0] as string
    return [
      { kind: 'web', ts: visit.ts, person, event: 'visit.store', channel: 'app', device, loggedIn: true, properties },
    ]
  }
  if (visit.channel === 'phone' && random.chance(0.25)) {
    const topic = random.one(['物流', '使用', '价格'])
    return [
      {
        kind: 'service',
        ts: visit.ts,
        person,
        type: '咨询',
        topic,
        priority: '普通',
        member: null,
        phone: person.phone,
      },
    ]
  }
  return []
}

/** The household's device runs the app and the browser; WeChat stays on her own. */
function pickDevice(person: Person, visit: Visit, random: Random): string {
  if (person.sharedDevice && visit.channel !== 'miniprogram' && random.chance(0.3)) return person.sharedDevice
  return person.devices[random.chance(0.8) ? 0 : random.below(person.devices.length)] as string
}
