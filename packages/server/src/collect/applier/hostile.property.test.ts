import type { Incoming, RawValue } from '@tagtree/core/collect/incoming'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CollectingWorkspace, startCollecting } from '../testing/collecting-workspace.js'
import { attributes, event, fileKey, streamKey, who } from '../testing/facts.js'

let shop: CollectingWorkspace
beforeAll(async () => {
  shop = await startCollecting()
})
afterAll(() => shop.stop())

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    '\\',
    '"',
    "'",
    '`',
    '{}',
    '\n',
    '__proto__',
    'a.b',
    '..',
    '',
    ' ',
    '😀',
    'NaN',
    '1e400',
  ),
)
const anyValue: fc.Arbitrary<RawValue> = fc.oneof(
  anyText,
  fc.double(),
  fc.constantFrom(1e300, -1e300, 1e14, 99_999_999_999_999, 0.00005, -0, Number.MAX_SAFE_INTEGER),
  fc.boolean(),
  fc.constant(null),
  fc.array(anyText, { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<RawValue>,
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.integer({ min: 0, max: 3_000 }).map((year) => `${String(year).padStart(4, '0')}-02-28`),
)
const anyName = fc.oneof(fc.constantFrom('a', 'b', 'a.b', 'Name', '名称', 'x__known', 'items'), anyText)
const anyProperties = fc.dictionary(anyName, anyValue, { maxKeys: 6 })
const anyLines = fc.array(fc.dictionary(fc.constantFrom('sku', 'n', 'when', 'ok'), anyValue), { maxLength: 3 })
const anyIdentity = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((n) => `user_id:u${n}`),
  fc.integer({ min: 1, max: 9 }).map((n) => `device_id:d${n}`),
  fc
    .tuple(fc.constantFrom('phone', 'email', 'openid.wx1', 'crm.a', 'user_id', 'nonsense'), anyText)
    .map((pair) => pair.join(':')),
  anyText.map((text) => `openid.${text}:1`),
)
const anyWho = fc.array(anyIdentity, { minLength: 1, maxLength: 4 }).map((list) => who(...list))
const anyTime = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 6, 1), max: Date.UTC(2026, 2, 1) }),
  fc.constantFrom(0, -1, Number.NaN, 1e18, Date.UTC(1969, 0, 1), Date.UTC(2150, 0, 1), 0.5),
)
let count = 0
const anyKey = fc.oneof(
  fc.constant(null).map(() => streamKey(`hostile ${++count}`)),
  fc.integer({ min: 1, max: 30 }).map((n) => streamKey(`again ${n}`)),
  fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 3 }))
    .map(([n, content]) => fileKey(`order ${n}`, `${content}`)),
)
const anyFact: fc.Arbitrary<Incoming> = fc.oneof(
  fc
    .tuple(fc.oneof(fc.constantFrom('paid', 'seen'), anyText), anyWho, anyProperties, anyLines, anyKey, anyTime)
    .map(([name, about, properties, items, key, ts]) =>
      event(name, about, items.length > 0 ? { ...properties, items } : properties, { key, ts }),
    ),
  fc
    .tuple(anyWho, anyProperties, fc.constantFrom('set', 'set_once', 'increment', 'append', 'unset'), anyKey, anyTime)
    .map(([about, changes, operation, key, ts]) => attributes(about, changes, { key, ts, operation } as never)),
  fc.jsonValue() as unknown as fc.Arbitrary<Incoming>,
)

/** Resolves when the applier could not go on. */
async function firstTrouble(): Promise<void> {
  const end = performance.now() + 60_000
  while (shop.troubles.length === 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('whatever comes out of the log', () => {
  it('never stops the applier: every fact is stored, repeated or rejected', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyFact, { minLength: 20, maxLength: 60 }), async (facts) => {
        const importId = ++count + 1_000
        // Through JSON as the log has it, so that NaN becomes null and undefined goes.
        const taken = shop.take(JSON.parse(JSON.stringify(facts)) as Incoming[], importId)
        await Promise.race([taken, firstTrouble()])
        expect(shop.troubles).toEqual([])
        const { received, created, updated, duplicate, rejected } = await shop.result(importId)
        expect(received).toBe(facts.length)
        expect(Number(created) + Number(updated) + Number(duplicate) + Number(rejected)).toBe(facts.length)
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })
})
