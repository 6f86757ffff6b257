import type { Assign, TagDefinition } from '../document.js'
import type { Resolving } from './resolving.js'
import type { Scope } from './scope.js'

/** Checks one way to assign. `at` points to the assignment. */
export type ResolveWay<A extends Assign> = (
  assign: A,
  tag: TagDefinition,
  at: string,
  scope: Scope,
  resolving: Resolving,
) => void
