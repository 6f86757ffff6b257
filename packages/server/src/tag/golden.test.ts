import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { readGolden } from './testing/golden-files.js'
import { COMPUTED, compiledText, computedText, writeGoldenWorld } from './testing/golden-text.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const golden = readGolden(root)

describe('the golden corpus', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await writeGoldenWorld(golden, workspace.events)
  })
  afterAll(() => workspace.close())

  it('has at least forty definitions', () => {
    expect(golden.definitions.size).toBeGreaterThanOrEqual(40)
  })

  it.each([...golden.definitions.values()].map((definition) => [definition.id, definition] as const))(
    '%s compiles and computes to what its file says (npm run golden writes it anew)',
    async (id, definition) => {
      const text = `${compiledText(golden, definition)}\n\n${COMPUTED}\n${await computedText(golden, definition, workspace.events)}\n`
      expect(text).toBe(readFileSync(`${root}golden/expected/${id}.txt`, 'utf8'))
    },
  )
})
