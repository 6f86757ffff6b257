import { instantText } from '@tagtree/core/catalog/stored-date'
import { storedText } from '@tagtree/core/catalog/stored-text'
import type { IdentityNode } from '@tagtree/core/identify/graph'
import type { Vault } from '../../identify/identity-vault.js'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { growCatalog } from '../../store/grow-catalog.js'
import type { Tx } from '../../store/postgres.js'
import { type AttributeScope, applyAttributes, type IdentifiedAttributes } from './apply-attributes.js'
import { ATTRIBUTE_COLUMNS, CHANGE_COLUMNS } from './attribute-history.js'
import type { ApplierHead } from './batch-store.js'
import { checkFact } from './check.js'
import { EVENT_COLUMNS, writeEventRows } from './event-rows.js'
import type { CheckedEvent, CheckedFact, CheckedRelation, PlacedFact, RawFact, Rejection } from './facts.js'
import { type IdentifiedBatch, identifyBatch, type SubjectOfFact } from './identify-batch.js'
import { ITEM_COLUMNS, writeItemRow } from './item-rows.js'
import { noteLate } from './note-late.js'
import { placeFacts, type Superseded, weekOf } from './place-facts.js'
import { setAside } from './quarantine.js'
import { RowWriter, type TableBody } from './row-text.js'
import { Tally } from './tally.js'
import { findNewNames } from './type-names.js'
import { refreshNames, sourceIdOf, useNames, type WorkspaceState } from './workspace-state.js'
import { IDENTITY_COLUMNS, NODE_COLUMNS, OVERRIDE_COLUMNS, type Remember, writeIdentities } from './write-identities.js'

export interface PlanScope {
  readonly tx: Tx
  readonly state: WorkspaceState
  readonly clickhouse: WorkspaceClickHouse
  readonly vault: Vault
  readonly now: number
  /** Resolves when everything planned before is readable in ClickHouse. */
  readonly settled: () => Promise<void>
}

export interface PlannedFacts {
  readonly bodies: readonly TableBody[]
  readonly nextNode: number
  readonly nextEdge: bigint
  readonly hasSuperseded: boolean
  readonly reload: boolean
  /** To be called once the transaction has committed. */
  readonly remember: Remember
}

const RELATION_COLUMNS = [
  'kind',
  'from_node',
  'from_profile',
  'to_node',
  'to_profile',
  'role',
  'from_ts',
  'to_ts',
  'seq',
  'import_id',
] as const

/**
 * Turns facts of the log into the rows of one batch, inside the plan transaction: check, deduplicate, grow the catalog,
 * identify, write. Rows are made in log order; the same log gives the same rows.
 */
export async function planFacts(scope: PlanScope, head: ApplierHead, raw: readonly RawFact[]): Promise<PlannedFacts> {
  const { tx, state, clickhouse, vault } = scope
  const { workspaceId } = state
  const tally = new Tally()
  await refreshNames(tx, state)
  const rejections: Rejection[] = []
  const checked: CheckedFact[] = []
  const { names, policy, rates, zone, reader: identities, undone: excluded } = state
  const checkScope = { names, policy, rates, zone, identities, excluded }
  for (const fact of raw) {
    tally.add(fact.origin.importId, 'received')
    const result = checkFact(fact, checkScope)
    if (result.kind === 'rejected') rejections.push(result)
    else checked.push(result)
  }
  const placed = await placeFacts(tx, workspaceId, checked, head.batchNo, weekOf(scope.now))
  for (const { origin } of placed.duplicates) tally.add(origin.importId, 'duplicate')
  await noteLate(tx, workspaceId, head.batchNo, placed.facts)
  const wanted = findNewNames(placed.facts, state.names)
  if (wanted !== undefined) useNames(state, await growCatalog(tx, clickhouse, workspaceId, wanted, false))

  const subjects = placed.facts.flatMap(subjectsOf)
  const identified = await identifyBatch(tx, workspaceId, subjects, state.identity, vault, state.names, head.nextNode)
  const writers = {
    events: new RowWriter('events', EVENT_COLUMNS),
    superseded: new RowWriter('events_superseded', ['seq', 'by_seq', 'import_id']),
    relations: new RowWriter('relations', RELATION_COLUMNS),
    changes: new RowWriter('attribute_changes', CHANGE_COLUMNS),
    attributes: new RowWriter('attributes', ATTRIBUTE_COLUMNS),
    items: new RowWriter('items', ITEM_COLUMNS),
    nodes: new RowWriter('nodes', NODE_COLUMNS),
    identities: new RowWriter('identities', IDENTITY_COLUMNS),
    overrides: new RowWriter('node_override', OVERRIDE_COLUMNS),
  }
  const attributeFacts = await writeFacts(scope, placed.facts, subjects, identified, writers, tally)
  writeSuperseded(writers.superseded, placed.superseded)
  const version = placed.nextSeq
  const { nextEdge, remember } = await writeIdentities(
    tx,
    workspaceId,
    subjects,
    identified,
    state.identity,
    vault,
    writers,
    head.nextEdge,
    version,
  )
  const attributeScope: AttributeScope = {
    tx,
    workspaceId,
    clickhouse,
    names: state.names,
    zone: state.zone,
    excluded: state.excluded,
    folds: state.folds,
    settled: scope.settled,
  }
  const rememberFolds = await applyAttributes(attributeScope, attributeFacts, identified, writers, version)
  countFacts(placed.facts, subjects, identified, rejections, tally)
  await setAside(tx, workspaceId, vault, head.batchNo, rejections, placed.facts)
  await tally.write(tx, workspaceId)
  return {
    bodies: Object.values(writers).flatMap((writer) => writer.finish() ?? []),
    nextNode: identified.firstNewNode + identified.newNodes.length,
    nextEdge,
    hasSuperseded: head.hasSuperseded || placed.superseded.length > 0,
    reload: writers.overrides.size > 0,
    remember: () => {
      remember()
      rememberFolds()
    },
  }
}

