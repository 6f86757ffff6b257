import { nearest } from '../../kernel/nearest.js'
import { parseSpan } from '../../kernel/span.js'
import { isInstantText } from '../../kernel/zone.js'
import type { EventValue, ListOperand, Literal, Operand, Value } from '../document.js'
import { EN_KIND, ZH_KIND } from '../frame/kind-words.js'
import { say, sayNearest } from '../frame/message.js'
import type { Left, Resolving } from '../frame/resolving.js'
import type { Scope, ValueType } from '../frame/scope.js'
import { valueHeadOf } from '../frame/which.js'
import { show } from '../frame/zod-issues.js'

/** Checks of right sides that several operators share. */

/** A literal or value that must have the type of the left side. */
export function resolveOperand(right: Operand, left: Left, at: string, scope: Scope, resolving: Resolving): void {
  if (typeof right !== 'object') {
    resolveLiteral(right, left, at, resolving)
    return
  }
  const type = resolveRightValue(right, at, scope, resolving)
  if (type === null || left.type === null || sameKind(left.type, type)) return
  resolving.report(
    at,
    say(
      `the left side is ${EN_KIND[left.type.kind]}, this is ${EN_KIND[type.kind]}`,
      `左边是${ZH_KIND[left.type.kind]}，此处是${ZH_KIND[type.kind]}`,
    ),
  )
}

/** A list of literals, an uploaded list or a list value. */
export function resolveListOperand(
  right: ListOperand,
  left: Left,
  at: string,
  scope: Scope,
  resolving: Resolving,
): void {
  if (Array.isArray(right)) {
    const element: Left =
      left.type?.kind === 'list' ? { ...left, type: { kind: 'text', codes: left.type.codes } } : left
    for (const [index, literal] of right.entries()) resolveLiteral(literal, element, `${at}/${index}`, resolving)
    return
  }
  if (valueHeadOf(right) === null) {
    const { list } = right as { list: string }
    resolving.uses.name('lists', list)
    const held = resolving.catalog.lists.get(list)?.holds
    if (held === undefined) {
      const near = nearest(list, resolving.catalog.lists.keys())
      resolving.report(`${at}/list`, sayNearest(`no list "${list}"`, `没有名单“${list}”`, near))
    } else if (held === 'subjects') {
      resolving.report(
        `${at}/list`,
        say(
          `list "${list}" holds people, no values: ask with member: { list: ${list} }`,
          `名单“${list}”存放的是主体而非取值：请用 member: { list: ${list} }`,
        ),
      )
    }
    return
  }
  const type = resolveRightValue(right as Value | EventValue, at, scope, resolving)
  // What started a journey may be one thing: it counts as a list of one.
  if (type === null || type.kind === 'list' || 'trigger' in right) return
  resolving.report(
    at,
    say(`a list is needed here, this is ${EN_KIND[type.kind]}`, `此处需要列表，而这是${ZH_KIND[type.kind]}`),
  )
}

/** A literal of the left side's type. */
export function resolveLiteral(literal: Literal, left: Left, at: string, resolving: Resolving): void {
  const { type } = left
  if (type === null) return
  switch (type.kind) {
    case 'number':
      if (typeof literal !== 'number') resolving.report(at, notANumber(literal, at))
      return
    case 'bool':
      if (typeof literal === 'boolean') return
      resolving.report(
        at,
        say(`this is true or false, ${show(literal)} is neither`, `此处应为 true 或 false，而不是 ${show(literal)}`),
      )
      return
    case 'date':
      if (typeof literal === 'string' && isInstantText(literal)) return
      resolving.report(
        at,
        say(
          `this is a date: write 2026-01-31 or 2026-01-31T10:00+08:00, not ${show(literal)}`,
          `这是日期：请写 2026-01-31 或 2026-01-31T10:00+08:00，而不是 ${show(literal)}`,
        ),
      )
      return
    case 'list':
    case 'text':
    case 'ordered':
      if (typeof literal !== 'string') {
        resolving.report(
          at,
          say(`this is text: write '${literal}' between quotes`, `这是文本：请写成带引号的 '${literal}'`),
        )
      } else if (type.codes !== null && !type.codes.includes(literal)) {
        const [en, zh] = nameOf(left)
        const near = nearest(literal, type.codes)
        resolving.report(at, sayNearest(`${en} has no value "${literal}"`, `${zh}没有取值“${literal}”`, near))
      }
  }
}

/** Whether two types can stand on the two sides of a comparison. */
export function sameKind(left: ValueType, right: ValueType): boolean {
  const isText = (type: ValueType) => type.kind === 'text' || type.kind === 'ordered'
  return left.kind === right.kind || (isText(left) && isText(right))
}

function resolveRightValue(
  right: Value | EventValue,
  at: string,
  scope: Scope,
  resolving: Resolving,
): ValueType | null {
  return scope.stream === null ? resolving.value(right as Value, at, scope) : resolving.eventValue(right, at, scope)
}

function notANumber(literal: string | boolean, at: string) {
  const span = typeof literal === 'string' ? parseSpan(literal) : null
  const unit = span && UNIT_OF_SPAN[span.unit]
  if (!span || !unit) {
    return say(`this is a number, ${show(literal)} is not`, `这是数字，${show(literal)} 不是数字`)
  }
  const operator = at.slice(at.lastIndexOf('/') + 1)
  const count = span.unit === 'q' ? span.count * 3 : span.count
  return say(
    `this is a number; a calendar length needs unit: ${unit} and ${operator}: ${count}`,
    `这是数字；日历长度请写 unit: ${unit} 和 ${operator}: ${count}`,
  )
}

const UNIT_OF_SPAN: Readonly<Record<string, string>> = {
  min: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  mo: 'months',
  q: 'months',
  y: 'years',
}

function nameOf({ value }: Left): [en: string, zh: string] {
  const head = value === null ? null : valueHeadOf(value)
  const name = head === null ? undefined : (value as unknown as Record<string, unknown>)[head]
  if (head === 'tag') return [`tag "${name}"`, `标签“${name}”`]
  if (head === 'prop') return [`"${name}"`, `“${name}”`]
  return ['this', '此值']
}
