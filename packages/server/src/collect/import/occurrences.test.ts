import { hash64 } from '@tagtree/core/kernel/hash64'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { countOccurrences } from './occurrences.js'

let workspace: TestWorkspace
beforeAll(async () => {
  workspace = await createTestWorkspace()
})
afterAll(() => workspace.close())

describe('occurrences of rows', () => {
  it('are counted the same in memory and when counts were moved out of it', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => hash64(`row ${(i * 7919) % 23_000}`))
    const expected = new Map<string, number>()
    const inMemory = countOccurrences(workspace.events, 1)
    const moved = countOccurrences(workspace.events, 2, 5_000)
    for (let at = 0; at < rows.length; at += 2_000) {
      const some = rows.slice(at, at + 2_000)
      if (moved.spilled) await moved.prepare(some.flatMap(({ high, low }) => [high, low]))
      for (const { high, low } of some) {
        const key = `${high} ${low}`
        expected.set(key, (expected.get(key) ?? 0) + 1)
        expect(inMemory.next(high, low)).toBe(expected.get(key))
        expect(moved.next(high, low)).toBe(expected.get(key))
      }
      await inMemory.relieve()
      await moved.relieve()
    }
    expect(inMemory.spilled).toBe(false)
    expect(moved.spilled).toBe(true)
  })
})
