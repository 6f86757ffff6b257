import { foldAttribute } from '../catalog/attribute-fold.js'
import { inMemory } from '../evaluate/change-rows.js'
import type { EventFact, SubjectFacts } from '../evaluate/facts.js'
import type { RowsOf } from '../evaluate/scope.js'
import { correctedAttribute } from '../language/assign/given/attribute.js'
import type { Definition, Window } from '../language/document.js'
import { typeOfStored, usableType } from '../language/frame/property.js'
import { streamScopeOf } from '../language/frame/stream-scope.js'
import { sayStreamParts } from '../language/heads/did/sentence.js'
import { withoutEvents } from './change.js'
import type { Deciding, DecidingAttribute, DecidingEvent, DecidingGroup, Said } from './explanation.js'
import { isSameValue } from './same-value.js'
import type { Words } from './say.js'
import type { Trial } from './trial.js'

/** Work for events alone and for groups of them. */
const WORK_EVENTS = 80_000
const WORK_GROUPS = 80_000
const MOST_EVENTS = 50
const MOST_GROUPS = 5

/** Events, attributes and lists without which the value would be another; `isCut`: not everything was tried. */
export function findDeciding(trial: Trial, words: Words): { deciding: Deciding; isCut: boolean } {
  const search = new Search(trial, words)
  const attributes = search.attributes()
  const events = search.events()
  const groups = search.groups(new Set(events.map((event) => event.seq)))
  return { deciding: { events, groups, attributes }, isCut: search.isCut }
}

/** A stream of the document with its rows now. */
interface Leaf {
  readonly of: RowsOf
  readonly own: Definition
  readonly seqs: ReadonlySet<bigint>
}

class Search {
  isCut = false
  readonly #leaves: readonly Leaf[]
  readonly #newestFirst: readonly EventFact[]

