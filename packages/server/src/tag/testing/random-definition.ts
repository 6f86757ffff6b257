import type { Random } from '@tagtree/core/demo/random'
import { formatDecimal } from '@tagtree/core/kernel/decimal'
import { companyNumber, deepCondition, deepNumber, deepText, type Generating, topAssign } from './random-streams.js'
import type { World } from './random-world.js'

type Doc = Record<string, unknown>
type Kind = 'number' | 'text' | 'date' | 'bool' | 'list'

/** Definitions over the supported part of the language, with literals taken from a world and from beside its values. */
export class DefinitionGenerator implements Generating {
  readonly random: Random
  readonly #random: Random
  readonly #world: World
  #count = 0

  constructor(random: Random, world: World) {
    this.random = random
    this.#random = random
    this.#world = world
  }

  definition(): Doc {
    const r = this.#random
    this.#count += 1
    const head: Doc = { version: 1, id: `d${this.#count}`, name: `d${this.#count}` }
    if (r.chance(0.3)) head.who = r.one(['customers', 'visitors', 'everyone'])
    const kind = r.below(10)
    if (kind < 4) return { ...head, kind: 'segment', where: r.chance(0.6) ? this.comparison(2) : this.condition(3) }
    if (kind < 6) return { ...head, kind: 'metric', value: this.number(3) }
    return { ...head, kind: 'tag', ...(r.chance(0.4) ? { only: this.condition(1) } : {}), ...this.#assign() }
  }

  /** A definition that lives by one of the heads that need more than one aggregation. */
  deepDefinition(): Doc {
    const r = this.#random
    this.#count += 1
    const head: Doc = { version: 1, id: `d${this.#count}`, name: `d${this.#count}` }
    if (r.chance(0.5)) head.who = 'everyone'
    switch (r.below(5)) {
      case 0:
        return { ...head, kind: 'segment', where: deepCondition(this) }
      case 1:
        return { ...head, kind: 'segment', where: { ...deepNumber(this), ...this.tail('number', 1) } }
      case 2:
        return { ...head, kind: 'tag', assign: { value: deepText(this) } }
      case 3:
        return { ...head, kind: 'tag', ...topAssign(this) }
      default:
        return { ...head, kind: 'metric', value: deepNumber(this) }
    }
  }

  /** A definition about organisations. */
  companyDefinition(): Doc {
    this.#count += 1
    const head: Doc = { version: 1, id: `d${this.#count}`, name: `d${this.#count}`, subject: 'organisation' }
    const value = companyNumber(this)
    return this.#random.chance(0.5)
      ? { ...head, kind: 'metric', value }
      : { ...head, kind: 'segment', where: { ...value, ...this.tail('number', 0) } }
  }

  /** A plain comparison with the operator whose turn it is, so that a run meets every operator several times. */
  operatorTrial(turn: number): Doc {
    const trials = this.#trials()
    this.#count += 1
    const where = trials[turn % trials.length]!
    return { version: 1, kind: 'segment', id: `d${this.#count}`, name: 'trial', who: 'everyone', where }
  }

  #trials(): Doc[] {
    const r = this.#random
    const city = { attr: 'city' }
    const interests = { attr: 'interests' }
    const points = r.one<Doc>([{ attr: 'points' }, { did: 'order.paid', get: { last: 'amount' } }])
    const amount = (): number => this.#amount()
    return [
      ...['is', 'isNot'].map((name) => ({ ...city, [name]: r.one(['上海', 'paris']) })),
      ...['gt', 'gte', 'lt', 'lte'].map((name) => ({ ...points, [name]: r.one([10, 99.5, 0]) })),
      { ...points, between: sorted(amount(), amount()) },
      ...['in', 'notIn'].map((name) => ({ ...city, [name]: ['上海', 'Paris', '北京'] })),
      ...['hasAny', 'hasAll', 'hasNone'].map((name) => ({ ...interests, [name]: r.one([['x'], ['x', 'y']]) })),
      { ...city, contains: r.one(['AR', '海']) },
      { ...city, startsWith: r.one(['P', '北']) },
      { ...city, endsWith: r.one(['S', '海']) },
      { ...city, under: r.one(['华东', '上海']) },
      { ...city, known: r.chance(0.5) },
      { attr: 'birthday', during: r.one([{ this: 'year' }, { last: '40y' }]) },
      { attr: 'birthday', anniversary: r.one([{ this: 'quarter' }, { last: '90d' }, { complete: '2mo' }]) },
    ]
  }

