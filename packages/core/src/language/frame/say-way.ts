import type { Assign, TagDefinition } from '../document.js'
import type { Scope } from './scope.js'
import type { Speaker } from './speaker.js'

/** Says one way to assign. */
export type SayWay<A extends Assign> = (assign: A, tag: TagDefinition, scope: Scope, speaker: Speaker) => string

/** A value's name, or its code, between quotes. */
export function sayCode(code: string, tag: TagDefinition, speaker: Speaker): string {
  const name = tag.values?.find((value) => value.code === code)?.name
  return speaker.literal(name === undefined ? code : speaker.label(name))
}
