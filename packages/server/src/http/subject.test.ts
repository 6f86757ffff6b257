import { collectBatch } from '@tagtree/core/contract/batch'
import type { Client } from '@tagtree/core/contract/client'
import { createKey } from '@tagtree/core/contract/govern'
import { findSubjects, getSubject, listEvidence, listTimeline } from '@tagtree/core/contract/subject'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addTestWorkspace, startTestServer, type TestServer } from '../testing/test-server.js'

let server: TestServer
let client: Client
beforeAll(async () => {
  server = await startTestServer()
  client = await addTestWorkspace(server, 'shop')
  const ana = { user_id: 'ana', phone: '13901234567' }
  await client.call(collectBatch, {
    body: {
      events: Array.from({ length: 5 }, (_, n) => ({
        id: `e${n}`,
        event: n % 2 === 0 ? 'viewed' : 'paid',
        time: new Date(Date.now() - n * 60_000).toISOString(),
        identities: ana,
        properties: { n, items: [{ sku: 'a' }] },
      })),
      attributes: [{ id: 'a', identities: ana, set: { city: '杭州' } }],
    },
  })
  const ben = { identities: { user_id: 'ben', phone: '13901234567' } }
  await client.call(collectBatch, { body: { identities: [ben] } })
})
afterAll(() => server.remove())

/** The profile of Ana, as soon as her facts are readable. */
async function findAna(): Promise<number> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    const { items } = await client.call(findSubjects, { body: { value: 'ana', kind: 'user_id' } })
    if (items[0] !== undefined) {
      const params = { id: items[0].profileId }
      const timeline = await client.call(listTimeline, { params })
      const evidence = await client.call(listEvidence, { params })
      if (timeline.items.length === 5 && evidence.items.length === 2) return params.id
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the facts did not become readable within 20 s')
}

describe('one subject over HTTP', () => {
  it('has identities, attributes, a timeline by page and evidence', async () => {
    const id = await findAna()
    const subject = await client.call(getSubject, { params: { id } })
    expect(subject).toMatchObject({ profileId: id, subject: 'person', attributes: { city: '杭州' } })
    expect(subject.identities.map((identity) => identity.value)).toEqual(['13901234567', 'ana'])

    const first = await client.call(listTimeline, { params: { id }, query: { limit: 3 } })
    expect(first.items.map((entry) => entry.properties.n)).toEqual([0, 1, 2])
    const rest = await client.call(listTimeline, { params: { id }, query: { limit: 3, cursor: first.nextCursor! } })
    expect(rest.items.map((entry) => entry.properties.n)).toEqual([3, 4])
    expect(rest.nextCursor).toBeNull()
    const paid = await client.call(listTimeline, { params: { id }, query: { event: 'paid' } })
    expect(paid.items.map((entry) => entry.items)).toEqual([[{ sku: 'a' }], [{ sku: 'a' }]])

    const { items } = await client.call(listEvidence, { params: { id } })
    expect(items.find((entry) => entry.refused !== null)?.refused).toMatchObject({ code: 'limit' })
  })

  it('shows whoever may not export only part of an identity', async () => {
    const id = await findAna()
    const { key } = await client.call(createKey, { body: { name: 'reader', scopes: ['read'] } })
    const reader = server.client('shop', key)
    const subject = await reader.call(getSubject, { params: { id } })
    expect(subject.identities.map((identity) => identity.value)).toEqual(['139****4567', '****'])
    expect((await client.call(getSubject, { params: { id }, query: { masked: 'true' } })).identities[0]?.value).toBe(
      '139****4567',
    )
  })

  it('is not found when nobody has that number', async () => {
    await expect(client.call(getSubject, { params: { id: 999_999 } })).rejects.toMatchObject({ status: 404 })
  })
})
