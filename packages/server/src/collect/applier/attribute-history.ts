import { type AttributeChange, type FoldedAttribute, foldAttribute } from '@tagtree/core/catalog/attribute-fold'
import type { PropertyType } from '@tagtree/core/catalog/catalog'
import type { StoredValue } from '@tagtree/core/catalog/coerce'
import { instantText } from '@tagtree/core/catalog/stored-date'
import type { AttributeOperation } from '@tagtree/core/collect/incoming'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import type { StoredAttribute } from '../../store/names.js'
import { looseText, type RowWriter, valueText } from './row-text.js'

/** All attributes of one profile, by attribute number. */
export type ProfileFold = Map<number, FoldedAttribute>

/** Changes of one profile, by attribute number. */
export type ProfileChanges = Map<number, AttributeChange[]>

export const CHANGE_COLUMNS = [
  'attr_id',
  'profile_id',
  'node_id',
  'subject',
  'ts',
  'seq',
  'import_id',
  'op',
  'num',
  'str',
  'list',
  'at',
] as const
export const ATTRIBUTE_COLUMNS = ['profile_id', 'subject', 'version', 'deleted', 'extra'] as const

interface HistoryRow {
  readonly attr_id: number
  readonly node_id: number
  readonly at_ms: string
  readonly seq: string
  readonly op: AttributeOperation
  readonly num: string | null
  readonly str: string | null
  readonly list: readonly string[]
  readonly value_ms: string | null
}

/**
 * Everything that was ever said about the attributes of these nodes, without undone imports. `profileOf` says whose a
 * node is now; the second answer tells which nodes had anything.
 */
export async function readAttributeHistory(
  clickhouse: WorkspaceClickHouse,
  nodes: readonly number[],
  excluded: readonly number[],
  types: ReadonlyMap<number, PropertyType>,
  profileOf: (nodeId: number) => number,
): Promise<{ changes: Map<number, ProfileChanges>; nodesWithHistory: Set<number> }> {
  const changes = new Map<number, ProfileChanges>()
  const nodesWithHistory = new Set<number>()
  for (const row of await readRows(clickhouse, nodes, excluded)) {
    const type = types.get(row.attr_id)
    nodesWithHistory.add(row.node_id)
    if (type === undefined) continue
    const profile = profileOf(row.node_id)
    let ofProfile = changes.get(profile)
    if (ofProfile === undefined) {
      ofProfile = new Map()
      changes.set(profile, ofProfile)
    }
    const change = { operation: row.op, value: readValue(row, type), ts: Number(row.at_ms), seq: BigInt(row.seq) }
    addChange(ofProfile, row.attr_id, change)
  }
  return { changes, nodesWithHistory }
}

/** The engine takes parameters up to 128 KiB: long lists of nodes are asked for in parts. */
const NODES_PER_QUERY = 10_000

async function readRows(
  clickhouse: WorkspaceClickHouse,
  nodes: readonly number[],
  excluded: readonly number[],
): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = []
  for (let from = 0; from < nodes.length; from += NODES_PER_QUERY) {
    const part = await clickhouse.query<HistoryRow>(
      `SELECT attr_id, node_id, toUnixTimestamp64Milli(ts) AS at_ms, seq, op, num, str, list,
              toUnixTimestamp64Milli(at) AS value_ms
       FROM attribute_changes WHERE node_id IN {nodes:Array(UInt32)} AND import_id NOT IN {excluded:Array(UInt32)}`,
      { params: { nodes: nodes.slice(from, from + NODES_PER_QUERY), excluded } },
    )
    for (const row of part) rows.push(row)
  }
  return rows
}

export function addChange(changes: ProfileChanges, attributeId: number, change: AttributeChange): void {
  const list = changes.get(attributeId)
  if (list === undefined) changes.set(attributeId, [change])
  else list.push(change)
}

/** Folds all changes of a profile. */
export function foldProfile(changes: ProfileChanges): ProfileFold {
  const fold: ProfileFold = new Map()
  for (const [id, list] of changes) fold.set(id, foldAttribute(list)!)
  return fold
}

/** The value of a change by the type of its attribute; null = unset. */
export function readValue(
  row: Pick<HistoryRow, 'op' | 'num' | 'str' | 'list' | 'value_ms'>,
  type: PropertyType,
): StoredValue | null {
  if (row.op === 'unset') return null
  switch (type) {
    case 'number':
    case 'money':
      return row.num === null ? null : { type: 'number', value: trimZeros(row.num) }
    case 'bool':
      return row.num === null ? null : { type: 'bool', value: Number(row.num) !== 0 }
    case 'text':
      return row.str === null ? null : { type: 'text', value: row.str }
    case 'date':
      return row.value_ms === null ? null : { type: 'date', value: Number(row.value_ms) }
    case 'list':
      return { type: 'list', value: row.list }
  }
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** One row of attribute_changes. */
export function changeRow(
  attribute: StoredAttribute,
  change: AttributeChange,
  place: { readonly profile: number; readonly node: number; readonly subject: number; readonly importId: number },
): string {
  const { value } = change
  const cell =
    value === null
      ? ''
      : value.type === 'number'
        ? `,"num":${valueText(value)}`
        : value.type === 'bool'
          ? `,"num":"${value.value ? 1 : 0}"`
          : value.type === 'text'
            ? `,"str":${valueText(value)}`
            : value.type === 'date'
              ? `,"at":${valueText(value)}`
              : `,"list":${valueText(value)}`
  return `{"attr_id":${attribute.id},"profile_id":${place.profile},"node_id":${place.node},"subject":${place.subject},"ts":"${instantText(change.ts)}","seq":"${change.seq}","import_id":${place.importId},"op":"${change.operation}"${cell}}`
}

/** The present attributes of a profile as its row. */
export function writeProfileRow(
  writer: RowWriter,
  profile: number,
  subject: number,
  version: bigint,
  fold: ProfileFold,
  attributes: ReadonlyMap<number, StoredAttribute>,
): void {
  let fields = ''
  let extra = ''
  for (const [id, { value }] of fold) {
    const attribute = attributes.get(id)
    if (attribute === undefined || value === null) continue
    const { column } = attribute
    if (column === null) {
      extra += `${extra === '' ? '' : ','}${JSON.stringify(attribute.key)}:${looseText(value)}`
      continue
    }
    writer.uses(column)
    fields += `,"${column}":${valueText(value)}`
    if (value.type === 'list') {
      writer.uses(`${column}__known`)
      fields += `,"${column}__known":1`
    }
  }
  writer.add(
    `{"profile_id":${profile},"subject":${subject},"version":"${version}","deleted":0${fields},"extra":{${extra}}}`,
  )
}

/** The row that takes a profile out: it went into another one, or nothing is known of it any more. */
export function writeDeletedProfile(writer: RowWriter, profile: number, subject: number, version: bigint): void {
  writer.add(`{"profile_id":${profile},"subject":${subject},"version":"${version}","deleted":1,"extra":{}}`)
}
