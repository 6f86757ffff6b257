import type { Incoming } from '@tagtree/core/collect/incoming'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inWorkspace } from '../../store/postgres.js'
import { readScanState } from '../../store/scan-state.js'
import { cleanUndoneImports } from '../clean-undone-imports.js'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { attributes, event, fileKey, HOUR, identities, NOON, relation, who } from '../testing/facts.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
})
afterAll(async () => {
  expect(shop.troubles).toEqual([])
  await shop.stop()
})

/** Profiles of all live nodes, and the evidence that counts. */
async function readIdentities(): Promise<unknown> {
  return inWorkspace(shop.postgres.app, shop.workspaceId, async (tx) => {
    const nodes = await tx.query(
      `select n.node_id, n.profile_id, n.tenure, n.tenure_ts from identity_node n where n.workspace_id = $1
       and exists (select from node_presence p where p.workspace_id = $1 and p.node_id = n.node_id) order by n.node_id`,
      [shop.workspaceId],
    )
    const edges = await tx.query(
      'select a, b, import_id, reason from identity_edge where workspace_id = $1 and removed_seq is null order by edge_id',
      [shop.workspaceId],
    )
    return { nodes: nodes.rows, edges: edges.rows }
  })
}

const order = (id: string, lines: number, amount: number, ...of: string[]): Incoming =>
  event(
    'ordered',
    who(...of),
    { id, amount, items: Array.from({ length: lines }, (_, n) => ({ sku: `s${n}`, quantity: n + 1 })) },
    { key: fileKey(`order ${id}`, `${lines}/${amount}`) },
  )

const file: readonly Incoming[] = [
  order('1', 2, 10, 'user_id:ana', 'phone:13911110001'),
  order('2', 1, 5, 'user_id:ben', 'phone:13911110002'),
  order('3', 1, 7, 'phone:13911110003', 'email:cy@example.com'),
  attributes(who('user_id:ana'), { city: '杭州', points: 20 }, { key: fileKey('row ana'), ts: NOON + HOUR }),
  attributes(who('user_id:new'), { city: '宁波' }, { key: fileKey('row new') }),
  event('login', who('device_id:pad', 'user_id:ben'), {}, { key: fileKey('login ben'), ts: NOON + 3 * HOUR }),
  event('login', who('device_id:phone', 'user_id:new'), {}, { key: fileKey('login new'), ts: NOON + 3 * HOUR }),
  relation('employs', who('organisation_id:acme'), who('user_id:ana'), { key: fileKey('job ana') }),
]

