import { makeAfterFiles } from './files/after-files.js'
import type { DemoRow } from './files/file.js'
import { companyRows, contactRows, customerRows, goodsRows } from './files/master-files.js'
import { makeOrderFiles } from './files/order-files.js'
import { makeWebFile } from './files/web-file.js'
import { playShop } from './play.js'
import { type DemoOptions, openShop } from './shop.js'
import { type DemoTruth, type PersonTruth, peopleTruth, Tally } from './truth.js'

/** A demo that is being made. Read `rows` to the end, then ask for the truth. */
export interface Demo {
  /**
   * Every row of every file. Rows of one file come in the order in which they stand in it; rows of different files are
   * mixed, because the history is played only once.
   */
  rows(): Generator<DemoRow>
  truth(): DemoTruth
  people(): Generator<PersonTruth>
}

/** Makes the demo shop's files row by row: the same options give the same rows, whatever the machine and its clock. */
export function makeDemo(options: DemoOptions): Demo {
  const shop = openShop(options)
  const tally = new Tally(shop)
  return {
    *rows() {
      const orders = makeOrderFiles(shop, tally)
      const after = makeAfterFiles(shop, tally)
      const web = makeWebFile(shop, tally)
      yield* goodsRows(shop)
      for (const record of playShop(shop)) {
        switch (record.kind) {
          case 'order':
            yield* orders.write(record)
            break
          case 'web':
            yield* web.write(record)
            break
          case 'return':
            yield* after.returned(record)
            break
          case 'coupon':
            yield* after.coupon(record)
            break
          case 'service':
            yield* after.service(record)
            break
          case 'survey':
            yield* after.survey(record)
            break
        }
      }
      yield* orders.end()
      yield* customerRows(shop, tally)
      yield* companyRows(shop, tally)
      yield* contactRows(shop, tally)
    },
    truth: () => tally.figures(),
    people: () => peopleTruth(shop),
  }
}
