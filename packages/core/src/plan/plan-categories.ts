import type { CategoryEntry } from '../catalog/catalog.js'
import type { Plan, PlanCategory } from './plan.js'

/** The categories as they would be, each with the tags in it and below it. */
export function plannedCategories(
  live: Plan,
  wanted: Plan,
  removed: { readonly categories: ReadonlySet<string>; readonly definitions: ReadonlySet<string> },
): ReadonlyMap<string, CategoryEntry> {
  const categories = new Map<string, PlanCategory>()
  for (const category of live.categories)
    if (!removed.categories.has(category.id)) categories.set(category.id, category)
  for (const category of wanted.categories) categories.set(category.id, category)
  const tags = new Map([...categories.keys()].map((id) => [id, [] as string[]]))
  for (const [tag, place] of placesOfTags(live, wanted, removed.definitions)) {
    const above = new Set<string>()
    for (let at = place; at !== null && !above.has(at); at = categories.get(at)?.parentId ?? null) {
      above.add(at)
      tags.get(at)?.push(tag)
    }
  }
  return new Map([...categories].map(([id, { name }]) => [id, { id, labels: name, tags: tags.get(id)! }]))
}

function placesOfTags(live: Plan, wanted: Plan, removed: ReadonlySet<string>): Map<string, string | null> {
  const places = new Map<string, string | null>()
  for (const { document, category } of live.definitions) {
    if (document.kind === 'tag' && !removed.has(document.id)) places.set(document.id, category ?? null)
  }
  for (const { document, category } of wanted.definitions) {
    if (document.kind !== 'tag') continue
    places.set(document.id, category === undefined ? (places.get(document.id) ?? null) : category)
  }
  return places
}
