import { describe, expect, it } from 'vitest'
import type { ParsedDefinition } from './document.js'
import { parseDefinition } from './parse.js'
import { resolveDefinition } from './resolve.js'
import { buildCatalog } from './testing/catalog-builder.js'
import { hasSharedLanguage, sharedBadDocuments, sharedCatalog, sharedDocuments } from './testing/shared-language.js'

/** Reads ../shared/language beside the repository; passes over when that folder is absent. */
describe.runIf(hasSharedLanguage)('the shared corpus of definitions', () => {
  const documents = hasSharedLanguage ? sharedDocuments() : []
  const catalog = hasSharedLanguage ? sharedCatalog() : buildCatalog()
  const parsed = (document: object): ParsedDefinition => {
    const result = parseDefinition(document)
    if (!result.ok) throw new Error(JSON.stringify(result.issues))
    return result.definition
  }

  it('has the form of the language, every document', () => {
    const refused = documents.flatMap((document) => {
      const result = parseDefinition(document)
      return result.ok ? [] : [{ id: document.id, issues: result.issues }]
    })
    expect(refused).toEqual([])
    expect(documents.length).toBeGreaterThanOrEqual(171)
  })

  it('is resolved, or refused only for what this version cannot compute', () => {
    const accepted: string[] = []
    for (const document of documents) {
      const result = resolveDefinition(parsed(document), catalog)
      if (result.ok) accepted.push(document.id)
      else {
        const others = result.issues.filter((issue) => !issue.message.startsWith('NOT_SUPPORTED_YET'))
        expect(others, document.id).toEqual([])
      }
    }
    expect(accepted).toEqual(
      expect.arrayContaining(['spend_ever', 'rfm8', 'rfm11', 'rfm10', 'lifecycle', 's02', 's27']),
    )
    expect(accepted.length).toBeGreaterThanOrEqual(74)
  })

  it.each(hasSharedLanguage ? sharedBadDocuments() : [])('refuses $expect', ({ expect: [path, message], doc }) => {
    const result = parseDefinition(doc)
    const outcome = result.ok ? resolveDefinition(result.definition, catalog) : result
    const issues = outcome.ok ? [] : outcome.issues
    expect(issues.map((issue) => `${issue.pointer}: ${issue.message}`)).toContainEqual(
      expect.stringMatching(new RegExp(`^${quoted(path)}: .*${quoted(message)}`)),
    )
    expect(issues.every((issue) => /[\u4e00-\u9fff]/.test(issue.messageZh ?? ''))).toBe(true)
  })
})

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
