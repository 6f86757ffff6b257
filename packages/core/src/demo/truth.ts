import type { DemoFileName } from './files/file.js'
import { deviceBit, EMAIL, MEMBER, OTHER_PHONE, PHONE, STRONG, UNIONID } from './ledger.js'
import { personOf } from './life.js'
import type { CouponRecord, OrderRecord, ReturnRecord } from './records.js'
import type { Shop } from './shop.js'

/** What a correct import of all files has to find. */
export interface DemoTruth {
  /** Persons who show at least one member number, phone, e-mail or unionid: the true customers. */
  readonly persons: number
  /** Profiles that can be known from the files: some persons show two identities that no row connects. */
  readonly profiles: number
  /** Profiles that only show devices of their own; an unclaimed shared device is not counted. */
  readonly visitors: number
  /** Rows of the member master data, without copies. */
  readonly members: number
  readonly companies: number
  readonly employments: number
  /** Accepted events by name; rows with a time in the future are not counted here. */
  readonly events: Readonly<Record<string, number>>
  readonly revenueFen: number
  readonly refundedFen: number
  readonly orderLines: number
  readonly ordersByChannel: Readonly<Record<string, number>>
  /** Persons with at least one order and with at least two. */
  readonly buyers: number
  readonly repeatBuyers: number
  /** Rows that no import can accept, per file. */
  readonly rejected: Readonly<Record<string, number>>
  /** Rows that repeat an earlier one, per file. */
  readonly duplicates: Readonly<Record<string, number>>
  /** Rows that claim to happen after `now`, per file; whether they count is the import's decision. */
  readonly future: Readonly<Record<string, number>>
}

export interface IdentityTruth {
  readonly kind: 'user_id' | 'phone' | 'email' | 'unionid' | 'device_id'
  /** In canonical form. */
  readonly value: string
}
/** The identities of one true person as the files show them. */
export interface PersonTruth {
  /** Each inner list is what rows connect into one profile; a list of devices alone is an unknown visitor. */
  readonly profiles: readonly (readonly IdentityTruth[])[]
  /** A device she shares with another person and was seen on. */
  readonly sharedDevice: { readonly value: string; readonly loggedIn: boolean } | null
}

/** Counts what is written while it is written. */
export class Tally {
  private readonly events: Record<string, number> = {}
  private readonly rejected: Record<string, number> = {}
  private readonly duplicates: Record<string, number> = {}
  private readonly futures: Record<string, number> = {}
  private readonly channels: Record<string, number> = {}
  private revenueFen = 0
  private refundedFen = 0
  private lines = 0
  private companies = 0
  private employments = 0
  private members = 0

  constructor(private readonly shop: Shop) {}

  event(name: string): void {
    add(this.events, name, 1)
  }
  reject(file: DemoFileName, rows: number): void {
    add(this.rejected, file, rows)
  }
  duplicate(file: DemoFileName): void {
    add(this.duplicates, file, 1)
  }
  future(file: DemoFileName): void {
    add(this.futures, file, 1)
  }
  member(): void {
    this.members++
  }
  company(): void {
    this.companies++
  }
  employment(): void {
    this.employments++
  }
  order(order: OrderRecord): void {
    const { ledger } = this.shop
    const amount = order.lines.reduce((sum, line) => sum + line.quantity * line.priceFen - line.discountFen, 0)
    this.event('order.paid')
    add(this.channels, order.channel, 1)
    this.revenueFen += amount
    this.lines += order.lines.length
    const { index } = order.person
    ledger.spentFen[index] = (ledger.spentFen[index] as number) + amount
    ledger.orders[index] = (ledger.orders[index] as number) + 1
  }
  returned(record: ReturnRecord, isRefunded: boolean): void {
    this.event('order.returned')
    if (!isRefunded) return
    this.event('order.refunded')
    this.refundedFen += record.line.quantity * record.line.priceFen - record.line.discountFen
  }
  coupon(record: CouponRecord): void {
    this.event('coupon.claimed')
    if (record.order) this.event('coupon.redeemed')
  }

  /** The figures, once everything has been written. */
  figures(): DemoTruth {
    const { ledger, people } = this.shop
    let persons = 0
    let profiles = 0
    let visitors = 0
    for (let index = 0; index < people; index++) {
      const groups = ledger.profilesOf(index)
      const known = groups.filter((bits) => (bits & STRONG) !== 0).length
      profiles += known
      visitors += groups.length - known
      if (known > 0) persons++
    }
    return {
      persons,
      profiles,
      visitors,
      members: this.members,
      companies: this.companies,
      employments: this.employments,
      events: this.events,
      revenueFen: this.revenueFen,
      refundedFen: this.refundedFen,
      orderLines: this.lines,
      ordersByChannel: this.channels,
      buyers: ledger.orders.filter((count) => count > 0).length,
      repeatBuyers: ledger.orders.filter((count) => count > 1).length,
      rejected: this.rejected,
      duplicates: this.duplicates,
      future: this.futures,
    }
  }
}

function add(counts: Record<string, number>, name: string, value: number): void {
  counts[name] = (counts[name] ?? 0) + value
}

/** Who is who: every person that left a trace, after everything has been written. */
export function* peopleTruth(shop: Shop): Generator<PersonTruth> {
  const { ledger } = shop
  for (let index = 0; index < shop.people; index++) {
    const groups = ledger.profilesOf(index)
    const shared = ledger.sharedDevice[index] as number
    if (groups.length === 0 && shared === 0) continue
    const person = personOf(shop, index)
    const identities: readonly (readonly [bit: number, kind: IdentityTruth['kind'], value: string])[] = [
      [MEMBER, 'user_id', person.memberNumber],
      [PHONE, 'phone', person.phone],
      [OTHER_PHONE, 'phone', person.otherPhone?.value ?? ''],
      [EMAIL, 'email', person.email ?? ''],
      [UNIONID, 'unionid', person.unionid ?? ''],
      ...person.devices.map((device, i) => [deviceBit(i), 'device_id', device] as const),
    ]
    yield {
      profiles: groups.map((bits) =>
        identities.filter(([bit]) => (bits & bit) !== 0).map(([, kind, value]) => ({ kind, value })),
      ),
      sharedDevice:
        shared === 0 || person.sharedDevice === null ? null : { value: person.sharedDevice, loggedIn: shared === 2 },
    }
  }
}
