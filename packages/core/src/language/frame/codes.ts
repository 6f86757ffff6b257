import type { Code } from '../document.js'

/** The codes in order of appearance, each once. */
export function distinctCodes(codes: Iterable<Code | undefined>): Code[] {
  return [...new Set([...codes].filter((code) => code !== undefined))]
}
