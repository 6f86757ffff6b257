import type { Plan } from './plan.js'

/** What stands in one place of the catalogue, in the order it will have. */
export interface Arrangement {
  /** A category; null = the first level, or in no category. */
  readonly place: string | null
  readonly ids: readonly string[]
  /** What was there before changes its order. */
  readonly isReordered: boolean
  /** Something comes into the place. */
  readonly isJoined: boolean
}

interface Placed {
  readonly id: string
  readonly place: string | null
  /** Only things of one kind have an order that the plan says. */
  readonly kind: string
}

/** The order of categories below each category. */
export function arrangeCategories(live: Plan, wanted: Plan, removed: ReadonlySet<string>): Arrangement[] {
  const placed = ({ categories }: Plan): Placed[] =>
    categories.map(({ id, parentId }) => ({ id, place: parentId, kind: 'category' }))
  return arrange(placed(live), placed(wanted), removed)
}

/** The order of definitions in each category. */
export function arrangeDefinitions(live: Plan, wanted: Plan, removed: ReadonlySet<string>): Arrangement[] {
  const now = live.definitions.map(({ document: { id, kind }, category }) => ({ id, kind, place: category ?? null }))
  const places = new Map(now.map(({ id, place }) => [id, place]))
  const listed = wanted.definitions.map(({ document: { id, kind }, category }) => ({
    id,
    kind,
    place: category === undefined ? (places.get(id) ?? null) : category,
  }))
  return arrange(now, listed, removed)
}

/** The listed stand as the plan lists them; what it does not list keeps its place among them. */
function arrange(now: readonly Placed[], listed: readonly Placed[], removed: ReadonlySet<string>): Arrangement[] {
  const goesTo = new Map(listed.map(({ id, place }) => [id, place]))
  const stays = (item: Placed): boolean =>
    !removed.has(item.id) && (!goesTo.has(item.id) || goesTo.get(item.id) === item.place)
  const before = byPlace(now.filter(stays))
  return [...byPlace(listed)].map(([place, coming]) => {
    const here = before.get(place) ?? []
    const queues = new Map<string, Placed[]>()
    for (const item of coming) queues.set(item.kind, [...(queues.get(item.kind) ?? []), item])
    const taken = here.map((item) => (goesTo.has(item.id) ? queues.get(item.kind)!.shift()! : item))
    const ids = [...taken, ...[...queues.values()].flat()].map(({ id }) => id)
    const known = new Set(here.map(({ id }) => id))
    const again = ids.filter((id) => known.has(id))
    return {
      place,
      ids,
      isReordered: again.some((id, index) => id !== here[index]!.id),
      isJoined: ids.length > here.length,
    }
  })
}

function byPlace(items: readonly Placed[]): Map<string | null, Placed[]> {
  const places = new Map<string | null, Placed[]>()
  for (const item of items) {
    const here = places.get(item.place)
    if (here) here.push(item)
    else places.set(item.place, [item])
  }
  return places
}
