import { DAY_MS, localTimeText } from '../calendar.js'
import { deviceBit, MEMBER, UNIONID } from '../ledger.js'
import type { WebRecord } from '../records.js'
import type { Shop } from '../shop.js'
import type { Tally } from '../truth.js'
import { Dirt } from './dirt.js'
import type { DemoRow } from './file.js'

/** Writes tracking records as lines of `web-events.ndjson`. */
export function makeWebFile(shop: Shop, tally: Tally): { write(record: WebRecord): DemoRow[] } {
  const dirt = new Dirt(shop.seed, 3)
  let count = 0
  return {
    write(record) {
      const { person, device, loggedIn } = record
      // Inside WeChat her unionid is known from the first look; later lines carry the member number instead.
      const showsUnionid = record.channel === 'miniprogram' && (!loggedIn || record.event === 'login')
      count++
      const line: Record<string, string | number> = {
        id: count.toString(36),
        time: localTimeText(record.ts),
        event: record.event,
        channel: record.channel,
        device,
      }
      if (loggedIn) line.member = person.memberNumber
      if (showsUnionid && person.unionid) line.unionid = person.unionid
      Object.assign(line, record.properties)
      const row: DemoRow = { file: 'web-events.ndjson', record: line }
      const shown = (loggedIn ? MEMBER : 0) | (showsUnionid && person.unionid ? UNIONID : 0)
      if (device === person.sharedDevice) shop.ledger.sawSharedDevice(person, loggedIn)
      shop.ledger.saw(person, shown | (device === person.sharedDevice ? 0 : deviceBit(person.devices.indexOf(device))))
      tally.event(record.event)
      if (!dirt.chance(0.003)) return [row]
      return [row, ...junk(row, line)]
    },
  }

  /** A repeated delivery, a line without any identity, or one from a phone whose clock is wrong. */
  function junk(row: DemoRow, line: Readonly<Record<string, string | number>>): DemoRow[] {
    if (dirt.chance(0.8)) {
      tally.duplicate('web-events.ndjson')
      return [row]
    }
    const { device, member, unionid, ...rest } = line
    const id = `${line.id}x`
    if (dirt.chance(0.7)) {
      tally.reject('web-events.ndjson', 1)
      return [{ file: 'web-events.ndjson', record: { ...rest, id } }]
    }
    tally.future('web-events.ndjson')
    return [
      {
        file: 'web-events.ndjson',
        record: { ...line, id, time: localTimeText(shop.now + dirt.between(30, 400) * DAY_MS) },
      },
    ]
  }
}
