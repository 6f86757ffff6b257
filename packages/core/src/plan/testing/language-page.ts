import type { Catalog } from '../../catalog/catalog.js'
import type { DeclaredRelation } from '../../collect/mapping/mapping.js'
import { EMPLOYMENT } from '../../collect/mapping/suggest/employment.js'
import { DEMO_ATTRIBUTES, DEMO_EVENTS, DEMO_GOODS, type NamedProperty } from '../../demo/labels.js'
import { evaluateWorld } from '../../evaluate/evaluate-world.js'
import type { RelationFact, SubjectFacts } from '../../evaluate/facts.js'
import { formatDecimal } from '../../kernel/decimal.js'
import { parseInstant, zoneOf } from '../../kernel/zone.js'
import type { ParsedDefinition } from '../../language/document.js'
import type { EventScopeValue } from '../../language/event-scope/event-scope.js'
import { journeySentence } from '../../language/journey-sentence.js'
import { parseDefinition } from '../../language/parse.js'
import { withBody } from '../../language/recipe-body.js'
import { resolveDefinition } from '../../language/resolve.js'
import { resolveJourney } from '../../language/resolve-journey.js'
import { sentence } from '../../language/sentence.js'
import { buildCatalog, withDefinitions } from '../../language/testing/catalog-builder.js'
import type { PlanTest, TestGiven } from '../plan.js'
import { factsOfTest } from '../test-facts.js'
import { readYaml } from '../yaml-text.js'

export type PageLanguage = 'zh' | 'en'

/** One ```yaml block of a page and the quoted lines below it. */
export interface PageBlock {
  readonly value: Record<string, unknown>
  readonly text: string
  readonly quoted: readonly string[]
  /** Where the quoted lines begin and end in the page. */
  readonly from: number
  readonly to: number
}

interface Named {
  readonly name: Readonly<Record<PageLanguage, string>>
}
interface PageWorld {
  readonly asOf: string
  readonly people: readonly (Named & TestGiven)[]
  readonly companies: readonly (Named & TestGiven & { readonly employs: readonly string[] })[]
  readonly goods: Readonly<Record<string, Readonly<Record<string, EventScopeValue>>>>
}

const BLOCK = /```yaml\n([\s\S]*?)```\n\n?((?:>.*\n)*)/g

/** The blocks of a page in their order. */
export function blocksOf(page: string): PageBlock[] {
  return [...page.matchAll(BLOCK)].map((match) => {
    const [whole, text = '', quoted = ''] = match
    const read = readYaml(text)
    if (!read.ok) throw new Error(`${text}\n${JSON.stringify(read.faults)}`)
    const to = match.index + whole.length
    return {
      value: read.yaml.value as Record<string, unknown>,
      text,
      quoted: quoted.split('\n').filter((line) => line !== ''),
      from: to - quoted.length,
      to,
    }
  })
}

/** What a page must quote below each of its documents, by the place of its block; other blocks are passed over. */
export function answersOf(blocks: readonly PageBlock[], language: PageLanguage): ReadonlyMap<number, string[]> {
  const world = worldOf(blocks)
  const asOf = parseInstant(zoneOf('Asia/Shanghai'), world.asOf)!
  let catalog = catalogOf(world)
  const people = factsOf(world.people, 'person', asOf, world.asOf, catalog, 1)
  const companies = factsOf(world.companies, 'organisation', asOf, world.asOf, catalog, 101)
  const linked = employed(world, people, companies, asOf)
  const goods = (_: string, item: string) => world.goods[item] ?? null
  const answers = new Map<number, string[]>()
  for (const [index, { value: document }] of blocks.entries()) {
    if (!('kind' in document)) continue
    const parsed = parsedOf(document)
    if (parsed.kind === 'journey') {
      const { issues } = resolveJourney(parsed, catalog)
      if (issues.length > 0) throw new Error(`${parsed.id}: ${JSON.stringify(issues)}`)
      answers.set(index, [`> ${journeySentence(parsed, catalog, language)}`])
      continue
    }
    catalog = withDefinitions(catalog, [document])
    const resolved = resolveDefinition(parsed, catalog)
    if (!resolved.ok) throw new Error(`${parsed.id}: ${JSON.stringify(resolved.issues)}`)
    const body = withBody(parsed)!
    const ofCompanies = body.subject === 'organisation'
    const subjects = ofCompanies ? linked.companies : linked.people
    const values = evaluateWorld([body], subjects, { catalog, asOf, items: goods }).get(body.id)!
    const names = ofCompanies ? world.companies : world.people
    const shown = subjects.map(({ profile }, at) => {
      const value = values.get(profile) ?? null
      return `${names[at]!.name[language]} ${said(value, body.kind === 'segment', language)}`
    })
    answers.set(index, [
      `> ${sentence(body, catalog, language)}`,
      ...(isGiven(document) ? [] : ['>', `> *${shown.join(language === 'zh' ? '；' : ' · ')}*`]),
    ])
  }
  return answers
}

/** The page with the lines its documents give now. */
export function filledPage(page: string, language: PageLanguage): string {
  const blocks = blocksOf(page)
  return [...answersOf(blocks, language)].reduceRight((text, [index, lines]) => {
    const { from, to } = blocks[index]!
    return `${text.slice(0, from)}${lines.join('\n')}\n${text.slice(to)}`
  }, page)
}

