import { type BusinessCalendar, businessCalendar } from './calendar.js'
import { type Goods, makeGoods } from './goods.js'
import { Ledger } from './ledger.js'

/** What decides every byte of the demo. */
export interface DemoOptions {
  readonly seed: number
  /** The moment the history ends, ms. */
  readonly now: number
  /** People who become customers; visitors who never say who they are come on top. 20,000 gives about 400,000 events. */
  readonly customers: number
}

/** The usual size of the demo. */
export const DEMO_CUSTOMERS = 20_000
/** The seed of the demo that `npm start` shows. */
export const DEMO_SEED = 20_261

/** The shop 云岚商城 with its goods, people and the ledger that its history fills. */
export interface Shop extends DemoOptions {
  readonly goods: Goods
  readonly calendar: BusinessCalendar
  /** Customers and visitors. */
  readonly people: number
  readonly ledger: Ledger
}

/** Opens the shop; nothing has happened yet. */
export function openShop(options: DemoOptions): Shop {
  const people = Math.ceil(options.customers * 1.14)
  return {
    ...options,
    goods: makeGoods(options.seed),
    calendar: businessCalendar(options.now),
    people,
    ledger: new Ledger(people),
  }
}
