import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as catalogue from '@tagtree/core/contract/catalogue'
import { startImport, uploadFile } from '@tagtree/core/contract/import'
import * as plan from '@tagtree/core/contract/plan'
import * as tag from '@tagtree/core/contract/tag'
import { DEMO_MAPPINGS } from '@tagtree/core/demo/mappings/mappings'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDemo } from '../collect/demo/write-demo.js'
import { openShop, type Shop } from '../http/testing/shop.js'
import { startTestServer, type TestServer } from '../testing/test-server.js'
import { demoPlan } from './demo-plan.js'

const folder = mkdtempSync(join(tmpdir(), 'tagtree-demo-plan-'))
let server: TestServer
let first: Shop
let second: Shop

/** The same small demo data in two workspaces. */
beforeAll(async () => {
  server = await startTestServer()
  const { files } = await writeDemo(folder, { seed: 7, now: Date.now(), customers: 120 })
  first = await openShop(server, 'first')
  second = await openShop(server, 'second')
  for (const shop of [first, second]) for (const { name, path } of files) await load(shop, name, path)
}, 300_000)
afterAll(async () => {
  await server?.remove()
  rmSync(folder, { recursive: true })
})

async function load({ client, ended }: Shop, name: keyof typeof DEMO_MAPPINGS, path: string): Promise<void> {
  const stored = await client.call(uploadFile, {
    query: { name },
    bodyStream: {
      contentType: 'application/octet-stream',
      body: createReadStream(path),
      contentLength: statSync(path).size,
    },
  })
  const started = await client.call(startImport, {
    body: { fileId: stored.id, mapping: DEMO_MAPPINGS[name] as never },
  })
  if (started.jobId !== null) expect((await ended(started.jobId)).state).toBe('done')
}

const asOf = new Date(Date.now() - 60_000).toISOString()
async function treeOf(shop: Shop) {
  await shop.settle()
  await shop.run({ asOf })
  const { name: _, asOf: _when, ...tree } = await shop.client.call(catalogue.showCatalogue)
  return tree
}
const apply = (shop: Shop, text: string) =>
  shop.client.call(plan.applyPlan, { body: { files: [{ name: 'plan.yaml', text }] } })
const exported = async (shop: Shop) => (await shop.client.call(plan.exportPlan)).files[0]!.text

describe('the plan of the demo', () => {
  it('exported and applied to an empty workspace with the same data gives the same tree and counts', async () => {
    await apply(first, demoPlan().text)
    const text = await exported(first)
    expect((await apply(second, text)).changeNo).not.toBeNull()
    expect(await exported(second)).toBe(text)
    const tree = await treeOf(first)
    expect(tree.categories.length).toBeGreaterThan(5)
    expect(await treeOf(second)).toEqual(tree)
    const people = tree.categories.flatMap(({ categories, tags }) => [...tags, ...categories.flatMap((c) => c.tags)])
    expect(people.filter((tag) => (tag.people ?? 0) > 0).length).toBeGreaterThan(15)
    const members = async ({ client }: Shop) => {
      const { items } = await client.call(catalogue.listDefinitions, { query: { kind: 'segment' } })
      return Promise.all(
        items.map(({ id }) => client.call(tag.showTag, { params: { id } }).then(({ values }) => [id, values])),
      )
    }
    const found = await members(first)
    expect(found.length).toBeGreaterThan(3)
    expect(await members(second)).toEqual(found)
  }, 300_000)

  it('changed, shows whom it moves before it is applied, and moves just them', async () => {
    const text = (await exported(second)).replace('at: [ 2, 6 ]', 'at: [ 3, 6 ]')
    const body = { files: [{ name: 'plan.yaml', text }] }
    const diff = await second.client.call(plan.diffPlan, { body })
    expect(diff.changes).toMatchObject([{ id: 'frequency', action: 'changed', fields: ['assign'] }])
    const tier = diff.impacts.find(({ id }) => id === 'frequency')!
    expect(tier.changed).toBeGreaterThan(0)
    expect(tier.moves).toEqual([{ from: '中频客户', to: '低频客户', people: tier.changed }])
    const told = tier.values.map(({ code, after }) => ({ code, people: after }))
    await apply(second, text)
    await second.settle()
    await second.run()
    const outline = await second.client.call(catalogue.showCatalogue)
    const tags = outline.categories.flatMap(({ categories, tags }) => [...tags, ...categories.flatMap((c) => c.tags)])
    const values = tags.find(({ id }) => id === 'frequency')!.values.filter(({ people }) => people > 0)
    expect(values.map(({ code, people }) => ({ code, people }))).toEqual(told)
  }, 300_000)
})
