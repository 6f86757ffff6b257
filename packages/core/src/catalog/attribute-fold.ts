import type { AttributeOperation } from '../collect/incoming.js'
import type { StoredValue } from './coerce.js'
import { MAX_LIST_LENGTH } from './coerce.js'

/** One change of one attribute; `value` is null for unset. Order is (ts, seq), then the order in which it was given. */
export interface AttributeChange {
  readonly operation: AttributeOperation
  readonly value: StoredValue | null
  readonly ts: number
  readonly seq: bigint
}

/** What an attribute holds after some changes, and the last of them. */
export interface FoldedAttribute {
  readonly value: StoredValue | null
  readonly ts: number
  readonly seq: bigint
}

/** Whether a change comes after what is folded already, so that it may simply be applied. */
export function isLater(change: Pick<AttributeChange, 'ts' | 'seq'>, folded: FoldedAttribute | undefined): boolean {
  return folded === undefined || change.ts > folded.ts || (change.ts === folded.ts && change.seq >= folded.seq)
}

/** Sorts changes into the order in which they count. */
export function inOrder(changes: readonly AttributeChange[]): AttributeChange[] {
  return changes.toSorted((a, b) => a.ts - b.ts || (a.seq < b.seq ? -1 : a.seq > b.seq ? 1 : 0))
}

/** Folds changes given in any order. undefined = no change at all. */
export function foldAttribute(changes: readonly AttributeChange[]): FoldedAttribute | undefined {
  let folded: FoldedAttribute | undefined
  for (const change of inOrder(changes)) folded = applyChange(folded, change)
  return folded
}

/** Applies the next change in order. */
export function applyChange(folded: FoldedAttribute | undefined, change: AttributeChange): FoldedAttribute {
  return { value: nextValue(folded?.value ?? null, change), ts: change.ts, seq: change.seq }
}

function nextValue(current: StoredValue | null, change: AttributeChange): StoredValue | null {
  switch (change.operation) {
    case 'set':
      return change.value
    case 'set_once':
      return current ?? change.value
    case 'unset':
      return null
    case 'increment':
      return increment(current, change.value)
    case 'append':
      return append(current, change.value)
  }
}

function increment(current: StoredValue | null, by: StoredValue | null): StoredValue | null {
  if (by?.type !== 'number') return current
  if (current?.type !== 'number') return by
  const sum = units(current.value) + units(by.value)
  return sum >= LIMIT || sum <= -LIMIT ? current : { type: 'number', value: spell(sum) }
}

/** Adds what is not in the list yet, in the order given; a full list stays as it is. */
function append(current: StoredValue | null, more: StoredValue | null): StoredValue | null {
  if (more?.type !== 'list') return current
  const known = current?.type === 'list' ? current.value : []
  return { type: 'list', value: [...new Set([...known, ...more.value])].slice(0, MAX_LIST_LENGTH) }
}

const LIMIT = 10n ** 18n

/** Decimal text with at most four decimals as a whole number of ten-thousandths. */
function units(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  const size = BigInt(whole.replace('-', '')) * 10_000n + BigInt(fraction.padEnd(4, '0') || '0')
  return text.startsWith('-') ? -size : size
}

function spell(value: bigint): string {
  const size = value < 0n ? -value : value
  const digits = size.toString().padStart(5, '0')
  const fraction = digits.slice(-4).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}${fraction === '' ? '' : `.${fraction}`}`
}
