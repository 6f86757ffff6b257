import type { z } from 'zod'
import { nearest } from '../../kernel/nearest.js'
import { type Message, say, sayNearest } from './message.js'

/** Where an object stands, for messages: its head or name and the fields it may have. */
export interface ObjectContext {
  readonly name: string
  readonly fields: readonly string[]
}

/** Turns what zod found into addressed messages of our own. Messages of our own readers pass through unchanged. */
export function messagesOf(
  issues: readonly z.core.$ZodIssue[],
  context: ObjectContext,
  input: unknown,
): { path: PropertyKey[]; message: Message }[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'custom') {
      const { zh, didYouMean } = (issue.params ?? {}) as { zh?: string; didYouMean?: string }
      const message: Message = { en: issue.message, zh: zh ?? issue.message, ...(didYouMean ? { didYouMean } : {}) }
      return [{ path: [...issue.path], message }]
    }
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownField(key, context) }))
    }
    return [{ path: [...issue.path], message: messageOf(issue, valueAt(input, issue.path)) }]
  })
}

/** A field that the object does not have. */
export function unknownField(key: string, { name, fields }: ObjectContext): Message {
  return sayNearest(`unknown field "${key}" in "${name}"`, `“${name}”中没有字段“${key}”`, nearest(key, fields))
}

function messageOf(issue: z.core.$ZodIssue, found: unknown): Message {
  const field = String(issue.path.at(-1) ?? '')
  if (found === undefined) return say(`"${field}" is missing`, `缺少“${field}”`)
  switch (issue.code) {
    case 'invalid_type':
      return say(`this must be ${article(issue.expected)}, not ${kindOf(found)}`, `此处应为${zhKind(issue.expected)}`)
    case 'invalid_value': {
      const values = issue.values.map(String)
      const near = typeof found === 'string' ? nearest(found, values) : undefined
      return sayNearest(
        `${show(found)} is not one of ${values.join(', ')}`,
        `${show(found)} 不是可选值：${values.join('、')}`,
        near,
      )
    }
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum))
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum))
    default:
      return say('this has not the expected form', '此处格式不正确')
  }
}

/** A short, safe quotation of an input value. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : article(typeof value)
}

const EN_KINDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}
const ZH_KINDS: Record<string, string> = {
  string: '文本',
  number: '数字',
  int: '整数',
  boolean: ' true 或 false',
  array: '列表',
  object: '对象',
  record: '对象',
}
const article = (kind: string): string => EN_KINDS[kind] ?? `a ${kind}`
const zhKind = (kind: string): string => ZH_KINDS[kind] ?? kind

function tooBig(origin: string, most: number): Message {
  if (origin === 'string') return say(`this text has more than ${most} characters`, `此处文本超过 ${most} 个字符`)
  if (origin === 'array') return say(`this list has more than ${most} entries`, `此列表超过 ${most} 项`)
  return say(`this number must be at most ${most}`, `此数字不得大于 ${most}`)
}

function tooSmall(origin: string, least: number): Message {
  if (origin === 'string') return say('this text is empty', '此处文本为空')
  if (origin === 'array') return say(`this list needs ${least} or more entries`, `此列表至少需要 ${least} 项`)
  return say(`this number must be at least ${least}`, `此数字不得小于 ${least}`)
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    input,
  )
}
