import { nearest } from '../../kernel/nearest.js'
import { REFUSED, type Report } from './checked.js'
import { type Message, say, sayNearest } from './message.js'
import type { ObjectSchema } from './parts.js'
import { messagesOf, show, unknownField } from './zod-issues.js'

/** Reads an object by its schema; every problem is reported at its path, unknown fields with the nearest one. */
export function readObject<T>(
  schema: ObjectSchema<T>,
  name: string,
  input: unknown,
  report: Report,
  alsoFields: readonly string[] = [],
): T | typeof REFUSED {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  const fields = [...Object.keys(schema.shape), ...alsoFields]
  for (const { path, message } of messagesOf(read.error.issues, { name, fields }, input)) report(message, ...path)
  return REFUSED
}

/** A place in the grammar where an object is known by its head key. */
export interface Position {
  /** What stands here, for messages. */
  readonly en: string
  readonly zh: string
  /** Heads that are complete by themselves. */
  readonly complete: Readonly<Record<string, ObjectSchema<unknown>>>
  /** Heads of values that need an operator beside them; empty where no operator is allowed. */
  readonly compared: Readonly<Record<string, ObjectSchema<unknown>>>
  /** Schemas of the operators that may stand beside a compared value. */
  readonly operators: Readonly<Record<string, { safeParse: ObjectSchema<unknown>['safeParse'] }>>
  /** Fields that every value here may have beside those of its head. */
  readonly common: Readonly<Record<string, { safeParse: ObjectSchema<unknown>['safeParse'] }>>
  /** Why a key that is a head elsewhere cannot stand here. */
  readonly misplaced: (key: string) => Message | null
  /** Said when there is no head at all. */
  readonly headless: Message
}

type Fields = Record<string, unknown>

/** Reads an object by its one head. */
export function readHeaded(position: Position, input: unknown, report: Report): Fields | typeof REFUSED {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    report(input === undefined ? say(`${position.en} is missing`, `缺少${position.zh}`) : position.headless)
    return REFUSED
  }
  const keys = Object.keys(input)
  const isHead = (key: string) => Object.hasOwn(position.complete, key) || Object.hasOwn(position.compared, key)
  const heads = keys.filter(isHead)
  const [head, second] = heads
  if (head === undefined) return reportHeadless(position, keys, report)
  if (second !== undefined) {
    report(
      say(
        `${position.en} has one head, this has ${heads.join(' and ')}; join them with all: or any:`,
        `${position.zh}只能有一个头，此处有 ${heads.join('、')}；请用 all: 或 any: 连接`,
      ),
      second,
    )
    return REFUSED
  }
  if (!keys.every((key) => isHead(key) || position.misplaced(key) === null || isFieldOf(position, head, key))) {
    for (const key of keys) {
      const why = isHead(key) || isFieldOf(position, head, key) ? null : position.misplaced(key)
      if (why) report(why, key)
    }
    return REFUSED
  }
  return Object.hasOwn(position.complete, head)
    ? readPlain(position, head, input as Fields, report)
    : readCompared(position, head, input as Fields, report)
}

function readPlain(position: Position, head: string, input: Fields, report: Report): Fields | typeof REFUSED {
  const { taken, rest } = takeCommon(position, input, report)
  const read = readObject(position.complete[head]!, head, rest, report, Object.keys(position.common))
  return read === REFUSED || taken === REFUSED ? REFUSED : { ...(read as Fields), ...taken }
}

function readCompared(position: Position, head: string, input: Fields, report: Report): Fields | typeof REFUSED {
  const { taken, rest } = takeCommon(position, input, report)
  const operators = Object.keys(rest).filter((key) => Object.hasOwn(position.operators, key))
  const value = Object.fromEntries(Object.entries(rest).filter(([key]) => !operators.includes(key)))
  const schema = position.compared[head]!
  const fields = [...Object.keys(position.common), ...Object.keys(position.operators)]
  const read = readObject(schema, head, value, report, fields)
  const [operator, second] = operators
  if (second !== undefined) {
    report(
      say(
        `one operator only, this has ${operators.join(' and ')}; use between or all:`,
        `只能有一个算子，此处有 ${operators.join('、')}；请用 between 或 all:`,
      ),
      second,
    )
    return REFUSED
  }
  if (operator === undefined) {
    // A misspelt operator was reported as an unknown field already.
    const isPlain = Object.keys(value).every((key) => Object.hasOwn(schema.shape, key))
    if (isPlain) {
      report(
        say(
          'this is a value; a condition needs one operator, for example gte: 1',
          '这是一个值；条件还需要一个算子，例如 gte: 1',
        ),
      )
    }
    return REFUSED
  }
  const right = readOperator(position, operator, rest[operator], report)
  if (read === REFUSED || taken === REFUSED || right === REFUSED) return REFUSED
  return { ...(read as Fields), ...taken, [operator]: right.value }
}

