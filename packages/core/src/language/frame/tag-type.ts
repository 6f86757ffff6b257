import type { Assign, Code, TagDefinition } from '../document.js'
import type { Scope, ValueType } from './scope.js'
import type { TypeFinder } from './type-finder.js'

/** What a way to assign can give: a closed or open set of codes, or the value itself. */
export type Produces =
  | { readonly codes: readonly Code[] | null /** Codes rise in this order. */; readonly ranked?: boolean }
  | { readonly type: ValueType | null }

/** What one way gives. */
export type ProduceCodes<A extends Assign> = (assign: A, tag: TagDefinition, scope: Scope, find: TypeFinder) => Produces
