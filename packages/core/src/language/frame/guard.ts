import type { Issue } from '../../kernel/app-error.js'
import { type Message, pointerTo, say } from './message.js'

const MOST_LEVELS = 32
const MOST_NODES = 2000
/** Words and numbers of one document, against endless lists. */
const MOST_LEAVES = 50_000
/** Keys that reach into every object of the language the product is written in. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

export type Guarded = { readonly ok: true; readonly copy: unknown } | { readonly ok: false; readonly issues: Issue[] }

interface Open {
  readonly value: object
  readonly pointer: string
  readonly level: number
  readonly into: Record<string, unknown> | unknown[]
}

/**
 * Copies an unknown input as plain data: at most 32 objects deep and 2,000 objects large, no keys that poison objects,
 * nothing that JSON has not. It walks without recursion, so no depth can end it.
 */
export function guard(input: unknown): Guarded {
  const issues: Issue[] = []
  const report = (pointer: string, message: Message) => {
    if (issues.length < 20) issues.push({ pointer, message: message.en, messageZh: message.zh })
  }
  const root: unknown[] = []
  const open: Open[] = []
  let nodes = 0
  let leaves = 0

  /** Puts the copy of a value into its parent; containers are filled later. */
  const place = (value: unknown, pointer: string, level: number, put: (copy: unknown) => void): void => {
    leaves += 1
    if (nodes > MOST_NODES || leaves > MOST_LEAVES) return
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) {
        report(pointer, say('this is no finite number', '此处不是有限的数字'))
        return
      }
    } else if (value === null) {
      report(pointer, say('null has no meaning here: leave the field out', '此处不能为 null：请省略该字段'))
      return
    } else if (Array.isArray(value)) {
      const copy: unknown[] = []
      put(copy)
      open.push({ value, pointer, level, into: copy })
      return
    } else if (isPlainObject(value)) {
      nodes += 1
      if (level >= MOST_LEVELS) {
        report(pointer, say(`a definition is at most ${MOST_LEVELS} levels deep`, `定义最多嵌套 ${MOST_LEVELS} 层`))
        return
      }
      const copy: Record<string, unknown> = {}
      put(copy)
      open.push({ value, pointer, level: level + 1, into: copy })
      return
    } else if (typeof value !== 'string' && typeof value !== 'boolean') {
      report(pointer, say('this is not plain data', '此处不是纯数据'))
      return
    }
    put(value)
  }

  place(input, '', 0, (copy) => root.push(copy))
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const { value, pointer, level, into } = next
    if (nodes > MOST_NODES || leaves > MOST_LEAVES) break
    if (Array.isArray(value)) {
      // A list nested in lists is no part of the language; only their depth is unbounded, so it is counted here.
      if (pointer.split('/').length > MOST_LEVELS * 4) {
        report(pointer, say(`a definition is at most ${MOST_LEVELS} levels deep`, `定义最多嵌套 ${MOST_LEVELS} 层`))
        continue
      }
      for (const [index, entry] of value.entries()) {
        place(entry, `${pointer}/${index}`, level, (copy) => (into as unknown[]).push(copy))
        if (nodes > MOST_NODES || leaves > MOST_LEAVES) break
      }
      continue
    }
    for (const key of Object.keys(value)) {
      const entry = (value as Record<string, unknown>)[key]
      const at = pointerTo(pointer, key)
      if (FORBIDDEN_KEYS.has(key)) report(at, say(`"${key}" is not allowed as a field`, `不允许字段名“${key}”`))
      else if (entry !== undefined) {
        place(entry, at, level, (copy) => {
          ;(into as Record<string, unknown>)[key] = copy
        })
      }
    }
  }
  if (nodes > MOST_NODES || leaves > MOST_LEAVES) {
    report('', say(`a definition has at most ${MOST_NODES} parts`, `定义最多 ${MOST_NODES} 个部分`))
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, copy: root[0] }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
