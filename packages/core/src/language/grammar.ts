import type { z } from 'zod'
import { nearest } from '../kernel/nearest.js'
import { cutAssignSchema } from './assign/cut/schema.js'
import { givenSchema } from './assign/given/schema.js'
import { rulesSchema } from './assign/rules/schema.js'
import { topSchema } from './assign/top/schema.js'
import { valueAssignSchema } from './assign/value/schema.js'
import type {
  Assign,
  CaseValue,
  Condition,
  EventValue,
  Field,
  Operand,
  Prop,
  Tail,
  Test,
  Value,
  Window,
} from './document.js'
import { checked, REFUSED, type Report } from './frame/checked.js'
import { anyOf, described, refTo } from './frame/described.js'
import { type Message, say, sayNearest } from './frame/message.js'
import {
  type AssignWayName,
  CONDITION_HEADS,
  type ConditionHeadName,
  EVENT_VALUE_HEADS,
  type EventValueHeadName,
  type TestHeadName,
  VALUE_HEADS,
  type ValueHeadName,
} from './frame/names.js'
import type { ObjectSchema, Parts } from './frame/parts.js'
import { catalogueName, literal, numberProblem } from './frame/primitives.js'
import { type Position, readHeaded, readObject, readTail } from './frame/read-object.js'
import { stream } from './frame/stream-schema.js'
import { allSchema, allTestSchema } from './heads/all/schema.js'
import { amongSchema } from './heads/among/schema.js'
import { anySchema, anyTestSchema } from './heads/any/schema.js'
import { attrSchema } from './heads/attr/schema.js'
import { calcSchema, eventCalcSchema } from './heads/calc/schema.js'
import { caseSchema } from './heads/case/schema.js'
import { clockSchema, eventClockSchema } from './heads/clock/schema.js'
import { cutSchema } from './heads/cut/schema.js'
import { didSchema } from './heads/did/schema.js'
import { memberSchema } from './heads/member/schema.js'
import { metricSchema } from './heads/metric/schema.js'
import { notSchema, notTestSchema } from './heads/not/schema.js'
import { perSchema } from './heads/per/schema.js'
import { propSchema } from './heads/prop/schema.js'
import { sequenceSchema } from './heads/sequence/schema.js'
import { sinceSchema } from './heads/since/schema.js'
import { tagSchema } from './heads/tag/schema.js'
import { triggerSchema } from './heads/trigger/schema.js'
import { viaSchema } from './heads/via/schema.js'
import { listOperandSchema } from './operators/list-operand.js'
import { OPERATOR_MODULES } from './operators/operators.js'
import { WINDOWS } from './windows/windows.js'

/**
 * The grammar: which heads may stand in which position. An object is read by its one head, so a mistake gives the errors
 * of that head alone. Heads are made from `PARTS`, whose members look the position up when they are used; that is what
 * lets heads nest without importing each other.
 */
type Schemas<Name extends string> = { readonly [Head in Name]: ObjectSchema<unknown> }

const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The recursive places, for schemas outside of this file (definitions, recipes). */
export const PARTS: Parts = {
  condition: headed<Condition>('condition', () => conditionPosition()),
  value: headed<Value>('value', () => valuePosition()),
  term: orNumber<Value>('value', () => valuePosition()),
  test: headed<Test>('test', () => testPosition()),
  eventTerm: orNumber<EventValue>('eventValue', () => eventValuePosition()),
  stream,
  prop: described(checked(readProp), refTo('prop')),
  window: described(checked(readWindow), refTo('window')),
  tail: described(
    checked((input, report) => readTail(conditionPosition(), input, report) as unknown as Tail | typeof REFUSED),
    refTo('tail'),
  ),
}

/** Every position of the grammar by its name, with the windows: for those who print it. */
export function grammarPositions(): {
  readonly positions: Readonly<Record<string, Position>>
  readonly windows: Readonly<Record<string, ObjectSchema<unknown>>>
} {
  const positions = {
    condition: conditionPosition(),
    value: valuePosition(),
    test: testPosition(),
    eventValue: eventValuePosition(),
    mixedValue: mixedPosition(),
    assign: wayPosition(),
  }
  return { positions, windows: windowSchemas() }
}

/** How a tag gets its values. */
export const assignSchema: z.ZodType<Assign> = headed<Assign>('assign', () => wayPosition())

