import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inWorkspace } from '../../store/postgres.js'
import { readProfilesAt, readScanState, readSeqAt } from '../../store/scan-state.js'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { again, attributes, event, HOUR, identities, NOON, relation, streamKey, who } from '../testing/facts.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
})
afterAll(async () => {
  expect(shop.troubles).toEqual([])
  await shop.stop()
})

describe('facts become rows', () => {
  it('gives every property a column of its type when it is first met', async () => {
    await shop.take([
      event('paid', who('user_id:ana'), {
        amount: 12.34565,
        when: '2026-01-31',
        gift: true,
        tags: ['a', 'b'],
        address: { city: '杭州 ' },
        items: [
          { sku: 'A1', quantity: 2 },
          { sku: 'B2', price: '3.5' },
        ],
      }),
    ])
    const { events } = await shop.read()
    expect(events.find((row) => row.event === 'paid')).toMatchObject({
      p_amount: '12.3456',
      p_when: '2026-01-30 16:00:00.000',
      p_gift: 1,
      p_tags: ['a', 'b'],
      p_tags__known: 1,
      p_address__city: '杭州',
      items_count: 2,
      i_sku: ['A1', 'B2'],
      i_quantity: ['2', null],
      i_price: [null, '3.5'],
    })
    const catalog = await shop.catalogs.load(shop.workspaceId)
    const properties = catalog.events.get('paid')!.properties
    expect([...properties.keys()].sort()).toEqual(
      ['amount', 'when', 'gift', 'tags', 'address.city', 'items.sku', 'items.quantity', 'items.price'].sort(),
    )
    expect(properties.get('when')!.type).toBe('date')
    expect(properties.get('items.price')!.type).toBe('text')
  })

  it('keeps a second type of the same name in a column of its own', async () => {
    await shop.take([
      event('sized', who('user_id:ana'), { size: 42 }),
      event('tagged', who('user_id:ana'), { size: 'XL' }),
    ])
    const { events } = await shop.catalogs.load(shop.workspaceId)
    expect(events.get('sized')!.properties.get('size')).toMatchObject({ type: 'number', column: 'p_size' })
    expect(events.get('tagged')!.properties.get('size')).toMatchObject({ type: 'text', column: 'p_size__text' })
  })

  it('leaves out a value that does not fit, lists it, and takes the rest', async () => {
    await shop.take([event('sized', who('user_id:ana'), { size: 'XL', colour: 'red' })])
    const { events } = await shop.read()
    expect(events.at(-1)).toMatchObject({ event: 'sized', p_colour: 'red' })
    expect(events.at(-1)).not.toHaveProperty('p_size')
    const listed = await inWorkspace(shop.postgres.app, shop.workspaceId, async (tx) => {
      const { rows } = await tx.query<{ batch_no: number; reason: string; pointer: string; record_enc: Buffer }>(
        `select batch_no, reason, pointer, record_enc from quarantine where workspace_id = $1 and level = 'value'`,
        [shop.workspaceId],
      )
      return rows[0]!
    })
    expect(listed).toMatchObject({ reason: 'not_a_number', pointer: '/properties/size' })
    const record = shop.vault.decryptRecord(shop.workspaceId, listed.batch_no, listed.record_enc)
    expect(JSON.parse(record)).toMatchObject({ value: 'XL' })
  })

  it('writes an event once per subject it is about', async () => {
    await shop.take([event('visited', [who('user_id:ana'), who('organisation_id:acme')])])
    const { events } = await shop.read()
    const rows = events.filter((row) => row.event === 'visited')
    expect(rows.map((row) => row.subject)).toEqual([1, 2])
    expect(new Set(rows.map((row) => row.message_hash)).size).toBe(1)
    expect(new Set(rows.map((row) => row.seq)).size).toBe(2)
  })

  it('writes it once for a subject that is named twice', async () => {
    await shop.take([event('met', [who('user_id:ana'), who('user_id:ana'), who('user_id:zoe')])])
    const { events } = await shop.read()
    expect(events.filter((row) => row.event === 'met')).toHaveLength(2)
  })

  it('takes whatever is hostile without losing what is valid beside it', async () => {
    const hostile = JSON.parse(
      '{"__proto__":{"admin":true},"constructor":{"prototype":1},"a":{"b":1},"a.b":2,"sql":"\'; DROP TABLE events; --"}',
    ) as Record<string, never>
    const before = await shop.result()
    await shop.take([
      event('hostile', who('user_id:eve'), { ...hostile, __proto__: { x: 1 } } as never),
      event('hostile', who("user_id:'; drop table identity_node; --"), { text: 'a\ud800b\u0000c', huge: 1e300 }),
      event('hostile', who('user_id:eve'), { deep: JSON.parse(`${'{"x":'.repeat(60)}1${'}'.repeat(60)}`) as never }),
      event('hostile', who('user_id:[object Object]'), {}),
      event('hostile', who('nonsense:1'), {}),
      event('bad\u0000name', who('user_id:eve')),
      event('hostile', who('user_id:eve'), {}, { ts: Number.NaN }),
      event('hostile', who('user_id:eve'), {}, { ts: -5 }),
      event(
        'hostile',
        who('user_id:eve'),
        {},
        { key: { scope: 'stream', hash: '99999999999999999999', content: null } },
      ),
      { type: 'event' } as never,
      null as never,
      event('hostile', who('user_id:fay'), { fine: 'yes' }),
    ])
    const { events } = await shop.read()
    const rows = events.filter((row) => row.event === 'hostile')
    expect(rows).toHaveLength(4)
    expect(rows.at(-1)).toMatchObject({ p_fine: 'yes' })
    expect(rows[1]).toMatchObject({ p_text: 'a\ufffdb\u0000c' })
    const after = await shop.result()
    expect(Number(after.rejected) - Number(before.rejected)).toBe(8)
  })

  it('clamps a moment in the future and sets aside what is too old for a stream', async () => {
    const year = 365 * 24 * HOUR
    await shop.take([
      event('timed', who('user_id:ana'), {}, { ts: Date.now() + year }),
      event('timed', who('user_id:ana'), {}, { ts: Date.now() - 2 * year }),
    ])
    const { events } = await shop.read()
    const rows = events.filter((row) => row.event === 'timed')
    expect(rows).toHaveLength(1)
    expect(Math.abs(Date.parse(`${rows[0]!.ts}Z`) - Date.now())).toBeLessThan(60_000)
    expect((await shop.result()).reasons).toMatchObject({ time_in_future: 1, time_too_old: 1 })
  })
})

