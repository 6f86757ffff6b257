import { describe, expect, it } from 'vitest'
import type { ParsedDefinition } from './document.js'
import { journeySentence } from './journey-sentence.js'
import { parseDefinition } from './parse.js'
import { withBody } from './recipe-body.js'
import { type ResolveResult, resolveDefinition } from './resolve.js'
import { resolveJourney } from './resolve-journey.js'
import { sentence } from './sentence.js'
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

  it('is resolved, every document', () => {
    const refused = documents.flatMap((document) => {
      const definition = parsed(document)
      const { issues } =
        definition.kind === 'journey'
          ? resolveJourney(definition, catalog)
          : issuesOf(resolveDefinition(definition, catalog))
      return issues.length === 0 ? [] : [{ id: document.id, issues }]
    })
    expect(refused).toEqual([])
  })

  it('is said in one sentence of each language, every document', () => {
    for (const document of documents) {
      const definition = parsed(document)
      for (const language of ['zh', 'en'] as const) {
        const said =
          definition.kind === 'journey'
            ? journeySentence(definition, catalog, language)
            : sentence(withBody(definition)!, catalog, language)
        expect(said, document.id).toMatch(/\S/)
        expect(said, document.id).not.toMatch(/undefined|\[object|null| {2}|\( *\)|（）/)
        if (language === 'zh') expect(said, document.id).toMatch(/[\u4e00-\u9fff]/)
      }
    }
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

const issuesOf = (result: ResolveResult) => (result.ok ? { issues: [] } : result)
const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