  #assign(): Doc {
    const r = this.#random
    switch (r.below(4)) {
      case 0: {
        const rules = Array.from({ length: r.between(1, 3) }, () => ({
          value: r.one(['p', 'q', 's']),
          when: this.condition(2),
        }))
        const otherwise = r.chance(0.5) ? { otherwise: 't' } : {}
        return { ...(r.chance(0.3) ? { family: 'multi' } : {}), assign: { rules, ...otherwise } }
      }
      case 1:
      case 2:
        return { ordered: true, assign: { cut: this.number(2), ...this.#cuts() } }
      default:
        return { assign: { value: this.value(r.one(['number', 'text', 'date', 'bool'] as const), 2) } }
    }
  }

  #cuts(): Doc {
    const { at, tiers } = this.cutPoints()
    const edge = this.#random.chance(0.2) ? { edge: this.#random.one(['up', 'down']) } : {}
    const by = Array.isArray(at) ? {} : this.#groups()
    return { at, values: Array.from({ length: tiers }, (_, index) => `v${index + 1}`), ...edge, ...by }
  }

  #groups(): Doc {
    const r = this.#random
    if (r.chance(0.7)) return {}
    return { by: r.chance(0.5) ? [{ attr: 'level' }] : [{ attr: 'city' }, { attr: 'vip' }] }
  }

  cutPoints(): { at: unknown; tiers: number } {
    const r = this.#random
    const n = r.between(2, 4)
    const fitted = (cuts: Doc, tiers: number) => ({ at: cuts, tiers })
    switch (r.below(9)) {
      case 0:
        return fitted({ method: 'quantile', n }, n)
      case 1:
        return fitted({ method: 'quantile', probs: [0.25, 0.9] }, 3)
      case 2:
        return fitted({ method: 'width', n }, n)
      case 3:
        return fitted({ method: 'breaks', n }, n)
      case 4:
        return fitted({ method: 'sd' }, 5)
      case 5:
        return fitted({ method: 'mean' }, 2)
      case 6:
        return fitted({ method: 'median' }, 2)
      case 7:
        return fitted({ method: 'share', probs: [0.8, 0.95] }, 3)
      default: {
        const points = [...new Set([this.#amount(), this.#amount(), 3])].sort((a, b) => a - b)
        return fitted(points as never, points.length + 1)
      }
    }
  }

  condition(depth: number): Doc {
    const r = this.#random
    if (depth > 0 && r.chance(0.12)) return deepCondition(this)
    if (depth <= 0 || r.chance(0.5)) return this.comparison(depth)
    const parts = (): Doc[] => Array.from({ length: r.between(1, 3) }, () => this.condition(depth - 1))
    switch (r.below(4)) {
      case 0:
        return { all: parts() }
      case 1:
        return { any: parts() }
      case 2:
        return { not: this.condition(depth - 1) }
      default:
        return { member: r.chance(0.5) ? { segment: 'recent' } : { list: 'chosen' } }
    }
  }

  comparison(depth: number): Doc {
    const kind = this.#random.one(['number', 'number', 'number', 'text', 'date', 'bool', 'list', 'ordered'] as const)
    if (this.#random.chance(0.05)) {
      return {
        attr: 'id.phone',
        ...this.#random.one([{ is: '13800000001' }, { known: true }, { in: ['13800000002'] }]),
      }
    }
    if (kind === 'ordered') return this.#ranked()
    return { ...this.value(kind, depth), ...this.tail(kind, depth) }
  }

  #ranked(): Doc {
    const r = this.#random
    const tag = r.one(['grade', 'tier'])
    const codes = tag === 'grade' ? ['C', 'B', 'A'] : ['low', 'mid', 'high']
    const code = (): string => r.one(codes)
    return {
      tag,
      ...(r.chance(0.1) ? { default: code() } : {}),
      ...r.one<Doc>([
        { [r.one(['is', 'isNot', 'gt', 'gte', 'lt', 'lte'])]: code() },
        { [r.one(['gt', 'lte'])]: { tag } },
        { between: [codes[0], code()] },
        { [r.one(['in', 'notIn'])]: [code(), code()] },
        { known: r.chance(0.6) },
      ]),
    }
  }

  value(kind: Kind, depth: number): Doc {
    const plain = this.#plainValue(kind, depth)
    return this.#random.chance(0.1) && kind !== 'list' ? { ...plain, default: this.#literal(kind) } : plain
  }

  #plainValue(kind: Kind, depth: number): Doc {
    const r = this.#random
    const nth = r.chance(0.3) ? { nth: r.between(1, 3) } : {}
    switch (kind) {
      case 'number':
        return this.number(depth)
      case 'text':
        return r.one([
          { attr: 'city' },
          { attr: 'level' },
          { attr: 'nick' },
          { tag: 'mood' },
          this.did({ get: r.one([{ last: 'city' }, { first: 'city' }, { last: 'note' }]), ...nth }, [
            'order.paid',
            'page.viewed',
          ]),
          this.did({ get: { last: this.#case() }, ...nth }),
        ])
      case 'date':
        return r.one([
          { attr: 'birthday' },
          this.did({ get: r.one(['firstAt', 'lastAt']), ...nth }),
          this.did({ get: r.one([{ max: 'due' }, { min: 'due' }, { last: 'due' }]) }),
        ])
      case 'bool':
        return r.one([{ attr: 'vip' }, this.did({ get: { first: 'gift' }, ...nth })])
      case 'list':
        return r.one([
          { attr: 'interests' },
          this.did({ get: { values: r.one(['city', 'labels', 'event']) } }),
          { tag: r.one(['topics', 'styles']) },
        ])
    }
  }

  number(depth: number): Doc {
    const r = this.#random
    if (depth > 1 && r.chance(0.15)) return deepNumber(this)
    const deep = depth > 0 ? r.below(11) : r.below(6)
    switch (deep) {
      case 0:
        return { attr: 'points' }
      case 1:
        return { metric: r.one(['spend', 'basket', 'idle']) }
      case 2:
        return this.did({ get: r.one(['count', 'count', 'days', 'span']) }, 'any')
      case 3:
        return this.#items()
      case 4:
      case 5:
        return this.did({
          get: r.one([
            { sum: 'amount' },
            { avg: 'amount' },
            { min: 'amount' },
            { max: 'amount' },
            { distinct: r.one(['order_id', 'city', 'amount', 'due', 'gift', 'event']) },
            { last: 'amount' },
            'count',
          ]),
        })
      case 6:
      case 7:
        return {
          since: this.value('date', 0),
          ...(r.chance(0.3) ? { until: this.value('date', 0) } : {}),
          unit: r.one(['minutes', 'hours', 'days', 'weeks', 'months', 'years']),
        }
      case 8:
        return this.#calc(depth)
      case 9: {
        const only = r.chance(0.3) ? { only: this.condition(0) } : {}
        const { at } = this.cutPoints()
        const by = r.chance(0.3) && !Array.isArray(at) ? { by: [{ attr: 'level' }] } : {}
        const edge = r.chance(0.2) ? { edge: r.one(['up', 'down']) } : {}
        return { cut: this.number(depth - 1), at, ...only, ...by, ...edge }
      }
      default:
        return {
          among: r.chance(0.7) ? [] : [{ attr: 'level' }],
          of: this.number(depth - 1),
          get: r.one(['mean', 'median', 'sd', 'min', 'max', 'sum', 'count', { quantile: 0.9 }]),
          ...(r.chance(0.3) ? { only: this.condition(0) } : {}),
          ...(r.chance(0.3) ? { atLeast: 8 } : {}),
        }
    }
  }

  #items(): Doc {
    const r = this.#random
    const where = r.chance(0.5)
      ? {
          where: r.one([
            { prop: 'items.sku', is: 'A100' },
            { prop: 'items.qty', gte: 2 },
            { prop: 'amount', gt: 10 },
            { prop: 'items.price', lt: { prop: 'amount' } },
          ]),
        }
      : {}
    const get = r.one([
      'count',
      { sum: 'items.qty' },
      { avg: 'items.price' },
      { distinct: 'items.sku' },
      { max: 'items.price' },
      { first: 'items.qty' },
    ])
    return { did: 'order.paid', each: 'items', get, ...where, ...this.#within() }
  }

  #calc(depth: number): Doc {
    const r = this.#random
    const operand = (): unknown => (r.chance(0.3) ? r.one([0, 1, 2, 0.5, -3, 1000]) : this.number(depth - 1))
    const calc = r.one(['add', 'sub', 'mul', 'div', 'div', 'min', 'max', 'abs', 'log', 'round', 'size'])
    switch (calc) {
      case 'size':
        return { calc, of: [this.value('list', 0)] }
      case 'abs':
      case 'log':
      case 'round':
        return { calc, of: [this.number(depth - 1)] }
      default:
        return { calc, of: Array.from({ length: calc === 'sub' || calc === 'div' ? 2 : r.between(2, 3) }, operand) }
    }
  }

  did(more: Doc, stream?: unknown): Doc {
    const r = this.#random
    const did = stream ?? r.one(['order.paid', 'order.paid', ['order.paid', 'page.viewed']])
    const where = r.chance(0.35) ? { where: this.test(did === 'order.paid' ? 2 : 1, did === 'order.paid') } : {}
    return { did, ...more, ...where, ...this.#within() }
  }

  #within(): Doc {
    const r = this.#random
    const ago = r.chance(0.25) ? { ago: r.one(['7d', '1mo', '1y']) } : {}
    switch (r.below(5)) {
      case 0:
        return { within: { last: r.one(['7d', '30d', '1mo', '1y', '48h']), ...ago } }
      case 1:
        return { within: { complete: r.one(['3mo', '1w', '7d', '1q', '2y']), ...ago } }
      case 2:
        return { within: { this: r.one(['day', 'week', 'month', 'quarter', 'year']), ...ago } }
      case 3:
        return { within: 'ever' }
      default:
        return {}
    }
  }

  /** A test of one event; `isOrder`: only orders are tested, so all their properties may be named. */
  test(depth: number, isOrder: boolean): Doc {
    const r = this.#random
    if (depth > 0 && r.chance(0.4)) {
      const parts = (): Doc[] => Array.from({ length: r.between(1, 3) }, () => this.test(depth - 1, isOrder))
      return r.one([{ all: parts() }, { any: parts() }, { not: this.test(depth - 1, isOrder) }])
    }
    const kind = isOrder ? r.one(['number', 'number', 'text', 'date', 'bool', 'list'] as const) : 'text'
    const value: Record<string, Doc> = {
      number: r.one([
        { prop: 'amount' },
        { prop: 'amount' },
        {
          calc: r.one(['add', 'mul', 'div', 'sub', 'max']),
          of: [{ prop: 'amount' }, r.one([2, 0, 0.25, { prop: 'amount' }])],
        },
      ]),
      text: r.one([{ prop: 'city' }, ...(isOrder ? [{ prop: 'note' }, this.#case()] : [{ prop: 'event' }])]) as Doc,
      date: { prop: 'due' },
      bool: { prop: 'gift' },
      list: r.one([{ prop: 'labels' }, { prop: 'items.sku' }, { prop: 'items.qty' }]),
    }
    return { ...value[kind]!, ...this.tail(kind, 0, true) }
  }

  #case(): Doc {
    const branches = [
      { when: { prop: 'amount', gte: 100 }, value: 'big' },
      { when: { prop: 'city', startsWith: 'p' }, value: 'p' },
    ]
    return { case: branches, ...(this.#random.chance(0.5) ? { otherwise: 'rest' } : {}) }
  }

  /** An operator for a left side; `inRow`: of one event, where the right side is a literal or a property. */
  tail(kind: Kind, depth: number, inRow = false): Doc {
    const r = this.#random
    const literal = (): unknown => this.#literal(kind)
    const right = (): unknown => (!inRow && depth > 0 && r.chance(0.25) ? this.value(kind, 0) : literal())
    const known = { known: r.chance(0.6) }
    switch (kind) {
      case 'number':
        return r.one([
          { [r.one(['is', 'isNot', 'gt', 'gte', 'lt', 'lte'])]: right() },
          { [r.one(['gt', 'gte', 'lt', 'lte'])]: right() },
          { between: sorted(literal() as number, literal() as number) },
          known,
        ])
      case 'date':
        return r.one([
          { [r.one(['is', 'isNot', 'gt', 'gte', 'lt', 'lte'])]: right() },
          { between: [literal(), literal()] },
          {
            during: r.one([
              { last: '30d' },
              { this: 'month' },
              { complete: '1mo' },
              'ever',
              { last: '1y', ago: '1mo' },
            ]),
          },
          known,
        ])
      case 'text':
        return r.one([
          { [r.one(['is', 'isNot'])]: right() },
          { [r.one(['in', 'notIn'])]: [literal(), literal()] },
          { [r.one(['contains', 'startsWith', 'endsWith'])]: r.one(['p', 'AR', 'is', '海', 'W', '上', "'x"]) },
          { under: r.one(['华东', '华东/上海', '上海']) },
          known,
          ...(inRow ? [] : [{ in: { attr: 'interests' } }, { notIn: { did: 'order.paid', get: { values: 'city' } } }]),
        ])
      case 'bool':
        return r.one([{ [r.one(['is', 'isNot'])]: right() }, known])
      case 'list':
        return r.one([
          { [r.one(['hasAny', 'hasAll', 'hasNone'])]: r.one([['a', 'x'], ['x'], ['A100', '2'], ['上海', 'Paris']]) },
          ...(inRow ? [] : [{ [r.one(['hasAny', 'hasAll', 'hasNone'])]: { attr: 'interests' } }]),
          known,
        ])
    }
  }

  #literal(kind: Kind): unknown {
    const r = this.#random
    switch (kind) {
      case 'number':
        return r.chance(0.4) ? r.between(0, 6) : this.#amount()
      case 'text':
        return r.one(['上海', 'paris', 'Paris', 'gold', '', 'big', "o'x", '%'])
      case 'date':
        return this.instant()
      case 'bool':
        return r.chance(0.5)
      default:
        return 'x'
    }
  }

  /** A number of the world, or beside one by the smallest step. */
  #amount(): number {
    const r = this.#random
    const found = r.one(this.#world.events).fact.properties.amount
    const amount = typeof found === 'bigint' ? Number(formatDecimal(found)) : 1
    // More digits than a literal may have are no literal.
    const near = Math.abs(amount) > 1e9 ? 99_999_999_999_999 : amount
    return Math.abs(near) < 1e9 && r.chance(0.4) ? Number((near + r.one([-0.0001, 0.0001])).toFixed(4)) : near
  }

  instant(): string {
    const r = this.#random
    const fact = r.one(this.#world.events).fact
    const found = r.chance(0.5) ? fact.ts : typeof fact.properties.due === 'number' ? fact.properties.due : fact.ts
    const ms = found + r.one([-1, 0, 0, 1])
    return r.chance(0.3) ? new Date(ms).toISOString().slice(0, 10) : new Date(ms).toISOString()
  }
}

function sorted(a: number, b: number): number[] {
  return a <= b ? [a, b] : [b, a]
}
