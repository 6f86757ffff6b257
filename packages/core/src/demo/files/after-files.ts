import { dayText, localDayOf, localTimeText } from '../calendar.js'
import { MEMBER, OTHER_PHONE, PHONE } from '../ledger.js'
import type { Person } from '../people.js'
import type { CouponRecord, ReturnRecord, ServiceRecord, SurveyRecord } from '../records.js'
import type { Shop } from '../shop.js'
import type { Tally } from '../truth.js'
import { Dirt } from './dirt.js'
import type { DemoRow } from './file.js'

/** Rows of the smaller systems: returns, coupons, tickets, surveys. */
export interface AfterFiles {
  returned(record: ReturnRecord): DemoRow[]
  coupon(record: CouponRecord): DemoRow[]
  service(record: ServiceRecord): DemoRow[]
  survey(record: SurveyRecord): DemoRow[]
}

/** Makes the writers of the files about what follows orders. */
export function makeAfterFiles(shop: Shop, tally: Tally): AfterFiles {
  const dirt = new Dirt(shop.seed, 2)
  const stamp = (ts: number): string => localTimeText(ts).replace(/\D/g, '').slice(2)
  /** Notes what a row shows; false when it shows nobody. */
  const show = (person: Person, member: string | null, phone: string | null): boolean => {
    const phoneBit = phone === null ? 0 : phone === person.phone ? PHONE : OTHER_PHONE
    shop.ledger.saw(person, (member === null ? 0 : MEMBER) | phoneBit)
    return member !== null || phone !== null
  }
  return {
    returned(record) {
      const { order, line } = record
      const refunded = record.refundedAt !== null && record.refundedAt < shop.now ? record.refundedAt : null
      if (show(record.person, order.member, order.phone)) tally.returned(record, refunded !== null)
      else tally.reject('returns.csv', 1)
      const money = refunded === null ? 0 : (line.quantity * line.priceFen - line.discountFen) / 100
      const cells = [
        `R${stamp(record.ts)}${record.person.index}`,
        localTimeText(record.ts),
        order.number,
        order.member,
        order.phone === null ? null : dirt.phone(order.phone),
        line.article.sku,
        line.quantity,
        money,
        record.reason,
        record.state === '已退款' && refunded === null ? '处理中' : record.state,
        refunded === null ? null : localTimeText(refunded),
      ]
      const row: DemoRow = { file: 'returns.csv', cells }
      if (!dirt.chance(0.01)) return [row]
      tally.duplicate('returns.csv')
      return [row, row]
    },
    coupon(record) {
      shop.ledger.saw(record.person, MEMBER)
      tally.coupon(record)
      const cells = [
        record.id,
        record.couponKind,
        record.amountFen / 100,
        record.person.memberNumber,
        record.channel,
        localTimeText(record.claimedAt),
        dayText(localDayOf(record.expiresAt)),
        record.order ? localTimeText(record.order.ts) : null,
        record.order?.number ?? null,
      ]
      return [{ file: 'coupons.csv', cells }]
    },
    service(record) {
      if (show(record.person, record.member, record.phone))
        tally.event(record.type === '投诉' ? 'complaint.made' : 'ticket.opened')
      else tally.reject('service.csv', 1)
      const { ts, person, member, phone, type, topic, priority } = record
      const number = `G${stamp(ts)}${person.index}`
      return [
        {
          file: 'service.csv',
          cells: [number, dirt.time(ts), member, phone && dirt.phone(phone), type, topic, priority],
        },
      ]
    },
    survey(record) {
      show(record.person, record.member, record.phone)
      const { ts, person, member, phone } = record
      return record.answers.map(({ question, answer, score }) => {
        tally.event('survey.answered')
        const cells = [
          `A${stamp(ts)}${person.index}`,
          localTimeText(ts),
          record.survey,
          question,
          answer,
          score,
          member,
          phone && dirt.phone(phone),
        ]
        return { file: 'surveys.csv' as const, cells }
      })
    },
  }
}
