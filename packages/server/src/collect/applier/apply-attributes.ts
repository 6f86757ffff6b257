import { type AttributeChange, applyChange, inOrder, isLater } from '@tagtree/core/catalog/attribute-fold'
import type { PropertyType } from '@tagtree/core/catalog/catalog'
import { coerceValue, type StoredValue } from '@tagtree/core/catalog/coerce'
import type { LeftOutReason } from '@tagtree/core/collect/fact-reasons'
import type { IncomingAttributes } from '@tagtree/core/collect/incoming'
import type { IdentityNode } from '@tagtree/core/identify/graph'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { LRUCache } from 'lru-cache'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { Names, StoredAttribute } from '../../store/names.js'
import type { Tx } from '../../store/postgres.js'
import {
  addChange,
  changeRow,
  foldProfile,
  type ProfileChanges,
  type ProfileFold,
  readAttributeHistory,
  writeDeletedProfile,
  writeProfileRow,
} from './attribute-history.js'
import type { CheckedAttributes, PlacedFact } from './facts.js'
import type { IdentifiedBatch } from './identify-batch.js'
import { loadProfiles } from './load-identities.js'
import type { RowWriter } from './row-text.js'

/** An attribute fact whose subject is known. */
export interface IdentifiedAttributes {
  readonly placed: PlacedFact<CheckedAttributes>
  readonly node: IdentityNode
}

export interface AttributeScope {
  readonly tx: Tx
  readonly workspaceId: number
  readonly clickhouse: WorkspaceClickHouse
  readonly names: Names
  readonly zone: Zone
  readonly excluded: readonly number[]
  readonly folds: LRUCache<number, ProfileFold>
  /** Resolves when everything planned before is readable in ClickHouse. */
  readonly settled: () => Promise<void>
}

export interface AttributeWriters {
  readonly changes: RowWriter
  readonly attributes: RowWriter
}

/**
 * Writes the changes of a batch and the new fold of every profile they touch or that was united. What is in order is
 * applied to the remembered fold; a late change or a union folds the profile's whole history again.
 */
export async function applyAttributes(
  scope: AttributeScope,
  facts: readonly IdentifiedAttributes[],
  batch: IdentifiedBatch,
  writers: AttributeWriters,
  version: bigint,
): Promise<() => void> {
  const byId = attributesById(scope.names)
  const changed = new Map<number, ProfileChanges>()
  const subjectOf = new Map<number, number>()
  for (const { placed, node } of facts) {
    const profile = batch.profileOf(node)
    subjectOf.set(profile, node.subject)
    let changes = changed.get(profile)
    if (changes === undefined) {
      changes = new Map()
      changed.set(profile, changes)
    }
    for (const { attribute, change } of readChanges(placed, scope.names, scope.zone)) {
      addChange(changes, attribute.id, change)
      const place = { profile, node: node.id, subject: node.subject, importId: placed.fact.origin.importId }
      writers.changes.add(changeRow(attribute, change, place))
    }
  }
  const folds = new Map<number, ProfileFold>()
  const needHistory = new Set<number>()
  for (const profile of batch.united.keys()) needHistory.add(profile)
  for (const [profile, changes] of changed) {
    if (needHistory.has(profile)) continue
    const base = profile >= batch.firstNewNode ? new Map() : scope.folds.get(profile)
    const fold = base === undefined ? undefined : applyInOrder(base, changes)
    if (fold === undefined) needHistory.add(profile)
    else folds.set(profile, fold)
  }
  const gone = await foldFromHistory(scope, batch, needHistory, changed, folds, byId)
  for (const [profile, fold] of folds) {
    const subject = subjectOf.get(profile) ?? batch.united.get(profile)?.[0]?.subject ?? 1
    if (fold.size > 0) writeProfileRow(writers.attributes, profile, subject, version, fold, byId)
  }
  for (const [profile, subject] of gone) writeDeletedProfile(writers.attributes, profile, subject, version)
  return () => {
    for (const [profile, fold] of folds) scope.folds.set(profile, fold)
    for (const { from } of batch.moved) scope.folds.delete(from)
  }
}

/** Attributes by their number. */
export function attributesById(names: Names): Map<number, StoredAttribute> {
  const byId = new Map<number, StoredAttribute>()
  for (const ofSubject of names.attributes.values()) {
    for (const attribute of ofSubject.values()) byId.set(attribute.id, attribute)
  }
  return byId
}