  constructor(
    private readonly trial: Trial,
    private readonly words: Words,
  ) {
    const known = new Set(trial.facts.events.map((event) => event.seq))
    this.#leaves = trial.closure().flatMap((own) => {
      const place = trial.place(own)
      return streamsIn(own, undefined).flatMap((of): Leaf[] => {
        if (streamScopeOf(of.did, of.each).kind === 'changes') return []
        const rows = place.rows(of) ?? []
        return [{ of, own, seqs: new Set(rows.map((row) => row.seq).filter((seq) => known.has(seq))) }]
      })
    })
    this.#newestFirst = trial.facts.events.toSorted((a, b) => b.ts - a.ts || (a.seq > b.seq ? -1 : 1))
  }

  /** Each event alone, those that are rows of the definition first. */
  events(): DecidingEvent[] {
    const { trial } = this
    const matching = new Set(this.#leaves.flatMap((leaf) => [...leaf.seqs]))
    const order = [
      ...this.#newestFirst.filter((event) => matching.has(event.seq)),
      ...this.#newestFirst.filter((event) => !matching.has(event.seq) && event.ts < trial.asOf),
    ]
    const until = trial.work + WORK_EVENTS
    const found: EventFact[] = []
    for (const event of order) {
      if (trial.work > until || found.length >= MOST_EVENTS) {
        this.isCut = true
        break
      }
      if (this.#matters(new Set([event.seq]))) found.push(event)
    }
    return found.toSorted((a, b) => b.ts - a.ts).map((event) => this.#show(event))
  }

  /** Rows of one part, none of which matters alone but all of them together. */
  groups(single: ReadonlySet<bigint>): DecidingGroup[] {
    const until = this.trial.work + WORK_GROUPS
    const found: DecidingGroup[] = []
    const seen = new Set<string>()
    for (const leaf of this.#leaves) {
      const seqs = this.#ordered([...leaf.seqs].filter((seq) => !single.has(seq)))
      const key = seqs.join()
      if (seqs.length < 2 || seqs.length < leaf.seqs.size || seen.has(key)) continue
      seen.add(key)
      if (found.length >= MOST_GROUPS || this.trial.work > until) this.isCut = true
      else this.#group(seqs, this.#sayLeaf(leaf), until, found)
    }
    if (found.length > 0 || single.size > 0) return found
    const all = this.#ordered([...new Set(this.#leaves.flatMap((leaf) => [...leaf.seqs]))])
    if (all.length > 1 && !seen.has(all.join()))
      this.#group(all, { zh: '以上各类行为', en: 'all of these events' }, until, found)
    return found
  }

  #group(seqs: readonly bigint[], said: Said, until: number, found: DecidingGroup[]): void {
    if (!this.#matters(new Set(seqs))) return
    const enough = this.#spared(seqs, until)
    if (enough === null) {
      this.isCut = true
      return
    }
    const own = new Set(seqs)
    found.push({
      said,
      count: seqs.length,
      events: this.#newestFirst
        .filter((event) => own.has(event.seq))
        .slice(0, MOST_EVENTS)
        .map((event) => this.#show(event)),
      enough,
    })
  }

  /** Leaves out of the set whatever is not needed for the value to change; null = there was no time. */
  #spared(seqs: readonly bigint[], until: number): bigint[] | null {
    // The newest ones mostly suffice: find how many, then try each of these.
    let [low, high] = [1, seqs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#matters(new Set(seqs.slice(0, middle)))) high = middle
      else low = middle + 1
    }
    let kept = seqs.slice(0, low)
    if (!this.#matters(new Set(kept))) kept = [...seqs]
    // What can be spared may be another once something else is: until nothing is.
    for (let before = -1; before !== kept.length; ) {
      before = kept.length
      for (const seq of [...kept]) {
        if (this.trial.work > until) return null
        const fewer = kept.filter((one) => one !== seq)
        if (fewer.length > 0 && this.#matters(new Set(fewer))) kept = fewer
      }
    }
    return [...kept]
  }

  #matters(seqs: ReadonlySet<bigint>): boolean {
    return this.#differs(withoutEvents(this.trial.facts, seqs))
  }

  #differs(facts: SubjectFacts): boolean {
    const { trial } = this
    return !isSameValue(trial.of(facts, trial.asOf), trial.at(trial.asOf))
  }

  #ordered(seqs: readonly bigint[]): bigint[] {
    const wanted = new Set(seqs)
    return this.#newestFirst.filter((event) => wanted.has(event.seq)).map((event) => event.seq)
  }

  #show(event: EventFact): DecidingEvent {
    const labels = this.trial.context.catalog.events.get(event.event)?.labels ?? event.event
    return {
      event: event.event,
      name: this.words.both((speaker) => speaker.label(labels)),
      at: event.ts,
      seq: event.seq,
    }
  }

  #sayLeaf({ of, own }: Leaf): Said {
    const scope = { catalog: this.trial.context.catalog, subject: own.subject ?? 'person', stream: null }
    return this.words.both((speaker) => {
      const { event, where, window } = sayStreamParts(of.did, of.each, of.where, of.within, scope, speaker, 'noun')
      return speaker.pick(`${window}${event}${where}`, `${event}${where} ${window}`)
    })
  }

  /** Each attribute, list and identity alone. */
  attributes(): DecidingAttribute[] {
    const { facts, context, definition, asOf } = this.trial
    const found: DecidingAttribute[] = []
    const entries = context.catalog.attributes.get(definition.subject ?? 'person')
    for (const [key, changes] of facts.attributes) {
      const attributes = new Map(facts.attributes)
      attributes.delete(key)
      if (!this.#differs({ ...facts, attributes })) continue
      const entry = entries?.get(key)
      const folded = foldAttribute(changes.filter((change) => change.ts < asOf))
      const type = entry === undefined ? null : typeOfStored(usableType(entry))
      const tag = key.startsWith('tag.') ? context.catalog.definitions.get(key.slice(4))?.body : undefined
      const corrected = [...context.catalog.definitions.values()].find(({ id }) => key === correctedAttribute(id))?.body
      found.push({
        kind: 'attribute',
        key,
        name: this.words.both((speaker) => {
          const name = speaker.label((corrected ?? tag)?.name ?? entry?.labels ?? key)
          return corrected === undefined ? name : speaker.pick(`对“${name}”的人工纠正`, `correction of ${name} by hand`)
        }),
        said: this.words.value(inMemory(folded?.value), type),
        at: folded?.ts ?? null,
      })
    }
    for (const id of facts.lists) {
      const lists = new Set(facts.lists)
      lists.delete(id)
      if (!this.#differs({ ...facts, lists })) continue
      const name = this.words.both((speaker) => speaker.label(context.catalog.lists.get(id)?.labels ?? id))
      found.push({ kind: 'list', key: id, name, said: { zh: '在名单中', en: 'on the list' }, at: null })
    }
    for (const kind of facts.identities.keys()) {
      const identities = new Map(facts.identities)
      identities.delete(kind)
      if (!this.#differs({ ...facts, identities })) continue
      const name = this.words.both((speaker) => speaker.label(context.catalog.identityKinds.get(kind)?.labels ?? kind))
      found.push({ kind: 'identity', key: kind, name, said: { zh: '已有该身份', en: 'is known' }, at: null })
    }
    return found
  }
}

/** Every stream of a document with its test and window. */
function streamsIn(part: unknown, within: Window | undefined): RowsOf[] {
  if (Array.isArray(part)) return part.flatMap((one) => streamsIn(one, within))
  if (typeof part !== 'object' || part === null) return []
  const own = part as Partial<RowsOf> & { sequence?: unknown; notThen?: unknown }
  // The window of a sequence is that of its steps; what must not follow has none.
  const inner = own.sequence === undefined ? undefined : own.within
  const found = Object.entries(part).flatMap(([key, value]) => streamsIn(value, key === 'notThen' ? undefined : inner))
  if (own.did === undefined) return found
  const window = typeof own.within === 'string' && own.within !== 'ever' ? undefined : (own.within ?? within)
  const { did, each, where } = own
  return [
    {
      did,
      ...(each === undefined ? {} : { each }),
      ...(where === undefined ? {} : { where }),
      ...(window === undefined ? {} : { within: window }),
    },
    ...found,
  ]
}
