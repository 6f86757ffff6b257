import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../../store/postgres.js'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { attributes, event, fileKey, who } from '../testing/facts.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
})
afterAll(() => shop.stop())

describe('the policy for names nobody planned', () => {
  const settle = async (collect: object): Promise<void> => {
    await inTransaction(shop.postgres.app, (tx) =>
      tx.query(`update workspace set settings = jsonb_build_object('collect', $2::jsonb) where id = $1`, [
        shop.workspaceId,
        JSON.stringify(collect),
      ]),
    )
    // Settings are part of what a catalog shows: whoever changes them makes it new.
    await shop.catalogs.declare(shop.workspaceId, {
      events: [{ name: 'planned' }],
      properties: [{ event: 'planned', item: false, name: 'known', type: 'number' }],
    })
  }

  it('sets unplanned events aside, drops unplanned properties, as told', async () => {
    await settle({ unplannedEvents: 'quarantine', unplannedProperties: 'drop', unplannedAttributes: 'quarantine' })
    await shop.take(
      [
        event('planned', who('user_id:p'), { known: 1, extra: 2 }, { key: fileKey('p 1') }),
        event('never heard of', who('user_id:p'), {}, { key: fileKey('p 2') }),
        attributes(who('user_id:p'), { unheard: 1 }, { key: fileKey('p 3') }),
      ],
      9_001,
    )
    const { reasons, ...result } = await shop.result(9_001)
    expect(result).toMatchObject({ received: 3, created: 1, rejected: 2, values_refused: 1 })
    expect(reasons).toEqual({ unplanned_event: 1, unplanned_attribute: 1, property_not_planned: 1 })
    const { events } = await shop.read()
    expect(events.at(-1)).toMatchObject({ event: 'planned', p_known: '1' })
    const catalog = await shop.catalogs.load(shop.workspaceId)
    expect(catalog.events.get('planned')!.properties.has('extra')).toBe(false)
    expect(catalog.events.has('never heard of')).toBe(false)

    // Once they are planned, the same rows are taken: they were never remembered as seen.
    await settle({})
    await shop.take([event('never heard of', who('user_id:p'), {}, { key: fileKey('p 2') })], 9_002)
    expect(await shop.result(9_002)).toMatchObject({ created: 1, duplicate: 0 })
  })
})
