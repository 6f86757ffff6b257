import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { normaliseIdentity } from '../identify/normalise.js'
import { MemoryWorld } from '../identify/testing/memory-world.js'
import { makeDemo } from './demo-rows.js'
import { DEMO_FILE_NAMES, DEMO_FILES, type DemoFileName, type DemoRow } from './files/file.js'
import type { DemoOptions } from './shop.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const SMALL: DemoOptions = { seed: 7, now: NOW, customers: 1500 }

/** Cells by column name; log lines as they are. */
type NamedRow = Readonly<Record<string, unknown>>

function nameCells(row: DemoRow): NamedRow {
  if (!('cells' in row)) return row.record
  const file = DEMO_FILES[row.file]
  const columns = file.format === 'ndjson' ? [] : file.columns
  return Object.fromEntries(columns.map((column, i) => [column, row.cells[i] ?? null]))
}

function collect(options: DemoOptions) {
  const demo = makeDemo(options)
  const files = new Map<DemoFileName, NamedRow[]>()
  const hash = createHash('sha256')
  for (const row of demo.rows()) {
    hash.update(JSON.stringify(row))
    const rows = files.get(row.file)
    if (rows) rows.push(nameCells(row))
    else files.set(row.file, [nameCells(row)])
  }
  return { files, truth: demo.truth(), people: [...demo.people()], hash: hash.digest('hex') }
}

const hashOf = (options: DemoOptions): string => {
  const hash = createHash('sha256')
  for (const row of makeDemo(options).rows()) hash.update(JSON.stringify(row))
  return hash.digest('hex')
}
const world = collect(SMALL)
const rowsOf = (file: DemoFileName): readonly NamedRow[] => world.files.get(file) ?? []

