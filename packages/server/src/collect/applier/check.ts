import { type FlatProperty, type FlattenFault, flattenProperties, isName } from '@tagtree/core/catalog/flatten'
import { LATEST_INSTANT } from '@tagtree/core/catalog/stored-date'
import { storedText } from '@tagtree/core/catalog/stored-text'
import type { FactReason, LeftOutReason } from '@tagtree/core/collect/fact-reasons'
import type {
  IncomingAttributes,
  IncomingEvent,
  IncomingIdentities,
  IncomingItem,
  IncomingRelation,
  RawValue,
  SubjectReference,
} from '@tagtree/core/collect/incoming'
import type { KnownIdentity } from '@tagtree/core/identify/identify-fact'
import type { Zone } from '@tagtree/core/kernel/zone'
import type { Names } from '../../store/names.js'
import type { Rates } from '../../store/rates.js'
import type { CollectPolicy } from '../policy.js'
import { convertMoney } from './convert-money.js'
import type {
  CheckedEvent,
  CheckedFact,
  CheckedItem,
  CheckedRelation,
  CheckedSubject,
  LeftOutValue,
  RawFact,
  Rejection,
} from './facts.js'
import type { IdentityReader } from './identity-reader.js'

export interface CheckScope {
  readonly names: Names
  readonly policy: CollectPolicy
  readonly identities: IdentityReader
  /** Undone imports: what still comes of them is not taken. */
  readonly excluded: ReadonlySet<number>
  readonly rates: Rates
  readonly zone: Zone
}

/** A moment may lie this far ahead of its arrival: clocks differ. */
const FUTURE_MS = 600_000
const MAX_SUBJECTS = 10
const MAX_CHANGES = 500
const MAX_LINES = 5_000
const DAY_MS = 86_400_000
const ITEMS = new Set(['items'])

/** Tests one fact by itself; pure. Nothing of it is looked up but names. */
export function checkFact(raw: RawFact, scope: CheckScope): CheckedFact | Rejection {
  const { record, origin } = raw
  if (typeof record !== 'object' || record === null || !hasKey(record)) return reject(raw, 'malformed', '')
  if (origin.importId > 0 && scope.excluded.has(origin.importId)) return reject(raw, 'import_undone', '', false)
  const leftOut: LeftOutValue[] = []
  const ts = checkTime(raw, scope.policy, leftOut)
  if (typeof ts === 'string') return reject(raw, ts, '/ts')
  switch (record.type) {
    case 'event':
      return checkEvent(raw, record, ts, scope, leftOut)
    case 'attributes':
      return checkAttributes(raw, record, ts, scope, leftOut)
    case 'identities':
      return checkIdentities(raw, record, ts, scope, leftOut)
    case 'relation':
      return checkRelation(raw, record, ts, scope, leftOut)
    case 'item':
      return checkItem(raw, record, ts, scope, leftOut)
    default:
      return reject(raw, 'malformed', '/type')
  }
}

function hasKey(record: RawFact['record']): boolean {
  const { key } = record
  return (
    typeof key === 'object' &&
    key !== null &&
    (key.scope === 'stream' || key.scope === 'file') &&
    isHash(key.hash) &&
    (key.content === null || isHash(key.content))
  )
}

/** A signed 64-bit number in its one spelling: equal keys are equal texts. */
function isHash(hash: unknown): boolean {
  if (typeof hash !== 'string' || !/^(?:0|-?[1-9]\d{0,18})$/.test(hash)) return false
  return hash.length < 19 || BigInt.asIntN(64, BigInt(hash)) === BigInt(hash)
}

function reject(raw: RawFact, reason: FactReason, pointer: string, aside = true): Rejection {
  return { kind: 'rejected', origin: raw.origin, record: raw.record, reason, pointer, aside }
}

function checkTime(raw: RawFact, policy: CollectPolicy, leftOut: LeftOutValue[]): number | FactReason {
  const { record, origin } = raw
  const ts = record.ts
  if (typeof ts !== 'number' || !Number.isFinite(ts) || ts < 0 || ts >= LATEST_INSTANT) return 'time_invalid'
  if (ts > origin.receivedAt + FUTURE_MS) {
    leftOut.push({ reason: 'time_in_future', pointer: '/ts', value: ts })
    return origin.receivedAt
  }
  if (origin.importId === 0 && ts < origin.receivedAt - policy.lateDays * DAY_MS) return 'time_too_old'
  return Math.trunc(ts)
}

