import type { Article } from './goods.js'
import type { Channel, Person } from './people.js'
import type { Store } from './places.js'

export interface OrderLine {
  readonly article: Article
  readonly quantity: number
  /** Price asked for one piece on that day, fen. */
  readonly priceFen: number
  /** Reduction of the whole line by a coupon, fen. */
  readonly discountFen: number
}
/** A paid order. `member` and `phone` are what the order shows, which may be less than what the shop could know. */
export interface OrderRecord {
  readonly kind: 'order'
  readonly ts: number
  readonly person: Person
  readonly number: string
  readonly channel: Channel
  readonly store: Store | null
  readonly member: string | null
  readonly phone: string | null
  readonly lines: readonly OrderLine[]
  readonly coupon: { readonly id: string; readonly kind: string } | null
  readonly payMethod: string
}
/** Goods brought back; money is given back unless the request was refused. */
export interface ReturnRecord {
  readonly kind: 'return'
  readonly ts: number
  readonly person: Person
  readonly order: OrderRecord
  readonly line: OrderLine
  readonly reason: string
  readonly state: '已退款' | '换货' | '已拒绝'
  readonly refundedAt: number | null
}
export interface CouponRecord {
  readonly kind: 'coupon'
  /** When the shop knows the most of it: the order that used it, otherwise the claim. */
  readonly ts: number
  readonly claimedAt: number
  readonly person: Person
  readonly id: string
  readonly couponKind: string
  readonly amountFen: number
  readonly channel: Channel
  readonly expiresAt: number
  readonly order: OrderRecord | null
}
export interface ServiceRecord {
  readonly kind: 'service'
  readonly ts: number
  readonly person: Person
  readonly type: '咨询' | '售后' | '投诉'
  readonly topic: string
  readonly priority: '普通' | '紧急'
  readonly member: string | null
  readonly phone: string | null
}
export interface SurveyRecord {
  readonly kind: 'survey'
  readonly ts: number
  readonly person: Person
  readonly survey: string
  readonly answers: readonly { readonly question: string; readonly answer: string; readonly score: number | null }[]
  readonly member: string | null
  readonly phone: string | null
}
/** One line of the tracking log of app, web site and mini program. */
export interface WebRecord {
  readonly kind: 'web'
  readonly ts: number
  readonly person: Person
  readonly event: string
  readonly channel: Channel
  readonly device: string
  readonly loggedIn: boolean
  readonly properties: Readonly<Record<string, string | number>>
}
export type ShopRecord = OrderRecord | ReturnRecord | CouponRecord | ServiceRecord | SurveyRecord | WebRecord
