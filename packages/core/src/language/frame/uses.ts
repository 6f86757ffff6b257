import type { Stream } from '../document.js'

/** Every name a definition reads, each once, in the order met. */
export interface Uses {
  /** Events named in streams; `any` stands for whatever the subject did. */
  readonly events: readonly string[]
  readonly properties: readonly { readonly event: string; readonly name: string }[]
  readonly attributes: readonly { readonly subject: string; readonly key: string }[]
  /** Identity kinds read as `id.<kind>`. */
  readonly identities: readonly string[]
  readonly tags: readonly string[]
  readonly metrics: readonly string[]
  readonly segments: readonly string[]
  readonly lists: readonly string[]
  readonly trees: readonly string[]
  readonly relations: readonly string[]
  /** Item catalogues whose fields are read. */
  readonly catalogues: readonly string[]
  /** Named stretches of the calendar. */
  readonly periods: readonly string[]
}

/** Gathers uses while a definition is resolved. */
export class UsesCollector {
  readonly #seen = new Set<string>()
  readonly #uses = {
    events: [] as string[],
    properties: [] as { event: string; name: string }[],
    attributes: [] as { subject: string; key: string }[],
    identities: [] as string[],
    tags: [] as string[],
    metrics: [] as string[],
    segments: [] as string[],
    lists: [] as string[],
    trees: [] as string[],
    relations: [] as string[],
    catalogues: [] as string[],
    periods: [] as string[],
  }

  /** What was gathered. */
  get uses(): Uses {
    return this.#uses
  }
  stream(stream: Stream): void {
    if (typeof stream === 'string') this.name('events', stream)
    else if (Array.isArray(stream)) for (const event of stream) this.name('events', event)
  }
  name(kind: Exclude<keyof Uses, 'properties' | 'attributes'>, name: string): void {
    if (this.#isNew(kind, name)) this.#uses[kind].push(name)
  }
  property(event: string, name: string): void {
    if (this.#isNew('properties', event, name)) this.#uses.properties.push({ event, name })
  }
  attribute(subject: string, key: string): void {
    if (this.#isNew('attributes', subject, key)) this.#uses.attributes.push({ subject, key })
  }

  #isNew(...parts: string[]): boolean {
    const key = parts.join('\u0000')
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }
}