/** The names of the page with its own definitions. */
export function catalogOfPage(blocks: readonly PageBlock[]): Catalog {
  const documents = blocks.map(({ value }) => value).filter((value) => 'kind' in value && value.kind !== 'journey')
  return withDefinitions(catalogOf(worldOf(blocks)), documents)
}

function worldOf(blocks: readonly PageBlock[]): PageWorld {
  return blocks.find(({ value }) => 'people' in value)!.value as unknown as PageWorld
}

/** What staff, a file or a statement gives cannot be told from events. */
function isGiven(document: Record<string, unknown>): boolean {
  return typeof document.assign === 'object' && document.assign !== null && 'given' in document.assign
}

function parsedOf(document: object): ParsedDefinition {
  const parsed = parseDefinition(document)
  if (!parsed.ok) throw new Error(`${JSON.stringify(document)}: ${JSON.stringify(parsed.issues)}`)
  return parsed.definition
}

function catalogOf({ goods }: PageWorld): Catalog {
  const labelled = (properties: Readonly<Record<string, NamedProperty>>) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, property]) => {
        const { type, catalogue } = property
        return [name, { type, labels: property, ...(catalogue === undefined ? {} : { catalogue }) }]
      }),
    )
  const fields = Object.entries(DEMO_GOODS).map(([name, { type }]) => [name, type] as const)
  const catalog = buildCatalog({
    subjects: ['organisation'],
    events: Object.fromEntries(
      Object.entries(DEMO_EVENTS).map(([event, { zh, en, properties }]) => [
        event,
        { labels: { zh, en }, properties: labelled(properties) },
      ]),
    ),
    attributes: labelled(DEMO_ATTRIBUTES.person),
    attributesOf: { organisation: labelled(DEMO_ATTRIBUTES.organisation) },
    relations: {
      employs: ['organisation', 'person', 'many'],
      employer: ['person', 'organisation', 'many', 'employs'],
    },
    items: Object.keys(goods).length === 0 ? {} : { goods: Object.fromEntries(fields) },
    periods: { double11_2025: ['2025-11-01', '2025-11-11'] },
  })
  return {
    ...catalog,
    relations: new Map(
      [...catalog.relations].map(
        ([key, entry]) => [key, { ...entry, ...namesOf(EMPLOYMENT[key as keyof typeof EMPLOYMENT]) }] as const,
      ),
    ),
    periods: new Map(
      [...catalog.periods].map(([id, entry]) => [id, { ...entry, labels: { zh: '2025 双11', en: 'Double 11 2025' } }]),
    ),
    items: new Map(
      [...catalog.items].map(([key, entry]) => [
        key,
        {
          ...entry,
          labels: { zh: '商品', en: 'goods' },
          properties: new Map(
            [...entry.properties].map(([name, field]) => [name, { ...field, labels: DEMO_GOODS[name]! }] as const),
          ),
        },
      ]),
    ),
  }
}

const namesOf = ({ label, noun }: DeclaredRelation) => ({ labels: label!, noun: noun! })

function factsOf(
  given: readonly (Named & TestGiven)[],
  subject: string,
  asOf: number,
  asOfText: string,
  catalog: Catalog,
  first: number,
): SubjectFacts[] {
  return given.map(({ name, attributes, events, changes }, index) => {
    const test: PlanTest = {
      name: name.en,
      asOf: asOfText,
      subject,
      since: '2y',
      given: { attributes, events, changes },
      expect: {},
    }
    const facts = factsOfTest(test, asOf, catalog, (message) => {
      throw new Error(`${name.en}: ${JSON.stringify(message)}`)
    })
    return { ...facts, profile: first + index }
  })
}

/** The facts with who works where. */
function employed(
  world: PageWorld,
  people: readonly SubjectFacts[],
  companies: readonly SubjectFacts[],
  asOf: number,
): { people: SubjectFacts[]; companies: SubjectFacts[] } {
  const ties = world.companies.flatMap(({ employs }, company) =>
    employs.map((name) => ({ company, person: world.people.findIndex((one) => one.name.en === name) })),
  )
  const linked = { people: [] as SubjectFacts[], companies: [] as SubjectFacts[] }
  const link = (direction: RelationFact['direction'], other: () => SubjectFacts): RelationFact => ({
    direction,
    role: '',
    from: asOf - 500 * 86_400_000,
    to: null,
    seq: 1n,
    get other() {
      return other()
    },
  })
  linked.people = people.map((facts, index) => {
    const own = ties.filter(({ person }) => person === index)
    return {
      ...facts,
      related: new Map([['employs', own.map((tie) => link('to', () => linked.companies[tie.company]!))]]),
    }
  })
  linked.companies = companies.map((facts, index) => {
    const own = ties.filter(({ company }) => company === index)
    return {
      ...facts,
      related: new Map([['employs', own.map((tie) => link('from', () => linked.people[tie.person]!))]]),
    }
  })
  return linked
}

const WORDS = {
  zh: { yes: '是', no: '否', unknown: '未知', blank: '无值', and: '、' },
  en: { yes: 'yes', no: 'no', unknown: 'unknown', blank: '–', and: ', ' },
} as const

function said(value: EventScopeValue, isCondition: boolean, language: PageLanguage): string {
  const words = WORDS[language]
  if (value === null) return isCondition ? words.unknown : words.blank
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (typeof value === 'bigint') return formatDecimal(value)
  if (Array.isArray(value)) return value.join(words.and)
  if (typeof value === 'number') {
    return new Date(value + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')
  }
  return String(value)
}
