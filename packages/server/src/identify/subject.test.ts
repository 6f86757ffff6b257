import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../collect/testing/collecting-workspace.js'
import { attributes, event, fileKey, HOUR, identities, NOON, who } from '../collect/testing/facts.js'
import { readScanState } from '../store/scan-state.js'
import { readEvidence } from './evidence.js'
import { findByIdentity, readSubject, type SubjectScope } from './subject.js'
import { readAttributes } from './subject-attributes.js'
import { readTimeline } from './timeline.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
  await shop.take([
    event('viewed', who('anonymous_id:a'), { page: '/', ms: 12.5 }, { ts: NOON - HOUR }),
    event('paid', who('user_id:ana', 'phone:13901234567'), { amount: 88, gift: true, tags: ['a'], when: '2026-02-01' }),
    event('viewed', who('user_id:other'), { page: '/other' }),
    attributes(who('user_id:ana'), { city: '杭州', points: 7, likes: ['tea'] }),
  ])
  await shop.take([
    event(
      'paid',
      who('user_id:ana', 'anonymous_id:a'),
      { items: [{ sku: 'x', quantity: 2 }, { sku: 'y' }] },
      { ts: NOON + HOUR },
    ),
    identities(who('user_id:ben', 'phone:13901234567')),
  ])
})
afterAll(() => shop.stop())

async function scope(): Promise<SubjectScope> {
  const { workspaceId, vault, postgres } = shop
  return {
    workspaceId,
    vault,
    pool: postgres.app,
    clickhouse: shop.events,
    catalog: await shop.catalogs.load(workspaceId),
    scan: await readScanState(postgres.app, workspaceId),
  }
}

describe('one subject', () => {
  it('is found by any of its identities, in any spelling', async () => {
    const found = await findByIdentity(await scope(), '+86 139 0123 4567')
    expect(found).toEqual([{ profileId: await shop.profileOf('user_id', 'ana'), kind: 'phone' }])
    expect(await findByIdentity(await scope(), 'nobody')).toEqual([])
  })

  it('shows its identities whole or in part, and leads here from its former number', async () => {
    const profile = await shop.profileOf('user_id', 'ana')
    const subject = await readSubject(await scope(), profile, false)
    expect(subject).toMatchObject({ profileId: profile, subject: 'person', firstSeen: NOON - HOUR })
    expect(subject.identities.map(({ kind, value }) => `${kind}:${value}`)).toEqual([
      'phone:13901234567',
      'user_id:ana',
      'anonymous_id:a',
    ])
    expect(subject.formerIds).toHaveLength(1)
    expect((await readSubject(await scope(), subject.formerIds[0]!, true)).identities[0]?.value).toBe('139****4567')
    await expect(readSubject(await scope(), 9_999, false)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('has its present attributes', async () => {
    const found = await readAttributes(await scope(), await shop.profileOf('user_id', 'ana'))
    expect(found).toEqual({ city: '杭州', points: 7, likes: ['tea'] })
  })

  it('has a timeline through all its former numbers, by page', async () => {
    const profile = await shop.profileOf('user_id', 'ana')
    const query = { limit: 2, before: null, events: null }
    const [newest, second] = await readTimeline(await scope(), profile, query)
    expect(newest).toMatchObject({ event: 'paid', items: [{ sku: 'x', quantity: 2 }, { sku: 'y' }], properties: {} })
    expect(second).toMatchObject({
      event: 'paid',
      at: NOON,
      properties: { amount: 88, gift: true, tags: ['a'], when: '2026-01-31T16:00:00.000Z' },
    })
    const rest = await readTimeline(await scope(), profile, { ...query, before: { at: second!.at, seq: second!.seq } })
    expect(rest).toMatchObject([{ event: 'viewed', properties: { page: '/', ms: 12.5 } }])
    expect(await readTimeline(await scope(), profile, { ...query, events: ['viewed'] })).toHaveLength(1)
  })

  it('does not show what an undone import brought', async () => {
    await shop.take([event('imported', who('user_id:ana'), {}, { key: fileKey('undone') })], 5)
    const profile = await shop.profileOf('user_id', 'ana')
    const count = async (): Promise<number> =>
      (await readTimeline(await scope(), profile, { limit: 10, before: null, events: null })).length
    expect(await count()).toBe(4)
    await shop.undo(5)
    expect(await count()).toBe(3)
  })

  it('explains what united it and what was refused', async () => {
    const { pool, workspaceId, vault } = await scope()
    const evidence = await readEvidence(
      { pool, workspaceId, vault },
      await shop.profileOf('user_id', 'ana'),
      false,
      100,
    )
    expect(evidence.map(({ a, b, refused }) => `${a.value}+${b.value} ${refused ?? 'united'}`)).toEqual([
      'ana+13901234567 united',
      'ana+a united',
      'ben+13901234567 limit',
    ])
  })
})
