import type { AttributeEntry } from '../../catalog/catalog.js'
import type { Instant } from '../../kernel/zone.js'
import { usableType } from '../../language/frame/property.js'
import { call, column, type Expr, number, or } from '../plan/expr.js'
import type { Plan } from '../plan/plan.js'
import type { Scans } from '../scans.js'
import type { ColumnSource } from './column-source.js'
import { instantOf, type Lowered, numberOf } from './lowered.js'

/** An attribute as a column of the joined row (a list has a second one, `<name>__known`). */
export interface AttributeRead {
  readonly name: string
  readonly entry: AttributeEntry
  /** Only changes after this instant; null = all. */
  readonly since: Instant | null
}

/** A question about the identities of a subject: has it one of the kind, or this very one. */
export interface IdentityRead {
  readonly name: string
  readonly kind: string
  readonly blind: string | null
}

/** Collects the attributes (and identities) a pass reads. */
export class AttributeColumns implements ColumnSource {
  /** `history`: folded from changes, numbers as whole units of 4 decimals and dates as ms. */
  constructor(private readonly from: 'current' | 'history') {}

  readonly #used = new Map<string, AttributeRead>()
  readonly #identities = new Map<string, IdentityRead>()

  /** The attribute as a column of the joined row. */
  add(entry: AttributeEntry): Lowered {
    return this.#read({ name: `t_${entry.id}`, entry, since: null })
  }

  /** The attribute as the changes after an instant alone would leave it. */
  addSince(entry: AttributeEntry, since: Instant): Lowered {
    const others = [...this.#used.values()].filter((read) => read.since !== null)
    const known = others.find((read) => read.entry.id === entry.id && read.since === since)
    return this.#read(known ?? { name: `s_${others.length}`, entry, since })
  }

  #read(read: AttributeRead): Lowered {
    this.#used.set(read.name, read)
    const isFolded = read.since !== null || this.from === 'history'
    const expr = column(read.name)
    switch (usableType(read.entry)) {
      case 'number':
      case 'money':
        return isFolded ? numberOf('scaled', call('scaleUp', expr, number(10_000))) : numberOf('decimal64', expr)
      case 'text':
        return { type: 'text', expr }
      case 'date':
        return isFolded ? { type: 'date', form: 'millis', expr, literal: null } : instantOf(expr)
      case 'bool':
        return { type: 'bool', expr }
      case 'list':
        return { type: 'list', element: 'text', expr, known: column(`${read.name}__known`) }
    }
  }

  /** The identities of a kind. `blind` turns a plain value into its blind index (hex). */
  identity(kind: string, blind: (value: string) => string): Lowered {
    const has = (value: string | null): Expr => call('gt', column(this.#identityColumn(kind, value)), number(0))
    return {
      type: 'identity',
      known: has(null),
      isOneOf: (values) => or(values.map((value) => has(blind(value)))),
    }
  }

  used(): AttributeRead[] {
    return [...this.#used.values()]
  }

  plans(wanted: ReadonlySet<string>, scans: Scans): Plan[] {
    const plans: Plan[] = []
    const attributes = this.used().filter(({ name }) => wanted.has(name) || wanted.has(`${name}__known`))
    const isFolded = (read: AttributeRead): boolean => read.since !== null || this.from === 'history'
    const [folded, current] = [attributes.filter(isFolded), attributes.filter((read) => !isFolded(read))]
    if (folded.length > 0) plans.push(scans.history(folded))
    if (current.length > 0) plans.push(scans.attributes(current))
    const identities = this.identities().filter((read) => wanted.has(read.name))
    if (identities.length > 0) plans.push(scans.identities(identities))
    return plans
  }

  #identityColumn(kind: string, blind: string | null): string {
    const key = `${kind}\n${blind ?? ''}`
    let found = this.#identities.get(key)
    if (found === undefined) {
      found = { name: `i_${this.#identities.size}`, kind, blind }
      this.#identities.set(key, found)
    }
    return found.name
  }

  identities(): IdentityRead[] {
    return [...this.#identities.values()]
  }
}
