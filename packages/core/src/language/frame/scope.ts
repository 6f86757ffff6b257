import type { Catalog } from '../../catalog/catalog.js'
import type { Code } from '../document.js'

/** What a number counts; null = nothing in particular. */
export type NumberUnit =
  | 'money'
  | 'count'
  | 'minutes'
  | 'hours'
  | 'days'
  | 'weeks'
  | 'months'
  | 'years'
  | 'ratio'
  | 'score'

/** Decimals a number carries: 0 counts, 4 numbers and money, 8 quotients; `float` for deviations and logarithms. */
export type NumberScale = 0 | 4 | 8 | 'float'

/** The type of a value. */
export type ValueType =
  | { readonly kind: 'number'; readonly scale: NumberScale; readonly unit: NumberUnit | null }
  /** `codes`: every text it can be, when that is known. */
  | { readonly kind: 'text'; readonly codes: readonly Code[] | null }
  /** `codes` rise from lowest to highest; null while the tag lists no order. */
  | { readonly kind: 'ordered'; readonly codes: readonly Code[] | null }
  | { readonly kind: 'date' }
  | { readonly kind: 'bool' }
  /** A list of texts. */
  | { readonly kind: 'list'; readonly codes: readonly Code[] | null }

/** The rows a `where:`, a `get` or a property speaks of. */
export type StreamScope =
  /** `each` names the lines that are the rows (`items`), null when events are. */
  | { readonly kind: 'events'; readonly names: readonly string[] | 'any'; readonly each: string | null }
  | {
      readonly kind: 'changes'
      readonly of: 'attr' | 'tag' | 'segment' | 'list' | 'relation'
      readonly id: string
    }

/** Where a value stands: which names it can use and what they mean. */
export interface Scope {
  readonly catalog: Catalog
  /** Kind of subject the value is about. */
  readonly subject: string
  /** The rows that are tested, or null where the whole subject is spoken of. */
  readonly stream: StreamScope | null
  /** The rows of the event that started a journey; absent where none did. */
  readonly trigger?: StreamScope
  /** Ids of the definitions whose bodies are being looked into, against endless descent. */
  readonly inside?: readonly string[]
  /** How many windows that hang on a moment, and how many relations, lie around the value. */
  readonly anchors?: number
  readonly relations?: number
}

/** Anchors inside anchors and relations inside relations go this deep. */
export const MOST_NESTED = 2

/** A number without unit. */
export const numberType = (scale: NumberScale, unit: NumberUnit | null = null): ValueType => ({
  kind: 'number',
  scale,
  unit,
})
export const DATE: ValueType = { kind: 'date' }
export const BOOL: ValueType = { kind: 'bool' }
export const TEXT: ValueType = { kind: 'text', codes: null }
export const LIST: ValueType = { kind: 'list', codes: null }
