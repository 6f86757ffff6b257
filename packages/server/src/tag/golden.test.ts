import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseDefinition } from '@tagtree/core/language/parse'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestWorkspace, type TestWorkspace } from '../testing/workspace-for-tests.js'
import { missingFrom } from './testing/golden-coverage.js'
import { readGolden, readRefused } from './testing/golden-files.js'
import { isOnlySaid, wholeText, writeGoldenWorld } from './testing/golden-text.js'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const golden = readGolden(root)

describe('the golden corpus', () => {
  let workspace: TestWorkspace
  beforeAll(async () => {
    workspace = await createTestWorkspace()
    await writeGoldenWorld(golden, workspace.events)
  })
  afterAll(() => workspace.close())

  it('has at least 180 definitions that are computed', () => {
    const computed = [...golden.documents.keys()].filter((id) => !isOnlySaid(golden, id))
    expect(computed.length).toBeGreaterThanOrEqual(180)
  })

  it('has every word of the language', () => {
    expect(missingFrom([...golden.documents.values()])).toEqual([])
  })

  it.each([...golden.documents.keys()])(
    '%s is said, compiles and computes to what its file says (npm run golden writes it anew)',
    async (id) => {
      // The rows of the engine must also be the evaluator's, or there is no text.
      const text = await wholeText(golden, id, workspace.events)
      expect(text).toBe(readFileSync(`${root}golden/expected/${id}.txt`, 'utf8'))
    },
  )

  it.each(readRefused(root))('refuses at $pointer: $message', ({ pointer, message, document }) => {
    const parsed = parseDefinition(document)
    const outcome = parsed.ok ? resolveDefinition(parsed.definition, golden.catalog) : parsed
    const told = outcome.ok ? [] : outcome.issues.filter((issue) => issue.pointer === pointer)
    expect(told.map((issue) => issue.message).join('\n')).toContain(message)
    expect(told.every((issue) => /[\u4e00-\u9fff]/.test(issue.messageZh ?? ''))).toBe(true)
  })
})
