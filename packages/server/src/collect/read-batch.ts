import { LATEST_INSTANT } from '@tagtree/core/catalog/stored-date'
import type {
  AttributeOperation,
  Incoming,
  IncomingAttributes,
  RawValue,
  SubjectReference,
} from '@tagtree/core/collect/incoming'
import type {
  AttributesItem,
  CatalogueItem,
  EventItem,
  IdentitiesItem,
  RelationItem,
  SubjectGiven,
} from '@tagtree/core/contract/batch'
import type { Issue } from '@tagtree/core/kernel/app-error'
import type { z } from 'zod'
import { streamKey } from './stream-key.js'

/** Deepest nesting inside one item. */
const MAX_ITEM_DEPTH = 32

/**
 * What no schema sees: keys that reach a prototype, numbers that are none (1e400), nesting without end. Only the item that
 * has them is refused.
 */
export function findHostile(item: unknown): Issue | undefined {
  const open: { value: unknown; pointer: string; depth: number }[] = [{ value: item, pointer: '', depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, pointer, depth } = next
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return { pointer, message: 'the number is too large', messageZh: '数字过大' }
    }
    if (typeof value !== 'object' || value === null) continue
    if (depth >= MAX_ITEM_DEPTH) {
      return {
        pointer: pointer.slice(0, 200),
        message: `nested deeper than ${MAX_ITEM_DEPTH} levels`,
        messageZh: `嵌套超过 ${MAX_ITEM_DEPTH} 层`,
      }
    }
    for (const [key, child] of Object.entries(value)) {
      const at = `${pointer}/${key.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
        return { pointer: at, message: `the name "${key}" is reserved`, messageZh: `名称“${key}”是保留字` }
      }
      open.push({ value: child, pointer: at, depth: depth + 1 })
    }
  }
  return undefined
}

/** Reads a moment in ms, or says why it is none. */
export function readMoment(moment: string | number | undefined, arrival: number): number | Issue {
  if (moment === undefined) return arrival
  const ms = typeof moment === 'number' ? Math.trunc(moment) : Date.parse(moment)
  if (Number.isFinite(ms) && ms >= 0 && ms < LATEST_INSTANT) return ms
  return {
    pointer: '/time',
    message: 'the time must lie between 1970 and 2299',
    messageZh: '时间须在 1970 至 2299 年之间',
  }
}

export function eventFact(item: z.output<typeof EventItem>, arrival: number): Incoming | Issue {
  const ts = readMoment(item.time, arrival)
  if (typeof ts === 'object') return ts
  return {
    type: 'event',
    key: streamKey(`event\0${item.id}`),
    event: item.event,
    ts,
    about: [subjectOf(item), ...(item.also ?? []).map(subjectOf)],
    properties: (item.properties ?? {}) as Readonly<Record<string, RawValue>>,
  }
}

export function attributesFact(item: z.output<typeof AttributesItem>, arrival: number): Incoming | Issue {
  const ts = readMoment(item.time, arrival)
  if (typeof ts === 'object') return ts
  const changes: IncomingAttributes['changes'][number][] = []
  const change = (operation: AttributeOperation, values: Readonly<Record<string, unknown>> | undefined): void => {
    for (const [attribute, value] of Object.entries(values ?? {})) {
      changes.push({ operation, attribute, value: value as RawValue })
    }
  }
  change('set', item.set)
  change('set_once', item.setOnce)
  change('increment', item.increment)
  change('append', item.append)
  for (const attribute of item.unset ?? []) changes.push({ operation: 'unset', attribute, value: null })
  if (changes.length === 0) {
    return {
      pointer: '',
      message: 'it changes nothing: give set, setOnce, increment, append or unset',
      messageZh: '没有任何修改',
    }
  }
  return { type: 'attributes', key: streamKey(`attributes\0${item.id}`), ts, about: subjectOf(item), changes }
}

export function identitiesFact(item: z.output<typeof IdentitiesItem>, arrival: number): Incoming | Issue {
  const ts = readMoment(item.time, arrival)
  if (typeof ts === 'object') return ts
  const about = subjectOf(item)
  return {
    type: 'identities',
    key: streamKey(`identities\0${item.id ?? JSON.stringify([about, item.time])}`),
    ts,
    about,
  }
}

export function relationFact(item: z.output<typeof RelationItem>, arrival: number): Incoming | Issue {
  const ts = readMoment(item.time, arrival)
  if (typeof ts === 'object') return ts
  const until = item.until === undefined ? null : readMoment(item.until, arrival)
  if (until !== null && typeof until === 'object') return { ...until, pointer: '/until' }
  const { relation, role = null } = item
  const [from, to] = [subjectOf(item.from), subjectOf(item.to)]
  const id = item.id ?? JSON.stringify([relation, from, to, role, item.time, item.until])
  return { type: 'relation', key: streamKey(`relation\0${id}`), relation, from, to, role, ts, until }
}

export function itemFact(item: z.output<typeof CatalogueItem>, arrival: number): Incoming | Issue {
  const ts = readMoment(item.time, arrival)
  if (typeof ts === 'object') return ts
  const properties = (item.properties ?? {}) as Readonly<Record<string, RawValue>>
  // Sent again without an id and a time, it is a new statement: the item may have been another one in between.
  const id = item.id ?? JSON.stringify([item.catalogue, item.item, properties, item.time ?? arrival])
  return {
    type: 'item',
    key: streamKey(`item\0${id}`),
    catalogue: item.catalogue,
    item: item.item,
    ts,
    properties,
  }
}

function subjectOf(given: z.output<typeof SubjectGiven>): SubjectReference {
  const identities = Object.entries(given.identities).flatMap(([kind, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => ({ kind, value: String(value) })),
  )
  return { subject: given.subject, identities }
}