describe('exactly once', () => {
  it('takes a message once, however often and however scattered it comes', async () => {
    const facts = Array.from({ length: 50 }, (_, n) =>
      event('once', who(`user_id:u${n}`), { n }, { key: streamKey(`once ${n}`) }),
    )
    await Promise.all([0, 1, 2].map(() => shop.take(facts)))
    await shop.take([...facts, ...facts.slice(0, 10)])
    const { events } = await shop.read()
    expect(events.filter((row) => row.event === 'once')).toHaveLength(50)
    expect((await shop.result()).duplicate).toBe(160)
  })
})

describe('identities', () => {
  it('unites profiles everywhere, with their attributes', async () => {
    await shop.take([
      event('seen', who('anonymous_id:x1')),
      attributes(who('anonymous_id:x1'), { city: '上海' }, { ts: NOON }),
    ])
    await shop.take([
      event('seen', who('user_id:xia')),
      attributes(who('user_id:xia'), { city: '北京', level: 3 }, { ts: NOON - HOUR }),
    ])
    const [anonymous, known] = [await shop.profileOf('anonymous_id', 'x1'), await shop.profileOf('user_id', 'xia')]
    expect(anonymous).not.toBe(known)
    await shop.take([identities(who('user_id:xia', 'anonymous_id:x1'))])
    const winner = Math.min(anonymous, known)
    const { events, attributes: rows, population } = await shop.read()
    expect(await shop.profileOf('user_id', 'xia')).toBe(winner)
    const seen = events.filter((row) => row.event === 'seen')
    expect(new Set(seen.map((row) => row.profile_id))).toEqual(new Set([winner]))
    expect(rows.filter((row) => [anonymous, known].includes(Number(row.profile_id)))).toMatchObject([
      { profile_id: winner, a_1: '上海', a_2: '3' },
    ])
    expect(population.find((row) => row.profile === winner)).toMatchObject({ customer: 1 })
    expect(population.find((row) => row.profile === Math.max(anonymous, known))).toBeUndefined()
  })

  it('are still told apart as they were known before a union', async () => {
    await shop.take([event('seen', who('anonymous_id:k1')), event('seen', who('user_id:kai'))])
    const known = await readScanState(shop.postgres.app, shop.workspaceId)
    const knownAt = Date.now()
    const kai = await shop.profileOf('user_id', 'kai')
    await new Promise((resolve) => setTimeout(resolve, 2))
    await shop.take([identities(who('user_id:kai', 'anonymous_id:k1'))])
    expect(await shop.profileOf('user_id', 'kai')).not.toBe(kai)
    expect(await readSeqAt(shop.postgres.app, shop.workspaceId, knownAt)).toBe(known.knownSeq)
    expect([...(await readProfilesAt(shop.postgres.app, shop.workspaceId, known.knownSeq)).values()]).toEqual([kai])
  })

  it('keeps the known profiles of a shared device apart', async () => {
    await shop.take([event('till', who('device_id:till'), { n: 1 }, { ts: NOON })])
    await shop.take([event('till', who('device_id:till', 'user_id:ada'), { n: 2 }, { ts: NOON + HOUR })])
    await shop.take([
      event('till', who('device_id:till', 'user_id:bob'), { n: 3 }, { ts: NOON + 3 * HOUR }),
      event('till', who('device_id:till'), { n: 4 }, { ts: NOON + 2 * HOUR }),
      event('till', who('device_id:till'), { n: 5 }, { ts: NOON + 4 * HOUR }),
    ])
    const [ada, bob] = [await shop.profileOf('user_id', 'ada'), await shop.profileOf('user_id', 'bob')]
    const { events } = await shop.read()
    const owner = (n: number): unknown =>
      events.find((row) => row.event === 'till' && row.p_n === String(n))!.profile_id
    expect([1, 2, 3, 4, 5].map(owner)).toEqual([ada, ada, bob, ada, bob])
  })

  it('leaves out the weaker identity at a limit and says so', async () => {
    await shop.take([identities(who('user_id:l1', 'phone:13911110001'))])
    const before = Number((await shop.result()).identities_left_out)
    await shop.take([identities(who('user_id:l2', 'phone:13911110001'))])
    expect(await shop.profileOf('phone', '13911110001')).toBe(await shop.profileOf('user_id', 'l1'))
    expect(Number((await shop.result()).identities_left_out)).toBe(before + 1)
  })

  it('joins long chains whatever the batches', async () => {
    const links = Array.from({ length: 20 }, (_, n) => identities(who(`anonymous_id:c${n}`, `device_id:c${n + 1}`)))
    const crossing = Array.from({ length: 20 }, (_, n) =>
      identities(who(`anonymous_id:c${n + 1}`, `device_id:c${n + 1}`)),
    )
    await shop.take(links)
    await shop.take(crossing)
    const profiles = await Promise.all(Array.from({ length: 20 }, (_, n) => shop.profileOf('anonymous_id', `c${n}`)))
    expect(new Set(profiles).size).toBe(1)
  })
})

