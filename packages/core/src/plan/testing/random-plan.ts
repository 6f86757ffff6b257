import type { Random } from '../../demo/random.js'
import type { Condition, Definition, ParsedDefinition, Text, Value } from '../../language/document.js'
import { parseDefinition } from '../../language/parse.js'
import { withBody } from '../../language/recipe-body.js'
import type { Plan, PlanCategory, PlannedDefinition } from '../plan.js'

/** Texts that mean something to YAML, to JSON, to SQL or to a terminal. */
const ODD = [
  ...['是', 'yes', 'No', 'null', '~', '1', '1e3', '0x1F', '-.inf', '2026-01-31', '12:30', '# x', 'a: b', '- x', '"q"'],
  ...["it's", ' lead', 'trail ', '多行\n文本\n', '\n\n缩进\n  两格', 'tab\there', '{a}', '[b', '*a', '&a b', '!t', '|'],
  ...[
    '>-',
    '%x',
    '@x',
    '`x',
    'true',
    '👩‍👩‍👧',
    'a\u2028b',
    'back\\slash',
    'cr\rlf\r\n',
    '<<',
    '---',
    '...',
    '?',
    ': ',
    "'",
    '"',
  ],
  ...[
    `${'长'.repeat(150)}。`,
    'x'.repeat(180),
    '100%',
    '=1+1',
    '\u0085next',
    '\u00a0nbsp',
    '\ufeffbom',
    '\u007f',
    '\u0007bell',
  ],
]

/** A random catalogue: a tree of categories, and metrics, tags and segments that use each other, all valid. */
export function randomPlan(random: Random): Plan {
  const categories = randomCategories(random)
  const names = new Names(random)
  const metrics = Array.from({ length: random.between(1, 5) }, (_, index) => randomMetric(names, `m${index}`))
  const tags = Array.from({ length: random.between(1, 8) }, (_, index) =>
    randomTag(
      names,
      `标签_${index}`,
      metrics.map(({ id }) => id),
    ),
  )
  const segments = Array.from({ length: random.between(0, 4) }, (_, index) => ({
    ...names.header('segment', `s${index}`),
    where: { all: [names.condition(), { tag: random.one(tags).id, known: true }] },
  }))
  const places = [null, ...categories.map(({ id }) => id)]
  const definitions = [...metrics, ...tags, ...segments].map(
    (document): PlannedDefinition => ({ document: readDocument(document), category: random.one(places) }),
  )
  return { categories, definitions: inOrder(definitions, categories), tests: [] }
}

/** As an export lists them: by kind, then by place in the tree. */
function inOrder(definitions: readonly PlannedDefinition[], categories: readonly PlanCategory[]): PlannedDefinition[] {
  const kinds = ['metric', 'tag', 'segment', 'tree']
  const rankOf = ({ document, category }: PlannedDefinition): number => {
    const place = categories.findIndex(({ id }) => id === category)
    return kinds.indexOf(document.kind) * 1000 + (place < 0 ? 999 : place)
  }
  return definitions.toSorted((left, right) => rankOf(left) - rankOf(right))
}

function readDocument(document: object): Definition {
  const parsed = parseDefinition(document)
  const body = parsed.ok ? withBody(parsed.definition as ParsedDefinition) : null
  if (body === null) throw new TypeError(`no valid definition: ${JSON.stringify(parsed)}`)
  return body
}

function randomCategories(random: Random): PlanCategory[] {
  const texts = new Names(random)
  const grow = (parentId: string | null, level: number): PlanCategory[] =>
    Array.from({ length: random.below(level === 0 ? 4 : 3) }, (_, index): PlanCategory[] => {
      const id = `${parentId ?? '目录'}_${index}`
      const category = {
        id,
        parentId,
        name: { zh: `${random.one(ODD)} ${index}`, en: texts.oddText() },
        theme: random.below(2) === 0 ? null : texts.oddText().slice(0, 60),
        note: random.below(2) === 0 ? null : texts.text(),
      }
      return [category, ...(level < 4 ? grow(id, level + 1) : [])]
    }).flat()
  return grow(null, 0)
}

class Names {
  constructor(readonly random: Random) {}

  oddText(): string {
    const text = this.random.one(ODD)
    return text.trim() === '' ? 'x' : text
  }

  text(): Text {
    return this.random.below(2) === 0 ? this.oddText() : { zh: this.oddText(), en: this.oddText() }
  }

  code(): string {
    return this.oddText().slice(0, 40).trim() || 'x'
  }

  header(kind: string, id: string): { version: 1; kind: string; id: string; name: Text } & Record<string, unknown> {
    return {
      version: 1,
      kind,
      id,
      name: this.text(),
      ...(this.random.below(2) === 0 ? {} : { note: this.text() }),
      ...(this.random.below(3) === 0 ? { theme: this.oddText() } : {}),
    }
  }

  value(): Value {
    return this.random.one<Value>([
      { did: 'order.paid', get: { sum: 'amount' } },
      { did: 'order.paid', where: { prop: 'channel', is: this.oddText() }, within: { last: '30d' } },
      { did: ['order.paid'], where: { prop: 'channel', in: ['1', 'true', this.oddText()] }, get: 'days' },
      { since: { did: 'order.paid', get: 'lastAt' }, unit: 'months', default: 0 },
      { calc: 'sub', of: [{ did: 'order.paid' }, 0.25] },
    ])
  }

  condition(): Condition {
    return this.random.one<Condition>([
      { attr: 'city', is: this.oddText() },
      { attr: 'city', in: [this.oddText(), '5', 'x'] },
      { not: { attr: 'vip', is: this.random.below(2) === 0 } },
      {
        any: [
          { ...this.value(), gte: this.random.between(-5, 5) / 4 },
          { attr: 'interests', hasAny: [this.oddText()] },
        ],
      },
    ])
  }
}

function randomMetric(names: Names, id: string) {
  return { ...names.header('metric', id), value: names.value(), unit: 'count' }
}

function randomTag(names: Names, id: string, metrics: readonly string[]) {
  const one = names.random
  const header = names.header('tag', id)
  const metric = one.one(metrics)
  const codes = [...new Set([names.code(), names.code(), '3', '末'])]
  switch (one.below(6)) {
    case 0:
      return {
        ...header,
        assign: { rules: codes.map((value) => ({ value, when: names.condition() })), otherwise: '0' },
      }
    case 1:
      return {
        ...header,
        ordered: true,
        only: names.condition(),
        assign: { cut: { metric }, at: codes.slice(1).map((_, index) => index * 1.5), values: codes },
      }
    case 2:
      return { ...header, family: 'multi', assign: { value: { attr: 'interests' } } }
    case 3:
      return {
        ...header,
        assign: { given: 'manual' },
        values: codes.map((code) => ({ code, name: names.text() })),
      }
    case 4:
      return {
        ...header,
        refresh: { every: 'week', at: '02:30', day: 1 },
        recipe: {
          use: 'rfm8',
          with: { recency: { metric }, frequency: { metric }, monetary: { metric }, split: 'median' },
        },
      }
    default:
      return {
        ...header,
        refresh: 'daily',
        assign: { cut: { metric }, at: { method: 'quantile', n: 2, fit: 'weekly' }, values: ['低', '高'] },
      }
  }
}
