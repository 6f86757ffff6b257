import type { Catalog } from '../catalog/catalog.js'
import { correctedAttribute, givenAttribute } from '../language/assign/given/attribute.js'
import type { Definition, Stream, TagDefinition } from '../language/document.js'
import { eventsOf } from '../language/frame/property.js'
import { streamScopeOf } from '../language/frame/stream-scope.js'
import { relationKeyOf } from './relation-key.js'

/** What the facts of a subject must hold so that definitions can be evaluated on them. */
export interface Reads {
  readonly events: ReadonlySet<string>
  /** Names (or beginnings of names) of properties; more than are read may be in it. */
  readonly words: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  /** Kinds, each with the literals it is compared with. */
  readonly identities: ReadonlyMap<string, readonly string[]>
  readonly lists: ReadonlySet<string>
  /** Stored relation keys. */
  readonly relations: ReadonlySet<string>
  /** `tag:<id>`, `segment:<id>`, `list:<id>` whose published history is read. */
  readonly published: ReadonlySet<string>
}

/** Finds out what definitions read of one subject; `definitions` are all that rest on each other. */
export function readsOf(definitions: readonly Definition[], catalog: Catalog): Reads {
  const collector = new ReadsCollector(catalog)
  for (const definition of definitions) {
    const { recipe: _, ...body } = definition
    if (definition.kind === 'tag') collector.tag(definition)
    if (definition.kind === 'segment' && definition.take !== undefined)
      collector.published.add(`segment:${definition.id}`)
    collector.visit(body)
  }
  return collector
}

class ReadsCollector implements Reads {
  readonly events = new Set<string>()
  readonly words = new Set<string>()
  readonly attributes = new Set<string>()
  readonly identities = new Map<string, readonly string[]>()
  readonly lists = new Set<string>()
  readonly relations = new Set<string>()
  readonly published = new Set<string>()

  constructor(private readonly catalog: Catalog) {}

  /** What the log or earlier runs hold as the tag's own values. */
  tag({ id, assign, corrections, empty }: TagDefinition): void {
    if ('given' in assign && typeof assign.given === 'string') this.attributes.add(givenAttribute(id))
    if (corrections !== undefined) this.attributes.add(correctedAttribute(id))
    if (empty === 'keep' || ('given' in assign && typeof assign.given === 'object')) this.published.add(`tag:${id}`)
  }

  visit(part: unknown): void {
    if (typeof part === 'string') this.words.add(part)
    else if (Array.isArray(part)) for (const one of part) this.visit(one)
    else if (typeof part === 'object' && part !== null) {
      this.#object(part as Record<string, unknown>)
      for (const one of Object.values(part)) this.visit(one)
    }
  }

  #object(part: Record<string, unknown>): void {
    if (part.did !== undefined) this.#stream(part.did as Stream)
    if (typeof part.attr === 'string') this.#attribute(part.attr, part)
    if (typeof part.list === 'string') {
      this.lists.add(part.list)
      this.published.add(`list:${part.list}`)
    }
    if (typeof part.via === 'string') this.relations.add(relationKeyOf(part.via, this.catalog))
  }

  #stream(stream: Stream): void {
    const scope = streamScopeOf(stream, undefined)
    if (scope.kind === 'events') {
      for (const { name } of eventsOf(this.catalog, scope.names)) this.events.add(name)
    } else if (scope.of === 'attr') this.attributes.add(scope.id)
    else if (scope.of === 'relation') this.relations.add(relationKeyOf(scope.id, this.catalog))
    else this.published.add(`${scope.of}:${scope.id}`)
  }

  #attribute(key: string, part: Record<string, unknown>): void {
    if (!key.startsWith('id.')) {
      this.attributes.add(key)
      return
    }
    const literals = [part.is, part.isNot, part.in, part.notIn].flat().filter((one) => typeof one === 'string')
    const kind = key.slice(3)
    this.identities.set(kind, [...(this.identities.get(kind) ?? []), ...literals])
  }
}