describe('the demo shop', () => {
  it('gives the same bytes for the same seed and now, and others for another seed or now', () => {
    const tiny = { ...SMALL, customers: 120 }
    expect(hashOf(tiny)).toBe(hashOf(tiny))
    expect(hashOf({ ...tiny, seed: 8 })).not.toBe(hashOf(tiny))
    expect(hashOf({ ...tiny, now: NOW + 86_400_000 })).not.toBe(hashOf(tiny))
  })

  it('scales with the number of customers', () => {
    expect(world.truth.persons / SMALL.customers).toBeGreaterThan(0.93)
    expect(world.truth.persons / SMALL.customers).toBeLessThanOrEqual(1)
    const events = Object.values(world.truth.events).reduce((sum, count) => sum + count, 0)
    expect(events / SMALL.customers).toBeGreaterThan(17)
    expect(events / SMALL.customers).toBeLessThan(25)
  })

  it('has buyers that look like those of a real shop', () => {
    const { buyers, repeatBuyers, events, ordersByChannel, revenueFen } = world.truth
    const orders = events['order.paid'] as number
    expect(repeatBuyers / buyers).toBeGreaterThan(0.55)
    expect(repeatBuyers / buyers).toBeLessThan(0.78)
    expect(world.truth.orderLines / orders).toBeGreaterThan(1.7)
    for (const channel of ['app', 'miniprogram', 'web', 'store', 'phone']) {
      expect((ordersByChannel[channel] as number) / orders).toBeGreaterThan(0.03)
    }
    expect(revenueFen / orders).toBeGreaterThan(15_000)
    expect((events['order.returned'] as number) / orders).toBeLessThan(0.2)
  })

  it('sells most before 18 June and 11 November', () => {
    const days = new Map<string, number>()
    for (const row of rowsOf('orders.csv')) {
      const day = String(row.付款时间).slice(0, 10)
      days.set(day, (days.get(day) ?? 0) + 1)
    }
    const best = [...days].sort((a, b) => b[1] - a[1]).slice(0, 3)
    for (const [day] of best) expect(day).toMatch(/-06-1[678]$|-11-1[01]$/)
  })

  it('never lets an event happen after now, except the rows counted as future', () => {
    const limit = '2026-11-22 20:00:00'
    const late = rowsOf('web-events.ndjson').filter((row) => String(row.time) >= limit)
    expect(late.length).toBe(world.truth.future['web-events.ndjson'] ?? 0)
  })

  it('writes lines of one order apart from each other now and then', () => {
    const seen = new Set<unknown>()
    let previous: unknown
    let apart = 0
    for (const { 订单号 } of rowsOf('orders.csv')) {
      if (订单号 !== previous && seen.has(订单号)) apart++
      seen.add(订单号)
      previous = 订单号
    }
    expect(apart).toBeGreaterThan(10)
  })

  it('counts revenue, orders and repeated lines as its order files show them', () => {
    const lines = new Map<string, number>()
    for (const row of rowsOf('orders.csv')) {
      const fen = Math.round(Number(row.数量) * Number(row.单价) * 100 - Number(row.优惠金额) * 100)
      if (String(row.订单号).startsWith('X')) continue
      lines.set(`${row.订单号}/${row.行号}`, fen)
    }
    for (const row of rowsOf('pos-orders.csv')) {
      if (String(row.小票号).endsWith('T') || (row.会员卡号 === null && row.顾客手机 === null)) continue
      lines.set(`${row.小票号}/${row.序号}`, Math.round(Number(row.实收) * 100))
    }
    expect(lines.size).toBe(world.truth.orderLines)
    expect([...lines.values()].reduce((sum, fen) => sum + fen, 0)).toBe(world.truth.revenueFen)
    const orders = new Set([...lines.keys()].map((key) => key.slice(0, key.indexOf('/'))))
    expect(orders.size).toBe(world.truth.events['order.paid'])
  })

  it('knows which profiles the rules of identity find in its rows', () => {
    const shared = new Set(world.people.map((person) => person.sharedDevice?.value))
    const identified = new MemoryWorld()
    for (const file of FILES_OF_PEOPLE) {
      for (const row of rowsOf(file)) {
        identified.take(identitiesOf(row).filter((key) => !shared.has(key.slice('device_id:'.length))))
      }
    }
    const strong = new Map<number, boolean>()
    const profiles = identified.profiles()
    for (const node of identified.nodes) {
      const profile = profiles.get(node.id)!
      strong.set(profile, (strong.get(profile) ?? false) || node.strong)
    }
    expect([...strong.values()].filter(Boolean).length).toBe(world.truth.profiles)
    expect([...strong.values()].filter((isStrong) => !isStrong).length).toBe(world.truth.visitors)
    for (const person of world.people) {
      const found = person.profiles.map((identities) => {
        // A device can have had several owners one after the other.
        const own = identities.filter(({ kind }) => kind !== 'device_id')
        return new Set(own.map(({ kind, value }) => identified.profileOf(`${kind}:${value}`)))
      })
      const known = found.filter(({ size }) => size > 0)
      for (const profile of known) expect(profile.size).toBe(1)
      expect(new Set(known.flatMap((profile) => [...profile])).size).toBe(known.length)
    }
    const known = world.people.flatMap((person) =>
      person.profiles.filter((ids) => ids.some(({ kind }) => kind !== 'device_id')),
    )
    expect(known.length).toBe(world.truth.profiles)
    expect(world.truth.profiles).toBeGreaterThan(world.truth.persons)
  })

  it('has persons whose store purchases are joined to their account only by a phone number', () => {
    const joined = world.people.filter((person) => person.profiles.some((ids) => ids.length >= 3))
    expect(joined.length).toBeGreaterThan(SMALL.customers * 0.3)
    expect(world.people.filter((person) => person.sharedDevice?.loggedIn).length).toBeGreaterThan(3)
  })
})

/** In the order in which they are imported. */
const FILES_OF_PEOPLE = DEMO_FILE_NAMES.filter((file) => file !== 'goods.csv' && file !== 'companies.xlsx')

/** The identities a row shows, canonical, as `kind:value`. */
function identitiesOf(row: NamedRow): string[] {
  const given: readonly (readonly [string, 'text' | 'phone' | 'email', unknown])[] = [
    ['user_id', 'text', row.会员号 ?? row.会员卡号 ?? row.member],
    ['phone', 'phone', row.手机号 ?? row.顾客手机],
    ['email', 'email', row.邮箱],
    ['unionid', 'text', row.微信UnionID ?? row.unionid],
    ['device_id', 'text', row.device],
  ]
  return given.flatMap(([kind, normalise, value]) => {
    if (value === null || value === undefined) return []
    const result = normaliseIdentity({ normalise }, String(value), new Set())
    return result.kind === 'ok' ? [`${kind}:${result.value}`] : []
  })
}