describe('attributes', () => {
  it('are what their changes say in order of time, not of arrival', async () => {
    const gus = who('user_id:gus')
    await shop.take([
      attributes(gus, { points: 10 }, { ts: NOON }),
      attributes(gus, { points: 5 }, { ts: NOON + 2 * HOUR, operation: 'increment' }),
    ])
    await shop.take([attributes(gus, { points: 100 }, { ts: NOON + HOUR })])
    await shop.take([
      attributes(gus, { points: 1 }, { ts: NOON - HOUR }),
      attributes(gus, { likes: 'tea' }, { operation: 'append' }),
    ])
    const profile = await shop.profileOf('user_id', 'gus')
    const catalog = (await shop.catalogs.load(shop.workspaceId)).attributes.get('person')!
    const row = (await shop.read()).attributes.find((one) => one.profile_id === profile)!
    expect(row[catalog.get('points')!.column!]).toBe('105')
    expect(row[catalog.get('likes')!.column!]).toEqual(['tea'])
  })

  it('counts an increment once, also when it is sent again', async () => {
    const increment = attributes(who('user_id:hal'), { visits: 1 }, { operation: 'increment' })
    await Promise.all([1, 2, 3].map(() => shop.take([increment])))
    await shop.take([again(increment)])
    const profile = await shop.profileOf('user_id', 'hal')
    const column = (await shop.catalogs.load(shop.workspaceId)).attributes.get('person')!.get('visits')!.column!
    expect((await shop.read()).attributes.find((one) => one.profile_id === profile)![column]).toBe('2')
  })
})

describe('relations', () => {
  it('join organisations and persons as they are now', async () => {
    await shop.take([relation('employs', who('organisation_id:tea'), who('anonymous_id:w1'))])
    await shop.take([identities(who('user_id:wen', 'anonymous_id:w1'))])
    const { relations } = await shop.read()
    expect(relations.at(-1)).toMatchObject({
      kind: 'employs',
      f: await shop.profileOf('organisation_id', 'tea'),
      t: await shop.profileOf('user_id', 'wen'),
    })
    const catalog = await shop.catalogs.load(shop.workspaceId)
    expect(catalog.relations.get('employs')).toMatchObject({ from: 'organisation', to: 'person' })
  })

  it('may be said from the other end', async () => {
    await shop.catalogs.declare(shop.workspaceId, {
      relations: [{ key: 'employer', inverseOf: 'employs', many: true, labels: '任职企业', noun: '家' }],
    })
    await shop.take([relation('employer', who('user_id:wu'), who('organisation_id:tea'))])
    const { relations } = await shop.read()
    expect(relations.at(-1)).toMatchObject({
      kind: 'employs',
      f: await shop.profileOf('organisation_id', 'tea'),
      t: await shop.profileOf('user_id', 'wu'),
    })
    const catalog = await shop.catalogs.load(shop.workspaceId)
    expect(catalog.relations.get('employer')).toMatchObject({
      from: 'person',
      to: 'organisation',
      inverseOf: 'employs',
    })
    await shop.take([relation('employer', who('organisation_id:tea'), who('user_id:wu'))])
    expect((await shop.read()).relations).toHaveLength(relations.length)
  })
})