describe('undoing an import', () => {
  it('returns to the state before it, and the file may come again', async () => {
    await shop.take([
      event('login', who('user_id:ana', 'device_id:pad'), { n: 1 }),
      event('viewed', who('anonymous_id:z'), { n: 2 }),
      attributes(who('user_id:ana'), { city: '上海', points: 1 }),
      identities(who('user_id:ana', 'email:ana@example.com')),
      event('viewed', who('device_id:phone'), { n: 3 }),
    ])
    const before = { seen: await shop.read(), identities: await readIdentities() }

    await shop.take(file, 1)
    await shop.take([...file], 2)
    expect(await shop.result(1)).toMatchObject({ received: 8, created: 7, updated: 1, duplicate: 0, rejected: 0 })
    expect(await shop.result(2)).toMatchObject({ received: 8, created: 0, updated: 0, duplicate: 8 })
    const imported = await shop.read()
    expect(imported.events.filter((row) => row.event === 'ordered')).toHaveLength(3)
    expect(imported.attributes.map((row) => row.a_1)).toEqual(expect.arrayContaining(['杭州', '宁波']))

    await shop.undo(1)
    expect(await shop.read()).toEqual(before.seen)
    expect(await readIdentities()).toEqual(before.identities)

    await shop.take(file, 3)
    expect(await shop.result(3)).toMatchObject({ created: 7, updated: 1, duplicate: 0 })
    const again = await shop.read()
    const plain = (rows: readonly Record<string, unknown>[]): unknown[] =>
      rows.map(({ event, ts, p_id, p_n, p_amount, i_sku }) => ({ event, ts, p_id, p_n, p_amount, i_sku }))
    expect(plain(again.events)).toEqual(plain(imported.events))
    expect(again.attributes.map((row) => row.a_1)).toEqual(imported.attributes.map((row) => row.a_1))
    expect(again.population).toHaveLength(imported.population.length)
    await shop.undo(3)
    expect(await shop.read()).toEqual(before.seen)
    await shop.undo(3)
    expect(await shop.read()).toEqual(before.seen)
  })

  it('keeps what another source states too', async () => {
    const link = (key: string): Incoming => identities(who('user_id:kim', 'phone:13922220001'), { key: fileKey(key) })
    await shop.take([link('kim a')], 11)
    await shop.take([link('kim b')], 12)
    await shop.undo(11)
    expect(await shop.profileOf('phone', '13922220001')).toBe(await shop.profileOf('user_id', 'kim'))
    await shop.undo(12)
    expect(await shop.profileOf('phone', '13922220001')).toBe(0)
  })

  it('accepts evidence that only the undone import stood against', async () => {
    await shop.take([identities(who('user_id:wrong', 'phone:13933330001'), { key: fileKey('wrong') })], 21)
    await shop.take([event('called', who('user_id:right', 'phone:13933330001'))])
    expect(await shop.profileOf('phone', '13933330001')).toBe(await shop.profileOf('user_id', 'wrong'))
    await shop.undo(21)
    expect(await shop.profileOf('phone', '13933330001')).toBe(await shop.profileOf('user_id', 'right'))
  })

  it('shows the order again that the import had replaced', async () => {
    const version = (lines: number): Incoming => order('replaced', lines, lines, 'user_id:ola')
    const visible = async (): Promise<unknown[]> =>
      (await shop.read()).events.filter((row) => row.p_id === 'replaced').map((row) => row.items_count)
    await shop.take([version(1)], 31)
    await shop.take([version(2)], 32)
    expect(await visible()).toEqual([2])
    expect(await shop.result(32)).toMatchObject({ created: 0, updated: 1 })
    await shop.take([version(2)], 33)
    expect(await shop.result(33)).toMatchObject({ duplicate: 1 })
    await shop.undo(32)
    expect(await visible()).toEqual([1])
    await shop.take([version(3)], 34)
    expect(await visible()).toEqual([3])
    await shop.undo(31)
    expect(await visible()).toEqual([3])
    await shop.undo(34)
    expect(await visible()).toEqual([])
  })

  it('takes nothing more of an import that was undone', async () => {
    await shop.undo(41)
    await shop.take([order('late', 1, 1, 'user_id:pia')], 41)
    expect(await shop.result(41)).toMatchObject({ received: 1, rejected: 1, created: 0 })
  })

  it('works through many profiles in bounded steps', async () => {
    const before = await shop.read()
    const many = Array.from({ length: 6_000 }, (_, n) => [
      identities(who(`user_id:m${n}`, `email:m${n}@example.com`), { key: fileKey(`m ${n}`) }),
      attributes(who(`email:m${n}@example.com`), { city: `c${n}` }, { key: fileKey(`a ${n}`) }),
    ]).flat()
    await shop.take(many, 51)
    expect((await shop.read()).attributes).toHaveLength(before.attributes.length + 6_000)
    await shop.undo(51)
    expect(await shop.read()).toEqual(before)
  })

  it('is forgotten by readers once its rows are deleted for good', async () => {
    await shop.take([order('gone', 2, 9, 'user_id:quinn')], 61)
    await shop.undo(61)
    const before = await shop.read()
    const cleaned = await cleanUndoneImports(shop.postgres.worker, shop.events, shop.workspaceId)
    expect(cleaned).toContain(61)
    expect((await readScanState(shop.postgres.app, shop.workspaceId)).excludedImports).toEqual([])
    expect(await shop.read()).toEqual(before)
    const left = await shop.events.query(`SELECT count() AS n FROM events WHERE import_id IN (1, 3, 61)`)
    expect(left).toEqual([{ n: '0' }])
    expect(await cleanUndoneImports(shop.postgres.worker, shop.events, shop.workspaceId)).toEqual([])
    await shop.take([order('late again', 1, 1, 'user_id:quinn')], 61)
    expect(await shop.result(61)).toMatchObject({ rejected: 1 })
  })
})
