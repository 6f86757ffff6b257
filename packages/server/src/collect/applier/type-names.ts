import type { PropertyType } from '@tagtree/core/catalog/catalog'
import type { FlatProperty } from '@tagtree/core/catalog/flatten'
import { inferType } from '@tagtree/core/catalog/infer-type'
import type { RawValue } from '@tagtree/core/collect/incoming'
import type { WantedAttribute, WantedNames, WantedProperty } from '../../store/grow-catalog.js'
import type { Names } from '../../store/names.js'
import type { PlacedFact } from './facts.js'

/** Text is diverse when hardly any value comes twice, or when one is long. */
const LONG_TEXT = 1_000
const SAMPLE_FOR_DIVERSITY = 100

interface Met {
  readonly event: string
  readonly item: boolean
  readonly name: string
  readonly values: RawValue[]
  /** Where no guess is needed. */
  readonly type?: PropertyType | undefined
}

/**
 * Names in these facts that the catalog does not have, with the types their values suggest. A name without any usable
 * value is not wanted yet. undefined = nothing is missing.
 */
export function findNewNames(facts: readonly PlacedFact[], names: Names): WantedNames | undefined {
  const events = new Set<string>()
  const properties = new Map<string, Met>()
  const attributes = new Map<string, Met>()
  const kinds = new Map<string, NonNullable<WantedNames['identityKinds']>[number]>()
  const catalogues = new Set<string>()
  const ofItems = new Map<string, Met>()
  const relations = new Map<string, NonNullable<WantedNames['relations']>[number]>()
  const meet = (event: string, item: boolean, { name, value, type }: FlatProperty): void => {
    const key = `${item ? 'i' : 'p'}\0${name}\0${event}`
    const met = properties.get(key)
    if (met === undefined) properties.set(key, { event, item, name, values: [value], type })
    else met.values.push(value)
  }
  for (const { fact } of facts) {
    const subjects =
      fact.kind === 'event'
        ? fact.about
        : fact.kind === 'relation'
          ? [fact.from, fact.to]
          : 'about' in fact
            ? [fact.about]
            : []
    for (const subject of subjects) {
      for (const { entry } of subject.identities) if (!names.identityKinds.has(entry.key)) kinds.set(entry.key, entry)
    }
    if (fact.kind === 'event') {
      const known = names.events.get(fact.event)
      if (known === undefined) events.add(fact.event)
      for (const one of fact.plain) if (!known?.plain.has(one.name)) meet(fact.event, false, one)
      for (const line of fact.lines) {
        for (const one of line) if (!known?.item.has(one.name)) meet(fact.event, true, one)
      }
    } else if (fact.kind === 'attributes') {
      const { key: subject } = fact.about.subject
      const known = names.attributes.get(subject)
      for (const { attribute: name, operation, value } of fact.record.changes) {
        if (known?.has(name)) continue
        const seen = attributes.get(`${subject}\0${name}`) ?? { event: subject, item: false, name, values: [] }
        seen.values.push(operation === 'append' && !Array.isArray(value) ? [value] : value)
        attributes.set(`${subject}\0${name}`, seen)
      }
    } else if (fact.kind === 'item') {
      const known = names.items.get(fact.catalogue)
      if (known === undefined) catalogues.add(fact.catalogue)
      for (const { name, value, type } of fact.plain) {
        if (known?.properties.has(name)) continue
        const key = `${fact.catalogue}\0${name}`
        const seen = ofItems.get(key) ?? { event: fact.catalogue, item: true, name, values: [], type }
        seen.values.push(value)
        ofItems.set(key, seen)
      }
    } else if (fact.kind === 'relation' && !names.relations.has(fact.relation)) {
      const key = fact.relation
      const [from, to] = [fact.from.subject.key, fact.to.subject.key]
      if (!relations.has(key))
        relations.set(key, { key, from, to, many: true, labels: key, noun: fact.to.subject.labels, inverseOf: null })
    }
  }
  const wanted = {
    events: [...events].map((name) => ({ name })),
    properties: typed(properties.values()),
    attributes: [...attributes.values()].flatMap(typedAttribute),
    identityKinds: [...kinds.values()],
    relations: [...relations.values()],
    catalogues: [...catalogues].map((key) => ({ key })),
    itemProperties: typed(ofItems.values()).map(({ event: catalogue, name, type, diverse = false }) => ({
      catalogue,
      name,
      type,
      diverse,
    })),
  }
  return Object.values(wanted).some((list) => list.length > 0) ? wanted : undefined
}

function typed(met: Iterable<Met>): WantedProperty[] {
  const wanted: WantedProperty[] = []
  for (const { event, item, name, values, type: known } of met) {
    const type = known ?? inferType(values)
    if (type !== null) wanted.push({ event, item, name, type, diverse: type === 'text' && isDiverse(values) })
  }
  return wanted
}

function typedAttribute({ event: subject, name: key, values }: Met): WantedAttribute[] {
  const type: PropertyType | null = inferType(values)
  return type === null ? [] : [{ subject, key, type }]
}

function isDiverse(values: readonly RawValue[]): boolean {
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.some((text) => text.length > LONG_TEXT)) return true
  return texts.length >= SAMPLE_FOR_DIVERSITY && new Set(texts).size > texts.length / 2
}
