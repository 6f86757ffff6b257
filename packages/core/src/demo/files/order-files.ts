import { DAY_MS, localTimeText } from '../calendar.js'
import { MEMBER, OTHER_PHONE, PHONE } from '../ledger.js'
import type { OrderLine, OrderRecord } from '../records.js'
import type { Shop } from '../shop.js'
import type { Tally } from '../truth.js'
import { Dirt } from './dirt.js'
import type { DemoCell, DemoRow } from './file.js'

/** Writes an order's lines as rows of `orders.csv` or, for store tills, of `pos-orders.csv`. */
export interface OrderFiles {
  write(order: OrderRecord): DemoRow[]
  /** Rows that were held back. */
  end(): DemoRow[]
}

/** The order export of the web shop and of the tills. Lines of an order do not always stand together. */
export function makeOrderFiles(shop: Shop, tally: Tally): OrderFiles {
  const dirt = new Dirt(shop.seed, 1)
  /** A line that is written some rows later than the others of its order. */
  let late: { row: DemoRow; after: number } | null = null
  const releaseLate = (rows: DemoRow[]): void => {
    if (late && late.after-- <= 0) {
      rows.push(late.row)
      late = null
    }
  }
  return {
    write(order) {
      const phone = order.phone === null ? null : dirt.phone(order.phone)
      const isKnown = order.member !== null || order.phone !== null
      const rows = order.lines.map((line, i) =>
        order.store ? tillRow(order, line, i, order.ts, phone) : shopRow(order, line, i, dirt.time(order.ts), phone),
      )
      if (isKnown) {
        tally.order(order)
        shop.ledger.saw(order.person, shownBits(order))
      } else tally.reject('pos-orders.csv', rows.length)
      const written: DemoRow[] = []
      if (rows.length > 1 && !late && !order.store && dirt.chance(0.05)) {
        rows.pop()
        const i = order.lines.length - 1
        const ts = order.ts + dirt.between(1, 50) * 1000
        late = {
          row: shopRow(order, order.lines[i] as OrderLine, i, localTimeText(ts), phone),
          after: dirt.between(1, 6),
        }
      } else if (!order.store) releaseLate(written)
      written.push(...rows)
      if (isKnown && rows[0] && dirt.chance(0.0015)) {
        written.push(rows[0])
        tally.duplicate(rows[0].file)
      }
      written.push(...junkRows(order, shop, dirt, tally))
      return written
    },
    end() {
      return late ? [late.row] : []
    },
  }
}

function shownBits(order: OrderRecord): number {
  const phone = order.phone === null ? 0 : order.phone === order.person.phone ? PHONE : OTHER_PHONE
  return (order.member === null ? 0 : MEMBER) | phone
}

function shopRow(order: OrderRecord, line: OrderLine, index: number, time: string, phone: string | null): DemoRow {
  const { article } = line
  const store = order.channel === 'phone' ? (order.person.store?.name ?? null) : null
  const cells: DemoCell[] = [
    order.number,
    index + 1,
    time,
    order.channel,
    store,
    order.member,
    phone,
    article.sku,
    article.name,
    article.category,
  ]
  cells.push(line.quantity, article.listPriceFen / 100, line.priceFen / 100, line.discountFen / 100)
  cells.push(order.coupon?.kind ?? null, order.payMethod, order.person.city.name)
  return { file: 'orders.csv', cells }
}

function tillRow(order: OrderRecord, line: OrderLine, index: number, ts: number, phone: string | null): DemoRow {
  const { article } = line
  const paid = (line.quantity * line.priceFen - line.discountFen) / 100
  const time = localTimeText(ts).slice(0, 16).replaceAll('-', '/')
  const cells: DemoCell[] = [
    order.number,
    index + 1,
    time,
    order.store?.code ?? null,
    order.store?.name ?? null,
    order.member,
    phone,
    article.sku,
  ]
  cells.push(
    article.name,
    article.category,
    line.quantity,
    article.listPriceFen / 100,
    paid,
    order.coupon?.kind ?? null,
    order.payMethod,
  )
  return { file: 'pos-orders.csv', cells }
}

/** Additional rows that an import has to refuse or to leave out, each with a number of its own. */
function junkRows(order: OrderRecord, shop: Shop, dirt: Dirt, tally: Tally): DemoRow[] {
  if (!dirt.chance(0.006)) return []
  const line = order.lines[0] as OrderLine
  if (order.store) {
    tally.reject('pos-orders.csv', 1)
    const test: OrderRecord = { ...order, number: `${order.number}T`, member: null }
    return [
      tillRow(test, { ...line, quantity: dirt.chance(0.5) ? -1 : 1 }, 0, order.ts, dirt.badPhone(order.person.phone)),
    ]
  }
  const row = (change: Partial<OrderRecord>, quantity: number, time: string): DemoRow =>
    shopRow({ ...order, ...change }, { ...line, quantity }, 0, time, change.member === null ? null : order.phone)
  const number = `X${order.number.slice(1)}`
  switch (dirt.below(4)) {
    case 0:
      tally.reject('orders.csv', 1)
      return [row({ number, member: null }, 1, localTimeText(order.ts))]
    case 1:
      tally.reject('orders.csv', 1)
      return [row({ number }, -line.quantity, localTimeText(order.ts))]
    case 2:
      tally.reject('orders.csv', 1)
      return [row({ number }, 1, `${localTimeText(order.ts).slice(0, 4)}-13-45 25:61:00`)]
    default:
      tally.future('orders.csv')
      return [row({ number }, 1, localTimeText(shop.now + dirt.between(200, 900) * DAY_MS))]
  }
}