/** undefined = some change is older than what is folded already. The base is left as it was. */
function applyInOrder(base: ProfileFold, changes: ProfileChanges): ProfileFold | undefined {
  const fold: ProfileFold = new Map(base)
  for (const [id, list] of changes) {
    for (const change of inOrder(list)) {
      const folded = fold.get(id)
      if (!isLater(change, folded)) return undefined
      fold.set(id, applyChange(folded, change))
    }
  }
  return fold
}

/** Folds whole histories; answers the profiles that had attributes and went into others. */
async function foldFromHistory(
  scope: AttributeScope,
  batch: IdentifiedBatch,
  profiles: ReadonlySet<number>,
  changed: ReadonlyMap<number, ProfileChanges>,
  folds: Map<number, ProfileFold>,
  byId: ReadonlyMap<number, StoredAttribute>,
): Promise<Map<number, number>> {
  const gone = new Map<number, number>()
  if (profiles.size === 0) return gone
  const nodes = new Map<number, number>()
  const toLoad: number[] = []
  for (const profile of profiles) {
    const united = batch.united.get(profile)
    if (united === undefined) toLoad.push(profile)
    else for (const node of united) nodes.set(node.id, profile)
  }
  // Read inside the plan: nodes that this batch added to these profiles have no history to be missed.
  for (const [profile, list] of await loadProfiles(scope.tx, scope.workspaceId, toLoad, scope.names)) {
    for (const node of list) nodes.set(node.id, profile)
  }
  await scope.settled()
  const types = new Map<number, PropertyType>([...byId].map(([id, attribute]) => [id, attribute.type]))
  const history = await readAttributeHistory(
    scope.clickhouse,
    [...nodes.keys()],
    scope.excluded,
    types,
    (nodeId) => nodes.get(nodeId)!,
  )
  for (const profile of profiles) {
    const changes: ProfileChanges = history.changes.get(profile) ?? new Map()
    for (const [id, list] of changed.get(profile) ?? []) {
      changes.set(id, [...(changes.get(id) ?? []), ...list])
    }
    folds.set(profile, foldProfile(changes))
  }
  for (const { node, from } of batch.moved) if (history.nodesWithHistory.has(node.id)) gone.set(from, node.subject)
  return gone
}

/** Coerces the changes of one fact; what does not fit is left out and said so. */
function readChanges(
  placed: PlacedFact<CheckedAttributes>,
  names: Names,
  zone: Zone,
): { attribute: StoredAttribute; change: AttributeChange }[] {
  const { fact, seq } = placed
  const known = names.attributes.get(fact.about.subject.key)
  const times = new Map<string, bigint>()
  const read: { attribute: StoredAttribute; change: AttributeChange }[] = []
  for (const [index, raw] of fact.record.changes.entries()) {
    const attribute = known?.get(raw.attribute)
    if (attribute === undefined) {
      if (raw.value !== null && raw.value !== '' && raw.operation !== 'unset') {
        fact.leftOut.push({ reason: 'no_room', pointer: `/changes/${index}`, value: raw.value })
      }
      continue
    }
    const value = readValue(raw, attribute.type, zone)
    if (typeof value === 'string') {
      fact.leftOut.push({ reason: value, pointer: `/changes/${index}`, value: raw.value })
      continue
    }
    if (value === null && raw.operation !== 'unset') continue
    const time = times.get(attribute.key) ?? 0n
    times.set(attribute.key, time + 1n)
    read.push({ attribute, change: { operation: raw.operation, value, ts: fact.ts, seq: seq + time } })
  }
  return read
}

function readValue(
  raw: IncomingAttributes['changes'][number],
  type: PropertyType,
  zone: Zone,
): StoredValue | null | LeftOutReason {
  switch (raw.operation) {
    case 'set':
    case 'set_once':
      return coerceValue(raw.value, type, zone)
    case 'increment':
      return type === 'number' || type === 'money' ? coerceValue(raw.value, type, zone) : 'not_a_number'
    case 'append':
      return type === 'list' ? coerceValue(raw.value, type, zone) : 'not_a_list'
    case 'unset':
      return null
    default:
      return 'name_invalid'
  }
}
