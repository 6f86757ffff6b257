import type { PropertyType } from '@tagtree/core/catalog/catalog'
import type { IdentityNode } from '@tagtree/core/identify/graph'
import { SEQ_PER_BATCH } from '../../store/scan-state.js'
import { attributesById } from './apply-attributes.js'
import {
  ATTRIBUTE_COLUMNS,
  foldProfile,
  readAttributeHistory,
  writeDeletedProfile,
  writeProfileRow,
} from './attribute-history.js'
import type { ApplierHead } from './batch-store.js'
import { dropNodes } from './drop-nodes.js'
import { loadProfiles } from './load-identities.js'
import type { PlannedFacts, PlanScope } from './plan-facts.js'
import { RowWriter } from './row-text.js'
import { profilesOfEvidence, removeEvidence, replayProfiles } from './undo-identities.js'
import { forgetIdentities, refreshExcluded } from './workspace-state.js'
import { OVERRIDE_COLUMNS } from './write-identities.js'

/**
 * Undoing an import goes in steps, each a batch of its own, so that it is bounded however large the import was. Every
 * step may be repeated: after a crash the command begins again from the first.
 */
export type UndoStep =
  | { readonly step: 'exclude' }
  | { readonly step: 'replay' /** Number of a piece of evidence. */; readonly after: string }
  | { readonly step: 'attributes'; readonly after: number }
  | { readonly step: 'nodes'; readonly after: number }

export interface UndoneStep {
  readonly planned: PlannedFacts
  /** null = the command is done. */
  readonly next: UndoStep | null
}

const PROFILES_PER_STEP = 5_000

export async function planUndoStep(
  scope: PlanScope,
  head: ApplierHead,
  importId: number,
  step: UndoStep,
): Promise<UndoneStep> {
  switch (step.step) {
    case 'exclude':
      return exclude(scope, head, importId)
    case 'replay':
      return replay(scope, head, importId, step.after)
    case 'attributes':
      return foldAgain(scope, head, importId, step.after)
    case 'nodes':
      return drop(scope, head, importId, step.after)
  }
}

/** From here on no reader counts the rows of the import, and its file may come again. */
async function exclude(scope: PlanScope, head: ApplierHead, importId: number): Promise<UndoneStep> {
  const { tx, state } = scope
  const seq = seqOf(head)
  await tx.query(
    `insert into import_excluded (workspace_id, import_id, seq) values ($1, $2, $3) on conflict do nothing`,
    [state.workspaceId, importId, seq.toString()],
  )
  await removeEvidence(tx, state.workspaceId, importId, seq)
  await refreshExcluded(tx, state)
  return { planned: nothing(head), next: { step: 'replay', after: '0' } }
}

async function replay(scope: PlanScope, head: ApplierHead, importId: number, after: string): Promise<UndoneStep> {
  const { tx, state } = scope
  const { workspaceId } = state
  const found = await profilesOfEvidence(tx, workspaceId, importId, after, PROFILES_PER_STEP)
  if (found === null) return { planned: nothing(head), next: { step: 'attributes', after: 0 } }
  const { profiles, last } = found
  const version = seqOf(head) + BigInt(SEQ_PER_BATCH - 1)
  const { moved, touched } = await replayProfiles(tx, workspaceId, profiles, state.names, seqOf(head))
  const overrides = new RowWriter('node_override', OVERRIDE_COLUMNS)
  for (const { node, to } of moved) {
    overrides.add(`{"node_id":${node.id},"profile_id":${to},"version":"${version}"}`)
  }
  const attributes = new RowWriter('attributes', ATTRIBUTE_COLUMNS)
  await writeFolds(scope, touched, attributes, version)
  return {
    planned: {
      ...nothing(head),
      bodies: [overrides, attributes].flatMap((writer) => writer.finish() ?? []),
      reload: overrides.size > 0,
    },
    next: { step: 'replay', after: last },
  }
}

async function foldAgain(scope: PlanScope, head: ApplierHead, importId: number, after: number): Promise<UndoneStep> {
  const { tx, state, clickhouse } = scope
  await scope.settled()
  const rows = await clickhouse.query<{ profile: number }>(
    `SELECT DISTINCT dictGetOrDefault({dictionary:String}, 'profile_id', toUInt64(node_id), profile_id) AS profile
     FROM attribute_changes WHERE import_id = {import:UInt32} AND profile > {after:UInt32}
     ORDER BY profile LIMIT {limit:UInt32}`,
    {
      params: { dictionary: `${clickhouse.database}.override`, import: importId, after, limit: PROFILES_PER_STEP },
    },
  )
  if (rows.length === 0) {
    return { planned: nothing(head), next: { step: 'nodes', after: 0 } }
  }
  const profiles = rows.map((row) => row.profile)
  const nodes = await loadProfiles(tx, state.workspaceId, profiles, state.names)
  const attributes = new RowWriter('attributes', ATTRIBUTE_COLUMNS)
  await writeFolds(scope, nodes, attributes, seqOf(head) + BigInt(SEQ_PER_BATCH - 1))
  return {
    planned: { ...nothing(head), bodies: attributes.finish() === undefined ? [] : [attributes.finish()!] },
    next: { step: 'attributes', after: profiles.at(-1)! },
  }
}

async function drop(scope: PlanScope, head: ApplierHead, importId: number, after: number): Promise<UndoneStep> {
  const { tx, state } = scope
  const last = await dropNodes(tx, state.workspaceId, importId, after, PROFILES_PER_STEP)
  if (last !== null) return { planned: nothing(head), next: { step: 'nodes', after: last } }
  await tx.query(
    `update import_excluded set finished_batch = coalesce(finished_batch, $3) where workspace_id = $1 and import_id = $2`,
    [state.workspaceId, importId, head.batchNo],
  )
  return { planned: { ...nothing(head), remember: () => forgetIdentities(state) }, next: null }
}

/** Folds the attributes of whole profiles from what is left of their history. */
async function writeFolds(
  scope: PlanScope,
  profiles: ReadonlyMap<number, readonly IdentityNode[]>,
  writer: RowWriter,
  version: bigint,
): Promise<void> {
  const { state, clickhouse } = scope
  const byId = attributesById(state.names)
  const types = new Map<number, PropertyType>([...byId].map(([id, attribute]) => [id, attribute.type]))
  const profileOf = new Map<number, number>()
  for (const [profile, nodes] of profiles) for (const node of nodes) profileOf.set(node.id, profile)
  await scope.settled()
  const history = await readAttributeHistory(
    clickhouse,
    [...profileOf.keys()],
    state.excluded,
    types,
    (nodeId) => profileOf.get(nodeId)!,
  )
  for (const [profile, nodes] of profiles) {
    const changes = history.changes.get(profile)
    const subject = nodes[0]?.subject ?? 1
    if (changes === undefined) writeDeletedProfile(writer, profile, subject, version)
    else writeProfileRow(writer, profile, subject, version, foldProfile(changes), byId)
  }
}

function seqOf(head: ApplierHead): bigint {
  return BigInt(head.batchNo) * BigInt(SEQ_PER_BATCH)
}

function nothing(head: ApplierHead): PlannedFacts {
  const { nextNode, nextEdge, hasSuperseded } = head
  return { bodies: [], nextNode, nextEdge, hasSuperseded, reload: false, remember: () => {} }
}
