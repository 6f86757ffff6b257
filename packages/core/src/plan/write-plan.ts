import { Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import { compareKeys } from './key-order.js'
import {
  PLAN_SECTIONS,
  type Plan,
  type PlanCategory,
  type PlanFile,
  type PlannedDefinition,
  type PlanSection,
} from './plan.js'
import { shortDocument } from './short-document.js'

/** Widest line on which a small object or list still stands in one piece; Chinese characters count as two. */
const WIDEST = 110

/** The plan as one readable YAML text. */
export function writePlan(plan: Plan): string {
  return yamlOf({
    plan: 1,
    categories: nestedCategories(plan.categories, null),
    ...sectionsOf(plan.definitions),
    tests: plan.tests,
  })
}

/**
 * The plan as files of a folder: the tree of categories, metrics, segments and trees each in one, tags by their category
 * of the first level. Together they say what the one text says.
 */
export function splitPlan(plan: Plan): PlanFile[] {
  const parents = new Map(plan.categories.map((category) => [category.id, category.parentId]))
  const firstLevel = (category: string | null | undefined): string => {
    let at = category ?? null
    for (let up = at; up !== null && up !== undefined; up = parents.get(up) ?? null) at = up
    return at ?? 'uncategorised'
  }
  const { tags = [], ...others } = groupBy(plan.definitions, sectionOf)
  const files: [string, object][] = [['categories', { categories: nestedCategories(plan.categories, null) }]]
  for (const [section, definitions = []] of Object.entries(others)) files.push([section, sectionsOf(definitions)])
  // Ids may differ by capitals alone, names of files may not.
  const taken = new Map<string, number>()
  for (const [category, definitions = []] of Object.entries(groupBy(tags, ({ category }) => firstLevel(category)))) {
    const lower = category.toLowerCase()
    const count = (taken.get(lower) ?? 0) + 1
    taken.set(lower, count)
    files.push([`tags-${category}${count === 1 ? '' : `-${count}`}`, sectionsOf(definitions)])
  }
  files.push(['tests', { tests: plan.tests }])
  return files
    .filter(([, content]) => Object.values(content).some((list) => (list as readonly unknown[]).length > 0))
    .map(([name, content]) => ({ name: `${name}.yaml`, text: yamlOf({ plan: 1, ...content }) }))
}

function nestedCategories(categories: readonly PlanCategory[], parentId: string | null): object[] {
  return categories
    .filter((category) => category.parentId === parentId)
    .map(({ id, name, theme, note }) => {
      const below = nestedCategories(categories, id)
      return {
        id,
        name,
        ...(note === null ? {} : { note }),
        ...(theme === null ? {} : { theme }),
        ...(below.length === 0 ? {} : { categories: below }),
      }
    })
}

function sectionOf({ document }: PlannedDefinition): PlanSection {
  return (Object.keys(PLAN_SECTIONS) as PlanSection[]).find((section) => PLAN_SECTIONS[section] === document.kind)!
}

function sectionsOf(definitions: readonly PlannedDefinition[]): Partial<Record<PlanSection, object[]>> {
  const sections: Partial<Record<PlanSection, object[]>> = {}
  const found = groupBy(definitions, sectionOf)
  for (const section of Object.keys(PLAN_SECTIONS) as PlanSection[]) {
    if (found[section]) sections[section] = found[section].map((one) => writtenDefinition(one))
  }
  return sections
}

/** A tag in no category says so, because it would else stay wherever it is. */
function writtenDefinition({ document, category }: PlannedDefinition): object {
  const place = category ?? (document.kind === 'tag' && category === null ? null : undefined)
  return { ...shortDocument(document), ...(place === undefined ? {} : { category: place }) }
}

function yamlOf(content: Readonly<Record<string, unknown>>): string {
  const filled = Object.entries(content).filter(([, value]) => !(Array.isArray(value) && value.length === 0))
  const document = new Document(Object.fromEntries(filled), { version: '1.2', aliasDuplicateObjects: false })
  const root = document.contents as unknown as YAMLMap<Node, Node>
  for (const { key, value } of root.items) {
    if (isScalar(key) && key.value !== 'plan') key.spaceBefore = true
    // A test keeps the order in which it was written: names in it are its own.
    if (isSeq<Node>(value)) layOutList(value, nameOf({ key }) !== 'tests')
  }
  return document.toString({ lineWidth: 0, indentSeq: true, flowCollectionPadding: true })
}

/** Entries of a section stand apart, each as a block. */
function layOutList(list: YAMLSeq<Node>, isSorted: boolean): void {
  for (const [index, item] of list.items.entries()) {
    if (index > 0 && isMap(item)) item.spaceBefore = true
    if (isSorted) sortKeys(item)
    layOut(item, 4, true)
    const below = isMap<Node, Node>(item) ? item.get('categories', true) : undefined
    if (isSeq<Node>(below)) {
      below.flow = false
      layOutList(below as YAMLSeq<Node>, isSorted)
    }
  }
}

/** Words that YAML 1.1 takes for truth values or times; they are quoted, so that every reader reads the same. */
const AMBIGUOUS = /^(?:y|n|yes|no|on|off|[-+]?[\d_]+(?::[0-5]?\d)+(?:\.\d*)?)$/i

function sortKeys(node: Node | null): void {
  if (isSeq<Node>(node)) for (const item of node.items) sortKeys(item)
  if (!isMap<Node, Node | null>(node)) return
  node.items.sort((left, right) => compareKeys(nameOf(left), nameOf(right)))
  for (const { value } of node.items) sortKeys(value)
}

/** Puts on one line what fits there. Answers the width as one line; infinite when it cannot be. */
function layOut(node: Node | null, indent: number, isEntry = false): number {
  if (node === null) return 4
  if (isMap<Node, Node | null>(node)) {
    let width = 2
    let widest = 0
    for (const pair of node.items) {
      const own = layOut(pair.value, indent + 2)
      const key = widthOf(nameOf(pair)) + 4
      width += key + own
      widest = Math.max(widest, key + own)
    }
    const fits = !isEntry && indent + width <= WIDEST
    node.flow = fits || node.items.length === 0
    return fits ? width : Number.POSITIVE_INFINITY
  }
  if (isSeq<Node>(node)) {
    let width = 2
    for (const item of node.items) width += layOut(item, indent + 2) + 2
    const fits = indent + width <= WIDEST
    node.flow = fits || node.items.length === 0
    return fits ? width : Number.POSITIVE_INFINITY
  }
  if (!isScalar(node)) return Number.POSITIVE_INFINITY
  if (typeof node.value !== 'string') return String(node.value).length
  if (AMBIGUOUS.test(node.value)) node.type = 'QUOTE_SINGLE'
  return node.value.includes('\n') ? Number.POSITIVE_INFINITY : widthOf(JSON.stringify(node.value))
}

function nameOf({ key }: Pick<Pair<Node, Node | null>, 'key'>): string {
  return isScalar(key) ? String(key.value) : ''
}

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += character > '\u2e7f' ? 2 : 1
  return width
}

function groupBy<Item, Key extends string>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Partial<Record<Key, Item[]>> {
  const groups: Partial<Record<Key, Item[]>> = {}
  for (const item of items) {
    const key = keyOf(item)
    groups[key] = [...(groups[key] ?? []), item]
  }
  return groups
}
