import type { World } from './random-world.js'

type Json = unknown

/**
 * Smaller documents than a given one, biggest steps first: a node is replaced by one of its parts, an optional field or
 * an element of a list is left out. Many are no definitions any more; the caller sees.
 */
export function* smallerDocuments(document: Json): Generator<Json> {
  if (Array.isArray(document)) {
    for (let index = 0; index < document.length; index++) {
      if (document.length > 1) yield document.toSpliced(index, 1)
      for (const part of smallerDocuments(document[index])) yield document.with(index, part)
    }
    return
  }
  if (typeof document !== 'object' || document === null) return
  const entries = Object.entries(document)
  for (const [, value] of entries) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (typeof part === 'object' && part !== null && !Array.isArray(part)) yield part
    }
  }
  for (const [key] of entries) yield Object.fromEntries(entries.filter(([other]) => other !== key))
  for (const [key, value] of entries) {
    for (const part of smallerDocuments(value)) yield { ...document, [key]: part }
  }
}

/** The smallest document found for which `fails` still holds; greedy, at most `tries` tries. */
export async function shrinkDocument(
  document: Json,
  fails: (smaller: Json) => Promise<boolean>,
  tries = 250,
): Promise<Json> {
  let smallest = document
  let left = tries
  for (let found = true; found && left > 0; ) {
    found = false
    for (const smaller of smallerDocuments(smallest)) {
      left -= 1
      if (left <= 0) break
      if (await fails(smaller)) {
        smallest = smaller
        found = true
        break
      }
    }
  }
  return smallest
}

/** The smallest world found for which `fails` still holds: rows are left out by halves, quarters … of each table. */
export async function shrinkWorld(
  world: World,
  fails: (smaller: World) => Promise<boolean>,
  tries = 60,
): Promise<World> {
  let smallest = world
  let left = tries
  for (const table of ['events', 'changes', 'listings', 'superseded', 'identities', 'sightings'] as const) {
    for (let size = smallest[table].length; size >= 1 && left > 0; size = Math.floor(size / 2)) {
      for (let from = 0; from < smallest[table].length && left > 0; ) {
        const rows = smallest[table] as readonly unknown[]
        const smaller: World = { ...smallest, [table]: [...rows.slice(0, from), ...rows.slice(from + size)] }
        left -= 1
        if (await fails(smaller)) smallest = smaller
        else from += size
      }
    }
  }
  return smallest
}
