import { z } from 'zod'
import { nearest } from '../kernel/nearest.js'
import type {
  Condition,
  JourneyDocument,
  ParsedDefinition,
  Recipe,
  Refresh,
  Stream,
  Tail,
  TreeNode,
} from './document.js'
import { checked, REFUSED, type Report, rule } from './frame/checked.js'
import { anyOf, described, describedAs, refTo } from './frame/described.js'
import { type Message, say, sayNearest } from './frame/message.js'
import { OPERATORS } from './frame/names.js'
import type { ObjectSchema } from './frame/parts.js'
import { code, id, oneOf, span, text } from './frame/primitives.js'
import { readObject } from './frame/read-object.js'
import { messagesOf, show } from './frame/zod-issues.js'
import { assignSchema, PARTS } from './grammar.js'
import { isRecipe, RECIPES, recipeOf } from './recipes/recipes.js'

const REFRESHES = ['manual', 'realtime', 'hourly', 'daily', 'weekly', 'monthly'] as const
const MOST_VALUES = 1000

const timeOfDay: z.ZodType<string> = described(
  checked((input, report) => {
    if (typeof input === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(input)) return input
    report(say("a time of day is written '02:00'", "时刻写作 '02:00'"))
    return REFUSED
  }),
  { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
)

const timetable = z
  .strictObject({
    every: oneOf(['hour', 'day', 'week', 'month']),
    at: timeOfDay.exactOptional(),
    day: z.number().int().min(1).max(31).exactOptional(),
  })
  .check(
    rule(({ every, day }, report) => {
      const most = every === 'week' ? 7 : every === 'month' ? 31 : 0
      if (day !== undefined && day > most) {
        report(
          say('day is 1–7 (Monday first) of a week or 1–31 of a month', 'day 为每周的 1–7（周一起）或每月的 1–31'),
          'day',
        )
      }
    }),
  )

const refresh: z.ZodType<Refresh> = described(
  checked((input, report) => {
    if (typeof input === 'object' && input !== null)
      return readObject<Refresh & object>(timetable, 'refresh', input, report)
    const read = oneOf(REFRESHES).safeParse(input)
    if (read.success) return read.data
    for (const { message } of messagesOf(read.error.issues, { name: 'refresh', fields: [] }, input)) report(message)
    return REFUSED
  }),
  (json) => anyOf({ enum: [...REFRESHES] }, json(timetable)),
)

const recipeHead = z.strictObject({
  use: z.string(),
  version: z.number().int().min(1).exactOptional(),
  with: z.record(z.string(), z.unknown()).exactOptional(),
})

const recipe: z.ZodType<Recipe> = described(
  checked((input, report) => {
    const read = readObject<Recipe>(recipeHead, 'recipe', input, report)
    if (read === REFUSED) return REFUSED
    if (!isRecipe(read.use)) {
      const near = nearest(read.use, Object.keys(RECIPES))
      report(sayNearest(`no recipe "${read.use}"`, `没有配方“${read.use}”`, near), 'use')
      return REFUSED
    }
    const parameters = readObject(recipeOf(read.use).schema(PARTS), read.use, read.with ?? {}, (message, ...path) =>
      report(message, 'with', ...path),
    )
    return parameters === REFUSED ? REFUSED : { ...read, with: parameters as Record<string, unknown> }
  }),
  (json) =>
    anyOf(
      ...Object.keys(RECIPES).map((use) => ({
        type: 'object',
        properties: {
          use: { const: use },
          version: { type: 'integer', minimum: 1 },
          with: json(recipeOf(use as keyof typeof RECIPES).schema(PARTS)),
        },
        required: ['use'],
        additionalProperties: false,
      })),
    ),
)

const header = {
  version: z.literal(1),
  id,
  name: text,
  note: text.exactOptional(),
  goal: id.exactOptional(),
  theme: z.string().min(1).max(200).exactOptional(),
  subject: id.exactOptional(),
  who: oneOf(['customers', 'visitors', 'everyone']).exactOptional(),
  recipe: recipe.exactOptional(),
}

const tag = z
  .strictObject({
    kind: z.literal('tag'),
    ...header,
    family: oneOf(['exclusive', 'multi']).exactOptional(),
    ordered: z.boolean().exactOptional(),
    only: PARTS.condition.exactOptional(),
    assign: assignSchema.exactOptional(),
    empty: oneOf(['blank', 'keep']).exactOptional(),
    refresh: refresh.exactOptional(),
    values: z
      .array(z.strictObject({ code, name: text.exactOptional(), note: text.exactOptional() }))
      .max(MOST_VALUES)
      .exactOptional(),
    corrections: z.strictObject({ keep: span }).exactOptional(),
  })
  .check(
    rule((definition, report) => {
      needBody(definition, 'assign', report)
      needPersons(definition, report)
      checkFamily(definition, report)
      const codes = definition.values?.map((value) => value.code) ?? []
      for (const [index, one] of codes.entries()) {
        if (codes.indexOf(one) < index)
          report(say(`"${one}" is listed twice`, `“${one}”列了两次`), 'values', index, 'code')
      }
    }),
  )

const segment = z
  .strictObject({
    kind: z.literal('segment'),
    ...header,
    where: PARTS.condition.exactOptional(),
    refresh: refresh.exactOptional(),
    take: takeSchema().exactOptional(),
  })
  .check(
    rule((definition, report) => {
      needBody(definition, 'where', report)
      needPersons(definition, report)
    }),
  )

const UNITS = ['money', 'count', 'days', 'hours', 'minutes', 'years', 'ratio', 'score'] as const
const metric = z
  .strictObject({
    kind: z.literal('metric'),
    ...header,
    value: PARTS.value.exactOptional(),
    unit: oneOf(UNITS).exactOptional(),
  })
  .check(
    rule((definition, report) => {
      needBody(definition, 'value', report)
      needPersons(definition, report)
    }),
  )

const tree = z
  .strictObject({
    kind: z.literal('tree'),
    ...header,
    root: treeNodeSchema().exactOptional(),
    refresh: refresh.exactOptional(),
  })
  .check(
    rule((definition, report) => {
      needBody(definition, 'root', report)
      needPersons(definition, report)
      if (definition.root) checkTree(definition.root, ['root'], null, new Set(), report)
    }),
  )

const journey = z.strictObject({
  kind: z.literal('journey'),
  ...header,
  trigger: triggerSchema(),
  waitFor: z
    .strictObject({
      event: PARTS.stream,
      each: z.string().exactOptional(),
      where: PARTS.test.exactOptional(),
      within: span,
    })
    .exactOptional(),
  exit: PARTS.condition.exactOptional(),
})

/** The schema of every kind of document. */
export const KINDS = { tag, segment, metric, tree, journey } as const satisfies Record<
  ParsedDefinition['kind'],
  ObjectSchema<unknown>
>

/** Why a document's kind is none, or null. */
export function kindProblem(kind: unknown): Message | null {
  if (typeof kind === 'string' && Object.hasOwn(KINDS, kind)) return null
  const kinds = Object.keys(KINDS).join(', ')
  const near = typeof kind === 'string' ? nearest(kind, Object.keys(KINDS)) : undefined
  return sayNearest(
    `kind is one of ${kinds}${kind === undefined ? '' : `, not ${show(kind)}`}`,
    `kind 应为 ${kinds} 之一`,
    near,
  )
}

function needBody(
  definition: { recipe?: Recipe; kind: string } & Record<string, unknown>,
  body: string,
  report: Report,
): void {
  if (definition.recipe !== undefined && isRecipe(definition.recipe.use)) {
    const makes = recipeOf(definition.recipe.use).kind
    if (makes === definition.kind) return
    report(say(`this recipe makes a ${makes}`, `该配方用于 ${makes}`), 'recipe', 'use')
  } else if (definition[body] === undefined) report(say(`"${body}" or a recipe is needed`, `需要“${body}”或配方`), body)
}

function needPersons({ who, subject = 'person' }: { who?: string; subject?: string }, report: Report): void {
  if (who === undefined || subject === 'person') return
  report(say('who tells customers from visitors: only for persons', 'who 区分客户与访客：仅用于个人'), 'who')
}

function checkFamily(definition: z.output<typeof tag>, report: Report): void {
  const { family = 'exclusive', ordered = false, assign } = definition
  if (assign && 'top' in assign && (assign.n ?? 1) > 1 && family !== 'multi') {
    report(
      say(`n: ${assign.n} gives several values: add family: multi`, `n: ${assign.n} 会给出多个值：请加 family: multi`),
      'family',
    )
  }
  if (assign && 'cut' in assign && family === 'multi') {
    report(say('a cut gives one tier: leave family: multi out', '分档只给出一档：请去掉 family: multi'), 'family')
  }
  if (ordered && family === 'multi') {
    report(
      say('an ordered tag has one value: leave family: multi out', '有序标签只有一个值：请去掉 family: multi'),
      'family',
    )
  }
}

function takeSchema() {
  const per = z.array(PARTS.value).min(1).max(5).exactOptional()
  const size = z.number().int().min(1).max(10_000_000)
  const top = z.strictObject({ top: size, by: PARTS.value, order: oneOf(['desc', 'asc']).exactOptional(), per })
  const random = z.strictObject({ random: size, seed: z.string().min(1).max(200), per })
  return described(
    checked<z.output<typeof top> | z.output<typeof random>>((input, report) => {
      const isRandom = typeof input === 'object' && input !== null && 'random' in input
      return isRandom ? readObject(random, 'take', input, report) : readObject(top, 'take', input, report)
    }),
    (json) => anyOf(json(top), json(random)),
  )
}

function triggerSchema(): z.ZodType<JourneyDocument['trigger']> {
  const condition = PARTS.condition.exactOptional()
  const byEvent = z.strictObject({
    event: PARTS.stream as z.ZodType<Stream>,
    each: z.string().exactOptional(),
    where: PARTS.test.exactOptional(),
    if: condition,
  })
  const byDate = z.strictObject({
    date: PARTS.value,
    every: oneOf(['year', 'month']).exactOptional(),
    shift: z
      .string()
      .regex(/^[+-]?\d+(s|min|h|d|w|mo|q|y)$/)
      .exactOptional(),
    at: timeOfDay.exactOptional(),
    if: condition,
  })
  const bySchedule = z.strictObject({ schedule: refresh, if: condition })
  return described(
    checked<JourneyDocument['trigger']>((input, report) => {
      if (typeof input !== 'object' || input === null) {
        report(
          say(
            'a trigger is { event: … }, { date: … } or { schedule: … }',
            '触发器应为 { event: … }、{ date: … } 或 { schedule: … }',
          ),
        )
        return REFUSED
      }
      if ('date' in input) return readObject(byDate, 'trigger', input, report)
      return 'schedule' in input
        ? readObject(bySchedule, 'trigger', input, report)
        : readObject(byEvent, 'trigger', input, report)
    }),
    (json) => anyOf(json(byEvent), json(byDate), json(bySchedule)),
  )
}

function treeNodeSchema(): z.ZodType<TreeNode> {
  const operators = new Set<string>(OPERATORS)
  const when: z.ZodType<Condition | Tail> = described(
    checked((input, report) => {
      const keys = typeof input === 'object' && input !== null && !Array.isArray(input) ? Object.keys(input) : []
      const isTail = keys.length > 0 && keys.every((key) => operators.has(key))
      const schema: z.ZodType<Condition | Tail> = isTail ? PARTS.tail : PARTS.condition
      const read = schema.safeParse(input)
      if (read.success) return read.data
      for (const { path, message } of messagesOf(read.error.issues, { name: 'when', fields: [] }, input)) {
        report(message, ...path)
      }
      return REFUSED
    }),
    anyOf(refTo('condition'), refTo('tail')),
  )
  const node: z.ZodType<TreeNode> = describedAs(
    'node',
    checked((input, report) => readObject(fields, 'node', input, report)),
    (json) => json(fields),
  )
  const fields = z.strictObject({
    id,
    name: text.exactOptional(),
    by: PARTS.value.exactOptional(),
    split: z.array(node).min(2).max(100).exactOptional(),
    when: when.exactOptional(),
    other: z.literal(true).exactOptional(),
  }) as ObjectSchema<TreeNode>
  return node
}

function checkTree(
  node: TreeNode,
  path: PropertyKey[],
  parent: TreeNode | null,
  ids: Set<string>,
  report: Report,
): void {
  if (ids.has(node.id)) report(say(`two nodes are called "${node.id}"`, `有两个节点叫“${node.id}”`), ...path, 'id')
  ids.add(node.id)
  if (parent === null && (node.when !== undefined || node.other !== undefined)) {
    report(say('the root holds everybody: leave when and other out', '根节点包含所有人：请去掉 when 与 other'), ...path)
  }
  if (parent !== null && (node.when === undefined) === (node.other === undefined)) {
    report(say('a branch has when, and the last one other: true', '分支写 when，最后一支写 other: true'), ...path)
  }
  const isTail =
    node.when !== undefined && Object.keys(node.when).every((key) => (OPERATORS as readonly string[]).includes(key))
  if (isTail && parent !== null && parent.by === undefined) {
    const operator = Object.keys(node.when as object)[0]
    report(
      say(
        `"${operator}" needs a value beside it, or by: on the node above`,
        `“${operator}”旁边需要一个值，或在上级节点写 by:`,
      ),
      ...path,
      'when',
      operator as string,
    )
  }
  if (node.split === undefined) {
    if (node.by !== undefined) report(say('by needs split: its branches', 'by 需要 split：它的分支'), ...path, 'by')
    return
  }
  const others = node.split.filter((child) => child.other === true)
  if (others.length !== 1 || node.split.at(-1)?.other !== true) {
    report(
      say('nobody may fall out: add a last branch with other: true', '不能有人落空：请在最后加一支 other: true'),
      ...path,
      'split',
    )
  }
  for (const [index, child] of node.split.entries()) {
    checkTree(child, [...path, 'split', index], node, ids, report)
  }
}