const valueSchemas = lazily<Schemas<ValueHeadName>>(() => ({
  attr: attrSchema(PARTS),
  tag: tagSchema(PARTS),
  metric: metricSchema(PARTS),
  did: didSchema(PARTS),
  per: perSchema(PARTS),
  via: viaSchema(PARTS),
  since: sinceSchema(PARTS),
  clock: clockSchema(PARTS),
  calc: calcSchema(PARTS),
  cut: cutSchema(PARTS),
  among: amongSchema(PARTS),
  trigger: triggerSchema(PARTS),
}))
const conditionSchemas = lazily<Schemas<ConditionHeadName>>(() => ({
  all: allSchema(PARTS),
  any: anySchema(PARTS),
  not: notSchema(PARTS),
  sequence: sequenceSchema(PARTS),
  member: memberSchema(PARTS),
}))
const eventValueSchemas = lazily<Schemas<EventValueHeadName>>(() => ({
  prop: propSchema(PARTS),
  clock: eventClockSchema(PARTS),
  case: caseSchema(PARTS),
  calc: eventCalcSchema(PARTS),
}))
const testSchemas = lazily<Schemas<TestHeadName>>(() => ({
  all: allTestSchema(PARTS),
  any: anyTestSchema(PARTS),
  not: notTestSchema(PARTS),
}))
const waySchemas = lazily<Schemas<AssignWayName>>(() => ({
  rules: rulesSchema(PARTS),
  cut: cutAssignSchema(PARTS),
  top: topSchema(PARTS),
  value: valueAssignSchema(PARTS),
  given: givenSchema(PARTS),
}))

const subjectHeads = new Set<string>([...VALUE_HEADS, ...CONDITION_HEADS])
const eventHeads = new Set<string>(EVENT_VALUE_HEADS)

const ofEventOnly = (key: string): Message | null =>
  eventHeads.has(key) && !subjectHeads.has(key)
    ? say(
        `"${key}" tests one event: write it inside the where: of a did`,
        `“${key}”检验单个事件：请写在 did 的 where: 里`,
      )
    : null
const ofSubjectOnly = (key: string): Message | null =>
  subjectHeads.has(key) && !eventHeads.has(key)
    ? say(
        `"${key}" speaks of the whole subject, where: tests one event: use prop:, or put it beside the did under all:`,
        `“${key}”说的是整个主体，而 where: 检验单个事件：请用 prop:，或与 did 并列放在 all: 下`,
      )
    : null
const ofConditionOnly = (key: string): Message | null =>
  (CONDITION_HEADS as readonly string[]).includes(key)
    ? say(`"${key}" is a condition, a value is needed here`, `“${key}”是条件，此处需要一个值`)
    : ofEventOnly(key)

const operators = (subject: boolean) =>
  Object.fromEntries(
    Object.entries(OPERATOR_MODULES).map(([name, module]) => [
      name,
      module.schema(subject ? SUBJECT_OPERANDS : EVENT_OPERANDS) as z.ZodType,
    ]),
  )
const common = { default: literal }

const conditionPosition = lazily<Position>(() => ({
  en: 'a condition',
  zh: '条件',
  complete: conditionSchemas(),
  compared: valueSchemas(),
  operators: operators(true),
  common,
  misplaced: ofEventOnly,
  headless: say(
    'a condition is needed here, for example { did: order.paid, gte: 1 }',
    '此处需要一个条件，例如 { did: order.paid, gte: 1 }',
  ),
}))
const valuePosition = lazily<Position>(() => ({
  en: 'a value',
  zh: '值',
  complete: valueSchemas(),
  compared: {},
  operators: {},
  common,
  misplaced: ofConditionOnly,
  headless: say('a value is needed here, for example { attr: city }', '此处需要一个值，例如 { attr: city }'),
}))
const testPosition = lazily<Position>(() => ({
  en: 'a test',
  zh: '检验',
  complete: testSchemas(),
  compared: eventValueSchemas(),
  operators: operators(false),
  common: {},
  misplaced: ofSubjectOnly,
  headless: say(
    'a test of one event is needed here, for example { prop: amount, gte: 200 }',
    '此处需要对单个事件的检验，例如 { prop: amount, gte: 200 }',
  ),
}))
const eventValuePosition = lazily<Position>(() => ({
  ...testPosition(),
  en: 'a value of the event',
  zh: '事件的值',
  complete: eventValueSchemas(),
  compared: {},
  operators: {},
  headless: say(
    'a value of the event is needed here, for example { prop: amount }',
    '此处需要事件的值，例如 { prop: amount }',
  ),
}))
/** Right sides inside `where:`: of the event or of the subject. */
const mixedPosition: () => Position = lazily<Position>(() => ({
  ...valuePosition(),
  complete: { ...valueSchemas(), ...pick(eventValueSchemas(), ['prop', 'case']), calc: mixedCalc() },
  misplaced: () => null,
}))
const mixedCalc: () => ObjectSchema<unknown> = lazily<ObjectSchema<unknown>>(() =>
  calcSchema({ ...PARTS, term: orNumber<Value>('mixedValue', () => mixedPosition()) }),
)
const wayPosition = lazily<Position>(() => ({
  en: 'assign',
  zh: 'assign',
  complete: waySchemas(),
  compared: {},
  operators: {},
  common: {},
  misplaced: () => null,
  headless: say('assign is one of rules, cut, top, value, given', 'assign 应为 rules、cut、top、value、given 之一'),
}))

