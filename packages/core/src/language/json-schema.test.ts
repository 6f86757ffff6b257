import { describe, expect, it } from 'vitest'
import { CONDITION_HEADS, EVENT_VALUE_HEADS, OPERATORS, VALUE_HEADS, WINDOW_NAMES } from './frame/names.js'
import { grammarJsonSchema } from './json-schema.js'
import { RECIPES } from './recipes/recipes.js'
import { holdsJsonSchema } from './testing/holds-json-schema.js'
import { hasSharedLanguage, sharedBadDocuments, sharedDocuments } from './testing/shared-language.js'

const schema = grammarJsonSchema()
const defs = schema.$defs as Record<string, unknown>

describe('the grammar as JSON Schema', () => {
  it('holds every head, operator, window and recipe', () => {
    for (const head of [...CONDITION_HEADS, ...VALUE_HEADS]) expect(defs).toHaveProperty([`condition.${head}`])
    for (const head of VALUE_HEADS) expect(defs).toHaveProperty([`value.${head}`])
    for (const head of EVENT_VALUE_HEADS) expect(defs).toHaveProperty([`test.${head}`])
    for (const operator of OPERATORS) expect(defs).toHaveProperty([`conditionOperator.${operator}`])
    for (const name of WINDOW_NAMES) if (name !== 'ever') expect(defs).toHaveProperty([`window.${name}`])
    for (const recipe of Object.keys(RECIPES)) expect(JSON.stringify(defs.tag)).toContain(`"const":"${recipe}"`)
  })
  it('points only to what it holds, and leaves no place open', () => {
    const text = JSON.stringify(schema)
    const pointers = new Set([...text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map((match) => match[1]!))
    expect([...pointers].filter((name) => defs[name] === undefined)).toEqual([])
    const open: string[] = []
    const visit = (part: unknown, at: string): void => {
      if (typeof part !== 'object' || part === null) return
      if (!Array.isArray(part) && Object.keys(part).length === 0) open.push(at)
      for (const [key, value] of Object.entries(part)) visit(value, `${at}/${key}`)
    }
    visit(defs, '')
    expect(open).toEqual([])
  })
  it.runIf(hasSharedLanguage)('accepts the shared corpus', () => {
    const refused = sharedDocuments().filter((document) => !holdsJsonSchema(document, schema))
    expect(refused.map(({ id }) => id)).toEqual([])
  })
  it.runIf(hasSharedLanguage)('refuses what has not the form of the language', () => {
    const refused = sharedBadDocuments().filter(({ doc }) => !holdsJsonSchema(doc, schema))
    expect(refused.length).toBeGreaterThanOrEqual(13)
  })
})