/** The subjects of a fact, in the order of its rows. */
function subjectsOf(placed: PlacedFact): SubjectOfFact[] {
  const { fact, seq } = placed
  switch (fact.kind) {
    case 'event':
      return fact.about.map((subject, index) => ({ placed, subject, seq: seq + BigInt(index) }))
    case 'attributes':
    case 'identities':
      return [{ placed, subject: fact.about, seq }]
    case 'relation':
      return [
        { placed, subject: fact.from, seq },
        { placed, subject: fact.to, seq },
      ]
    case 'item':
      return []
  }
}

type Writers = Record<'events' | 'relations' | 'items', RowWriter>

/** Writes the rows of events, relations and items; hands back the attribute facts with their nodes. */
async function writeFacts(
  scope: PlanScope,
  facts: readonly PlacedFact[],
  subjects: readonly SubjectOfFact[],
  identified: IdentifiedBatch,
  writers: Writers,
  tally: Tally,
): Promise<IdentifiedAttributes[]> {
  const { state } = scope
  const attributes: IdentifiedAttributes[] = []
  let next = 0
  const takeNode = (): IdentityNode => {
    const { fact: who } = identified.subjects[next]!
    for (const { reason } of who.leftOut) {
      const { importId } = subjects[next]!.placed.fact.origin
      tally.add(importId, 'identities_left_out')
      tally.reason(importId, reason)
    }
    next += 1
    return who.node
  }
  for (const placed of facts) {
    const { fact } = placed
    switch (fact.kind) {
      case 'event': {
        const about = fact.about.map(() => takeNode())
        const rows = about.map((node) => ({
          subject: node.subject,
          nodeId: node.id,
          profileId: identified.profileOf(node),
        }))
        const sourceId = await sourceIdOf(scope.tx, state, fact.origin.source)
        writeEventRows(writers.events, placed as PlacedFact<CheckedEvent>, rows, sourceId, state.names, state.zone)
        break
      }
      case 'attributes':
        attributes.push({ placed: placed as IdentifiedAttributes['placed'], node: takeNode() })
        break
      case 'identities':
        takeNode()
        break
      case 'relation':
        writers.relations.add(relationRow(fact, placed.seq, takeNode(), takeNode(), identified))
        break
      case 'item':
        writeItemRow(writers.items, fact, placed.seq, state.names, state.zone)
        break
    }
  }
  return attributes
}

function relationRow(
  fact: CheckedRelation,
  seq: bigint,
  from: IdentityNode,
  to: IdentityNode,
  identified: IdentifiedBatch,
): string {
  const { relation, record } = fact
  const { role } = record
  const until = fact.until === null ? 'null' : `"${instantText(fact.until)}"`
  const ends = `"from_node":${from.id},"from_profile":${identified.profileOf(from)},"to_node":${to.id},"to_profile":${identified.profileOf(to)}`
  return `{"kind":${JSON.stringify(relation)},${ends},"role":${JSON.stringify(storedText(role ?? '') ?? '')},"from_ts":"${instantText(fact.ts)}","to_ts":${until},"seq":"${seq}","import_id":${fact.origin.importId}}`
}

function writeSuperseded(writer: RowWriter, superseded: readonly Superseded[]): void {
  for (const { seq, bySeq, importId } of superseded) {
    writer.add(`{"seq":"${seq}","by_seq":"${bySeq}","import_id":${importId}}`)
  }
}

/**
 * Events count by their key; facts about a subject count as created when they made a profile, else as updated, so that
 * the closing report of a customer file says how many customers were new.
 */
function countFacts(
  facts: readonly PlacedFact[],
  subjects: readonly SubjectOfFact[],
  identified: IdentifiedBatch,
  rejections: readonly Rejection[],
  tally: Tally,
): void {
  const madeProfile = new Set<PlacedFact>()
  identified.subjects.forEach(({ isNewProfile, merges }, index) => {
    const { placed } = subjects[index]!
    const { importId } = placed.fact.origin
    if (isNewProfile) {
      tally.add(importId, 'profiles')
      madeProfile.add(placed)
    }
    if (merges > 0) tally.add(importId, 'merged', merges)
  })
  for (const placed of facts) {
    const { fact, standing } = placed
    const { importId } = fact.origin
    const isAboutSubject = fact.kind === 'attributes' || fact.kind === 'identities'
    const outcome = isAboutSubject ? (madeProfile.has(placed) ? 'created' : 'updated') : standing
    tally.add(importId, outcome)
    for (const { reason } of fact.leftOut) {
      tally.add(importId, reason.startsWith('identity_') ? 'identities_left_out' : 'values_refused')
      tally.reason(importId, reason)
    }
  }
  for (const { origin, reason } of rejections) {
    tally.add(origin.importId, 'rejected')
    tally.reason(origin.importId, reason)
  }
}