const SUBJECT_OPERANDS = {
  operand: operandSchema('value', () => valuePosition()),
  listOperand: listOperandSchema(PARTS.value),
  window: PARTS.window,
}
const EVENT_OPERANDS = {
  operand: operandSchema('mixedValue', () => mixedPosition()),
  listOperand: listOperandSchema(headed<Value | EventValue>('mixedValue', () => mixedPosition())),
  window: PARTS.window,
}

function headed<T>(name: string, position: () => Position): z.ZodType<T> {
  return described(
    checked<T>((input, report) => readHeaded(position(), input, report) as unknown as T | typeof REFUSED),
    refTo(name),
  )
}

function orNumber<T>(name: string, position: () => Position): z.ZodType<T | number> {
  return described(
    checked((input, report) => {
      if (typeof input !== 'number') return readHeaded(position(), input, report) as unknown as T | typeof REFUSED
      const problem = numberProblem(input)
      if (problem === null) return input
      report(problem)
      return REFUSED
    }),
    anyOf({ type: 'number' }, refTo(name)),
  )
}

function operandSchema(name: string, position: () => Position): z.ZodType<Operand> {
  return described(
    checked((input, report) => {
      if (typeof input === 'object' && input !== null) {
        if (!Array.isArray(input)) return readHeaded(position(), input, report) as unknown as Operand | typeof REFUSED
        report(say('one value is needed here; for a list use in: […]', '此处只能是一个值；列表请用 in: […]'))
        return REFUSED
      }
      const read = literal.safeParse(input)
      if (read.success) return read.data
      report(
        typeof input === 'number' && numberProblem(input)
          ? (numberProblem(input) as Message)
          : say(
              'a text, a number, true, false or another value is needed here',
              '此处需要文本、数字、true、false 或另一个值',
            ),
      )
      return REFUSED
    }),
    (json) => anyOf(json(literal), refTo(name)),
  )
}

function readProp(input: unknown, report: Report): Prop | typeof REFUSED {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    const name = 'clock' in input ? 'clock' : 'case'
    return readObject(eventValueSchemas()[name] as ObjectSchema<{ clock: Field } | CaseValue>, name, input, report)
  }
  const read = catalogueName.safeParse(input)
  if (read.success) return read.data
  report(say('a property is a name, { clock: … } or { case: … }', '属性应为名称、{ clock: … } 或 { case: … }'))
  return REFUSED
}

const windowSchemas = lazily(
  () =>
    Object.fromEntries(
      Object.entries(WINDOWS).flatMap(([name, module]) =>
        module.schema === null ? [] : [[name, module.schema(PARTS)]],
      ),
    ) as Record<string, ObjectSchema<Window>>,
)
const ANCHORS = ['from', 'after', 'to', 'skip', 'for']

function readWindow(input: unknown, report: Report): Window | typeof REFUSED {
  if (input === 'ever') return 'ever'
  const schemas = windowSchemas()
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    const example = typeof input === 'string' && /^\d+\w+$/.test(input) ? `{ last: ${input} }` : '{ last: 30d }'
    report(
      say(`a window is ever or an object, did you mean ${example}?`, `窗口应为 ever 或对象，是否想写 ${example}？`),
    )
    return REFUSED
  }
  const keys = Object.keys(input)
  const heads = keys.filter((key) => key !== 'anchored' && Object.hasOwn(schemas, key))
  const hasAnchor = keys.some((key) => key === 'from' || key === 'after' || key === 'to')
  const [head, second] = hasAnchor ? [...heads, keys.find((key) => ANCHORS.includes(key))] : heads
  if (second !== undefined) {
    report(
      say(`a window has one head, this has ${head} and ${second}`, `窗口只能有一个头，此处有 ${head} 和 ${second}`),
      second,
    )
    return REFUSED
  }
  if (hasAnchor) return readObject(schemas.anchored as ObjectSchema<Window>, 'window', input, report)
  if (head !== undefined) return readObject(schemas[head] as ObjectSchema<Window>, head, input, report)
  const names = ['last', 'complete', 'this', 'next', 'coming', 'period', 'from', 'after', 'to']
  const near = keys.flatMap((key) => (ANCHORS.includes(key) ? [] : (nearest(key, names) ?? [])))[0]
  report(
    sayNearest(
      `a window is ever or an object with one of ${names.join(', ')}`,
      `窗口应为 ever，或含有 ${names.join('、')} 之一的对象`,
      near,
    ),
    ...keys.slice(0, 1),
  )
  return REFUSED
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>
}
