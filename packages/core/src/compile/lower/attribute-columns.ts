import type { AttributeEntry } from '../../catalog/catalog.js'
import { usableType } from '../../language/frame/property.js'
import { call, column, type Expr, number, or } from '../plan/expr.js'
import { instantOf, type Lowered, numberOf } from './lowered.js'

/** A question about the identities of a subject: has it one of the kind, or this very one. */
export interface IdentityRead {
  readonly name: string
  readonly kind: string
  readonly blind: string | null
}

/** Collects the attributes (and identities) a pass reads. */
export class AttributeColumns {
  /** `history`: folded from changes, numbers as whole units of 4 decimals and dates as ms. */
  constructor(private readonly from: 'current' | 'history') {}

  readonly #used = new Map<number, AttributeEntry>()
  readonly #identities = new Map<string, IdentityRead>()

  /** The attribute as a column of the joined row. */
  add(entry: AttributeEntry): Lowered {
    this.#used.set(entry.id, entry)
    const expr = column(attributeColumn(entry))
    switch (usableType(entry)) {
      case 'number':
      case 'money':
        return this.from === 'current'
          ? numberOf('decimal64', expr)
          : numberOf('scaled', call('scaleUp', expr, number(10_000)))
      case 'text':
        return { type: 'text', expr }
      case 'date':
        return this.from === 'current' ? instantOf(expr) : { type: 'date', form: 'millis', expr, literal: null }
      case 'bool':
        return { type: 'bool', expr }
      case 'list':
        return { type: 'list', element: 'text', expr, known: column(`${attributeColumn(entry)}__known`) }
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

  used(): AttributeEntry[] {
    return [...this.#used.values()]
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

/** Name of an attribute's column in the joined row. */
export function attributeColumn(entry: AttributeEntry): string {
  return `t_${entry.id}`
}