/** Reads an operator that stands alone. */
export function readTail(position: Position, input: unknown, report: Report): Fields | typeof REFUSED {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    report(say('this must be one operator, for example { gte: 1 }', '此处应为一个算子，例如 { gte: 1 }'))
    return REFUSED
  }
  const keys = Object.keys(input)
  const names = Object.keys(position.operators)
  const unknown = keys.filter((key) => !names.includes(key))
  for (const key of unknown) report(unknownField(key, { name: 'operator', fields: names }), key)
  if (unknown.length > 0) return REFUSED
  const [operator, second] = keys
  if (operator === undefined || second !== undefined) {
    report(say('one operator is needed here, for example { gte: 1 }', '此处需要一个算子，例如 { gte: 1 }'))
    return REFUSED
  }
  const right = readOperator(position, operator, (input as Fields)[operator], report)
  return right === REFUSED ? REFUSED : { [operator]: right.value }
}

function readOperator(
  position: Position,
  operator: string,
  input: unknown,
  report: Report,
): { value: unknown } | typeof REFUSED {
  const read = position.operators[operator]!.safeParse(input)
  if (read.success) return { value: read.data }
  for (const { path, message } of messagesOf(read.error.issues, { name: operator, fields: [] }, input)) {
    report(message, operator, ...path)
  }
  return REFUSED
}

/** Reads the fields every value may have and gives back the others. */
function takeCommon(
  position: Position,
  input: Fields,
  report: Report,
): { taken: Fields | typeof REFUSED; rest: Fields } {
  const rest = { ...input }
  let taken: Fields | typeof REFUSED = {}
  for (const [name, schema] of Object.entries(position.common)) {
    if (!Object.hasOwn(rest, name)) continue
    const read = schema.safeParse(rest[name])
    delete rest[name]
    if (read.success) {
      if (taken !== REFUSED) taken[name] = read.data
      continue
    }
    taken = REFUSED
    for (const { path, message } of messagesOf(read.error.issues, { name, fields: [] }, input[name])) {
      report(message, name, ...path)
    }
  }
  return { taken, rest }
}

function reportHeadless(position: Position, keys: readonly string[], report: Report): typeof REFUSED {
  const heads = [...Object.keys(position.complete), ...Object.keys(position.compared)]
  let said = false
  for (const key of keys) {
    const why = position.misplaced(key)
    if (why) report(why, key)
    said ||= why !== null
  }
  if (said) return REFUSED
  for (const key of keys) {
    if (!Object.hasOwn(position.operators, key)) continue
    report(
      say(
        `"${key}" needs a value beside it, for example { attr: city, ${key}: … }`,
        `“${key}”旁边需要一个值，例如 { attr: city, ${key}: … }`,
      ),
      key,
    )
    said = true
  }
  if (said) return REFUSED
  for (const key of keys) {
    const near = heads.some((head) => isFieldOf(position, head, key)) ? undefined : nearest(key, heads)
    if (near === undefined) continue
    report(sayNearest(`unknown head "${key}"`, `没有“${key}”这种写法`, near), key)
    return REFUSED
  }
  report(keys.length === 0 ? position.headless : withFirstKey(position.headless, keys[0]!), ...keys.slice(0, 1))
  return REFUSED
}

function withFirstKey(message: Message, key: string): Message {
  return say(`unknown head ${show(key)}: ${message.en}`, `没有${show(key)}这种写法：${message.zh}`)
}

function isFieldOf(position: Position, head: string, key: string): boolean {
  const schema = position.complete[head] ?? position.compared[head]
  return (schema !== undefined && Object.hasOwn(schema.shape, key)) || Object.hasOwn(position.common, key)
}