function checkEvent(
  raw: RawFact,
  record: IncomingEvent,
  ts: number,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedEvent | Rejection {
  const event = typeof record.event === 'string' ? (storedText(record.event) ?? '') : ''
  if (!isName(event)) return reject(raw, 'event_name_invalid', '/event')
  const known = scope.names.events.get(event)
  if (known?.state === 'blocked') return reject(raw, 'event_blocked', '/event', false)
  if (known === undefined && scope.policy.unplannedEvents !== 'accept') {
    return reject(raw, 'unplanned_event', '/event', scope.policy.unplannedEvents === 'quarantine')
  }
  if (!Array.isArray(record.about) || !isRecord(record.properties)) return reject(raw, 'malformed', '')
  if (record.about.length > MAX_SUBJECTS) return reject(raw, 'too_many_subjects', '/about')
  const about: CheckedSubject[] = []
  for (const [index, reference] of record.about.entries()) {
    const subject = checkSubject(reference, `/about/${index}`, scope, leftOut)
    if (typeof subject === 'object') about.push(subject)
    // Who did it must be known; somebody it merely names may be left out.
    else if (index === 0) return reject(raw, subject, '/about/0')
  }
  if (about.length === 0) return reject(raw, 'no_identity', '/about')
  const { properties, faults } = flattenProperties(record.properties, ITEMS)
  for (const fault of faults) leftOut.push(toLeftOut(fault, '/properties'))
  const lines = readLines(record.properties.items, leftOut)
  if (lines === 'too_many_lines') return reject(raw, 'too_many_lines', '/properties/items')
  const plain = applyPropertyPolicy(properties, '/properties', known?.plain, scope.policy, leftOut)
  if (plain === null) return reject(raw, 'unplanned_property', '/properties')
  const checkedLines: (readonly FlatProperty[])[] = []
  for (const line of lines) {
    const checked = applyPropertyPolicy(line, '/properties/items', known?.item, scope.policy, leftOut)
    if (checked === null) return reject(raw, 'unplanned_property', '/properties/items')
    checkedLines.push(checked)
  }
  const money = convertMoney(plain, ts, scope.rates, scope.zone)
  if ('unknown' in money) return reject(raw, 'rate_unknown', `/properties/${money.unknown}`)
  for (const [index, line] of checkedLines.entries()) {
    const converted = convertMoney(line, ts, scope.rates, scope.zone)
    if ('unknown' in converted) return reject(raw, 'rate_unknown', `/properties/items/${index}/${converted.unknown}`)
    checkedLines[index] = converted.properties
  }
  const { origin } = raw
  return { kind: 'event', origin, record, ts, leftOut, event, about, plain: money.properties, lines: checkedLines }
}

function applyPropertyPolicy(
  properties: readonly FlatProperty[],
  pointer: string,
  known: ReadonlyMap<string, unknown> | undefined,
  policy: CollectPolicy,
  leftOut: LeftOutValue[],
): readonly FlatProperty[] | null {
  if (policy.unplannedProperties === 'accept') return properties
  const planned = properties.filter((property) => known?.has(property.name))
  if (planned.length === properties.length) return properties
  if (policy.unplannedProperties === 'quarantine') return null
  for (const { name } of properties) {
    if (!known?.has(name)) leftOut.push({ reason: 'property_not_planned', pointer: `${pointer}/${name}`, value: null })
  }
  return planned
}

function readLines(
  items: RawValue | undefined,
  leftOut: LeftOutValue[],
): readonly (readonly FlatProperty[])[] | 'too_many_lines' {
  if (items === undefined || items === null) return []
  if (!Array.isArray(items) || !items.every(isRecord)) {
    leftOut.push({ reason: 'lines_not_objects', pointer: '/properties/items', value: items })
    return []
  }
  if (items.length > MAX_LINES) return 'too_many_lines'
  return (items as readonly Readonly<Record<string, RawValue>>[]).map((line, index) => {
    const { properties, faults } = flattenProperties(line)
    for (const fault of faults) leftOut.push(toLeftOut(fault, `/properties/items/${index}`))
    return properties
  })
}

function toLeftOut(fault: FlattenFault, pointer: string): LeftOutValue {
  return { reason: fault.fault satisfies LeftOutReason, pointer: `${pointer}${fault.pointer}`, value: null }
}

function checkSubject(
  reference: SubjectReference,
  pointer: string,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedSubject | 'malformed' | 'subject_unknown' | 'no_identity' {
  if (!isRecord(reference) || !Array.isArray(reference.identities)) return 'malformed'
  const subject = scope.names.subjects.get(reference.subject)
  if (subject === undefined) return 'subject_unknown'
  const identities: KnownIdentity[] = []
  for (const [index, identity] of reference.identities.entries()) {
    const read = scope.identities.read(subject.key, identity)
    if (typeof read === 'object') identities.push(read)
    else leftOut.push({ reason: read, pointer: `${pointer}/identities/${index}`, value: null })
  }
  return identities.length === 0 ? 'no_identity' : { subject, identities }
}

function checkAttributes(
  raw: RawFact,
  record: IncomingAttributes,
  ts: number,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedFact | Rejection {
  const about = checkSubject(record.about, '/about', scope, leftOut)
  if (typeof about === 'string') return reject(raw, about, '/about')
  if (!Array.isArray(record.changes)) return reject(raw, 'malformed', '/changes')
  if (record.changes.length > MAX_CHANGES) return reject(raw, 'too_many_changes', '/changes')
  const known = scope.names.attributes.get(about.subject.key)
  const policy = scope.policy.unplannedAttributes
  const changes: IncomingAttributes['changes'][number][] = []
  for (const [index, change] of record.changes.entries()) {
    const pointer = `/changes/${index}`
    const isPlanned = isRecord(change) && known?.has(change.attribute) === true
    if (!isRecord(change) || typeof change.attribute !== 'string' || !isName(change.attribute)) {
      leftOut.push({ reason: 'name_invalid', pointer, value: null })
    } else if (isPlanned || policy === 'accept') {
      changes.push(change)
    } else if (policy === 'quarantine') {
      return reject(raw, 'unplanned_attribute', pointer)
    } else {
      leftOut.push({ reason: 'attribute_not_planned', pointer, value: null })
    }
  }
  if (changes.length === 0 && record.changes.length > 0) return reject(raw, 'attribute_invalid', '/changes')
  return { kind: 'attributes', origin: raw.origin, record: { ...record, changes }, ts, leftOut, about }
}

function checkIdentities(
  raw: RawFact,
  record: IncomingIdentities,
  ts: number,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedFact | Rejection {
  const about = checkSubject(record.about, '/about', scope, leftOut)
  if (typeof about === 'string') return reject(raw, about, '/about')
  return { kind: 'identities', origin: raw.origin, record, ts, leftOut, about }
}

function checkRelation(
  raw: RawFact,
  record: IncomingRelation,
  ts: number,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedRelation | Rejection {
  if (typeof record.relation !== 'string' || !isName(record.relation)) return reject(raw, 'malformed', '/relation')
  if (record.role !== null && typeof record.role !== 'string') return reject(raw, 'malformed', '/role')
  const from = checkSubject(record.from, '/from', scope, leftOut)
  if (typeof from === 'string') return reject(raw, from, '/from')
  const to = checkSubject(record.to, '/to', scope, leftOut)
  if (typeof to === 'string') return reject(raw, to, '/to')
  const known = scope.names.relations.get(record.relation)
  if (known !== undefined && (known.from !== from.subject.key || known.to !== to.subject.key)) {
    return reject(raw, 'relation_mismatch', '/relation')
  }
  const until = record.until
  if (until !== null && !(Number.isFinite(until) && until >= 0 && until < LATEST_INSTANT)) {
    return reject(raw, 'time_invalid', '/until')
  }
  const common = { kind: 'relation', origin: raw.origin, record, ts, leftOut, until } as const
  // Said from the other end: it is one row of the relation that has rows.
  return known?.inverseOf == null
    ? { ...common, relation: record.relation, from, to }
    : { ...common, relation: known.inverseOf, from: to, to: from }
}

function checkItem(
  raw: RawFact,
  record: IncomingItem,
  ts: number,
  scope: CheckScope,
  leftOut: LeftOutValue[],
): CheckedItem | Rejection {
  const isKey = (text: unknown): boolean => typeof text === 'string' && text.trim() !== '' && text.length <= 255
  if (!isKey(record.item) || !isKey(record.catalogue) || !isRecord(record.properties)) {
    return reject(raw, 'item_invalid', '/item')
  }
  const [catalogue, item] = [storedText(record.catalogue)!, storedText(record.item)!]
  if (!isName(catalogue)) return reject(raw, 'item_invalid', '/catalogue')
  const { properties, faults } = flattenProperties(record.properties)
  for (const fault of faults) leftOut.push(toLeftOut(fault, '/properties'))
  const money = convertMoney(properties, ts, scope.rates, scope.zone)
  if ('unknown' in money) return reject(raw, 'rate_unknown', `/properties/${money.unknown}`)
  return { kind: 'item', origin: raw.origin, record, ts, leftOut, catalogue, item, plain: money.properties }
}

function isRecord<T>(value: T): value is T & Readonly<Record<string, RawValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
