import { localDayOf, localTimeText, promotionOn } from './calendar.js'
import type { Article, Goods } from './goods.js'
import { type Channel, type Person, pickCategory } from './people.js'
import { STORES, type Store } from './places.js'
import { type Random, weighted } from './random.js'
import type { CouponRecord, OrderLine, OrderRecord } from './records.js'

interface CouponKind {
  readonly name: string
  readonly amountFen: number
  /** Smallest order it is good for. */
  readonly fromFen: number
}
const COUPONS: readonly CouponKind[] = [
  { name: '满减券', amountFen: 1000, fromFen: 9900 },
  { name: '满减券', amountFen: 2000, fromFen: 19900 },
  { name: '满减券', amountFen: 5000, fromFen: 39900 },
  { name: '品类券', amountFen: 800, fromFen: 5900 },
  { name: '新人券', amountFen: 1500, fromFen: 6900 },
  { name: '生日券', amountFen: 3000, fromFen: 15900 },
]
const PAY_ONLINE = weighted<string>([
  ['微信支付', 55],
  ['支付宝', 36],
  ['银行卡', 9],
])
const PAY_STORE = weighted<string>([
  ['微信支付', 46],
  ['支付宝', 31],
  ['银行卡', 12],
  ['现金', 11],
])
const DAYS_A_COUPON_LASTS = 15

/** What she puts in her basket on that day: one to nine different articles, usually two. */
export function fillBasket(person: Person, goods: Goods, ts: number, random: Random): OrderLine[] {
  const promotion = promotionOn(localDayOf(ts))
  const articles = new Map<string, Article>()
  for (let left = 1 + random.poisson(promotion ? 1.35 : 1); left > 0; left--) {
    const article = random.pick(goods.popular(pickCategory(person, goods, random), person.taste))
    articles.set(article.sku, article)
  }
  const dear = [...articles.values()].some((article) => article.category === '家电' || article.category === '数码配件')
  if (random.chance(dear ? 0.16 : 0.015)) {
    const extra = random.one(goods.extras)
    articles.set(extra.sku, extra)
  }
  return [...articles.values()].map((article) => {
    const reduction =
      promotion && random.chance(0.75) ? random.between(70, 92) : random.chance(0.15) ? random.between(80, 95) : 100
    return {
      article,
      quantity: pieces(article, random),
      priceFen: Math.round((article.listPriceFen * reduction) / 100),
      discountFen: 0,
    }
  })
}

function pieces(article: Article, random: Random): number {
  if (article.listPriceFen > 30_000) return 1
  return random.chance(0.78) ? 1 : random.chance(0.8) ? 2 : random.between(3, 6)
}

/** Pays for a basket, with a coupon when she has one that fits. Returns the order and the coupon used. */
export function payBasket(
  person: Person,
  basket: readonly OrderLine[],
  visit: { readonly ts: number; readonly channel: Channel },
  isRegistered: boolean,
  random: Random,
): { order: OrderRecord; coupon: CouponRecord | null } {
  const { ts, channel } = visit
  const store = channel === 'store' ? (person.store ?? (STORES[person.index % STORES.length] as Store)) : null
  const total = basket.reduce((sum, line) => sum + line.quantity * line.priceFen, 0)
  const fitting =
    isRegistered && random.chance(0.55 * person.thrift) ? COUPONS.filter((coupon) => coupon.fromFen <= total) : []
  const kind = fitting.length > 0 ? random.one(fitting) : null
  const number = `${store ? store.code : channel === 'phone' ? 'T' : 'E'}${orderStamp(ts)}${String(person.index).padStart(5, '0')}`
  const couponId = kind ? `C${number.slice(1)}` : null
  const order: OrderRecord = {
    kind: 'order',
    ts,
    person,
    number,
    channel,
    store,
    ...shownIdentity(person, channel, isRegistered, random),
    lines: kind ? spread(basket, kind.amountFen, total) : basket,
    coupon: kind && couponId ? { id: couponId, kind: kind.name } : null,
    payMethod: random.pick(store ? PAY_STORE : PAY_ONLINE),
  }
  if (!kind || !couponId) return { order, coupon: null }
  const claimed = ts - Math.floor(random.exponential() * 2.5 * 86_400_000)
  const coupon: CouponRecord = {
    kind: 'coupon',
    ts,
    claimedAt: claimed,
    person,
    id: couponId,
    couponKind: kind.name,
    amountFen: kind.amountFen,
    channel: channel === 'store' || channel === 'phone' ? 'app' : channel,
    expiresAt: Math.max(ts, claimed + DAYS_A_COUPON_LASTS * 86_400_000),
    order,
  }
  return { order, coupon }
}

/** A coupon that is claimed now and never used. */
export function claimCoupon(person: Person, ts: number, channel: Channel, random: Random): CouponRecord {
  const kind = random.one(COUPONS)
  return {
    kind: 'coupon',
    ts,
    claimedAt: ts,
    person,
    id: `C${orderStamp(ts)}${String(person.index).padStart(5, '0')}x`,
    couponKind: kind.name,
    amountFen: kind.amountFen,
    channel,
    expiresAt: ts + DAYS_A_COUPON_LASTS * 86_400_000,
    order: null,
  }
}

function orderStamp(ts: number): string {
  return localTimeText(ts).replace(/\D/g, '').slice(2)
}

/** Which of her numbers the order shows: online the account, at the till what she says. */
function shownIdentity(
  person: Person,
  channel: Channel,
  isRegistered: boolean,
  random: Random,
): { member: string | null; phone: string | null } {
  if (channel === 'app' || channel === 'web' || channel === 'miniprogram') {
    return { member: person.memberNumber, phone: random.chance(0.9) ? person.phone : null }
  }
  if (channel === 'phone')
    return { member: isRegistered && random.chance(0.5) ? person.memberNumber : null, phone: person.phone }
  const showsCard = isRegistered && random.chance(0.72)
  if (person.otherPhone && random.chance(0.4)) {
    return {
      member: showsCard && person.otherPhone.joined ? person.memberNumber : null,
      phone: person.otherPhone.value,
    }
  }
  if (showsCard) return { member: person.memberNumber, phone: random.chance(0.5) ? person.phone : null }
  return { member: null, phone: random.chance(0.97) ? person.phone : null }
}

/** Divides a reduction over the lines in proportion; the last line takes the rest, so that the sum is exact. */
function spread(basket: readonly OrderLine[], amountFen: number, totalFen: number): OrderLine[] {
  let left = amountFen
  return basket.map((line, i) => {
    const share = i === basket.length - 1 ? left : Math.floor((amountFen * line.quantity * line.priceFen) / totalFen)
    left -= share
    return { ...line, discountFen: share }
  })
}
