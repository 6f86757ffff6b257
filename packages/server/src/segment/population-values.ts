import type { Definition } from '@tagtree/core/language/document'
import { populationCodes } from '../tag/run/write-population.js'

const everybody = [populationCodes.customers, populationCodes.visitors]

/** Codes of the population bitmaps that a definition is about; without one everybody. `who` is said of persons only. */
export function populationValues(definition?: Pick<Definition, 'subject' | 'who'>): readonly number[] {
  if (definition === undefined || (definition.subject ?? 'person') !== 'person') return everybody
  const who = definition.who ?? 'customers'
  return who === 'everyone' ? everybody : [populationCodes[who]]
}
