import type { Definition } from '../language/document.js'
import { parseDefinition } from '../language/parse.js'
import { expandRecipe, withBody } from '../language/recipe-body.js'
import { stableText } from './same-document.js'

/**
 * A stored definition as a person would write it: without its kind (the section says it), without `version`, and without
 * what its recipe makes. Reading it again gives the stored definition.
 */
export function shortDocument(definition: Definition): Record<string, unknown> {
  const { version: _version, kind, ...written } = definition
  const made = definition.recipe === undefined ? null : expandRecipe(definition.recipe)
  if (made === null) return written
  const short = Object.fromEntries(
    Object.entries(written).filter(
      ([key, value]) => stableText(value) !== stableText((made as Readonly<Record<string, unknown>>)[key]),
    ),
  )
  const read = parseDefinition({ ...short, kind })
  const again = read.ok ? withBody(read.definition) : null
  return stableText(again) === stableText(definition) ? short : written
}
