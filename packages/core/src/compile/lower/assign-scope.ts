import type { Assign, Span, TagDefinition } from '../../language/document.js'
import type { Lowered } from './lowered.js'
import type { PlanScope } from './scope.js'

/** Plans one way to give a tag its values. */
export type PlanAssign<A extends Assign> = (assign: A, tag: TagDefinition, scope: AssignScope, path: string) => Lowered

export interface AssignScope extends PlanScope {
  /** An attribute that holds what was given for a tag; `expires`: changes older than that no longer count. */
  attributeGiven(key: string, expires: Span | undefined): Lowered
  /** The value a query or a model gave in its last published run up to the moment; never computed anew. */
  lastGiven(tag: TagDefinition): Lowered
}

/** The codes of a tag: those it lists, in their order, then whatever else its rules give. */
export function codesInOrder(tag: TagDefinition, given: readonly string[]): string[] {
  return [...new Set([...(tag.values ?? []).map((value) => String(value.code)), ...given])]
}
