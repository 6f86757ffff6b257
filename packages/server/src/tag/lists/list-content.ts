import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'
import { CatalogueChange } from '../catalogue/change-log.js'
import { type ListDocument, readDefinition, readHead } from '../catalogue/definitions.js'
import { KIND_WORDS } from '../catalogue/kind-words.js'
import { addVersion } from '../catalogue/save-definition.js'
import type { CatalogueScope } from '../catalogue/scope.js'

/** What is done with the people or values that are given. */
export type ListChange = 'add' | 'remove' | 'replace'

/** Where a content came from; `file` is read again for the rows that named nobody. */
export interface ContentSource {
  readonly how: ListChange
  readonly file: {
    readonly id: number
    readonly columns: Readonly<Record<string, string>>
    readonly reading: object
  } | null
}

/** What became of the rows. Rows: matched + duplicate + unmatched. */
export interface ContentCounts {
  readonly rows: number
  /** Distinct people or values that were named. */
  readonly matched: number
  /** Rows that named again who or what had been named before. */
  readonly duplicate: number
  readonly unmatched: number
}

/** How a content came about: kept beside it. */
export interface ContentNote {
  readonly source: ContentSource
  readonly counts: ContentCounts
  readonly unmatched: readonly UnmatchedRow[]
}

/** Why a row named nobody. */
export type UnmatchedReason = 'empty' | 'unknown' | 'shared' | 'several' | 'broken' | 'too_long'
/** Row of the file (as a person counts) and why. */
export type UnmatchedRow = readonly [row: number, reason: UnmatchedReason]

export interface StoredList {
  readonly document: ListDocument
  readonly number: number
  /** The version of its document that counts. */
  readonly version: number
}

/** @throws AppError NOT_FOUND */
export async function readList(scope: CatalogueScope, id: string): Promise<StoredList> {
  const head = await readHead(scope, id)
  if (head === null || head.state === 'deleted' || head.kind !== 'list') {
    throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.list, name: id } })
  }
  const { body, version } = await readDefinition(scope, id)
  return { document: body as ListDocument, number: head.number, version }
}

/** What a list holds at one of its contents: node -> whether it is on it; or its values. */
type Nodes = Map<number, boolean>

/** The change as it was made. */
export interface ChangedList extends StoredList {
  readonly changeNo: string
}

/**
 * Changes whom a list holds, as one undoable change of the catalogue; what is published follows by `publishList`.
 * `nodes`: one per person, each person once.
 * @throws AppError NOT_FOUND | LIST_HOLDS_VALUES
 */
export async function changePeople(
  scope: CatalogueScope,
  id: string,
  how: ListChange,
  nodes: readonly number[],
  note: ContentNote,
): Promise<ChangedList> {
  return inChange(scope, id, 'subjects', note, async (list, newest) => {
    const { tx, workspaceId } = scope
    const { number, document } = list
    const present = how === 'replace' ? new Map() : await readNodes(tx, workspaceId, number, document.content ?? 0)
    const profiles = await profilesOf(tx, workspaceId, [...present.keys(), ...nodes])
    const holders = new Map([...present.keys()].map((node) => [profiles.get(node), node]))
    // The members of the segment it began with have no entries: who leaves must be written down.
    const beganWithSegment = document.origin === undefined && how !== 'replace'
    const wanted: Nodes = new Map(present)
    for (const node of nodes) {
      const holder = holders.get(profiles.get(node)) ?? node
      if (how !== 'remove') wanted.set(holder, true)
      else if (beganWithSegment) wanted.set(holder, false)
      else wanted.delete(holder)
    }
    const written = await readNodes(tx, workspaceId, number, newest)
    await writeNodes(tx, workspaceId, number, newest + 1, written, wanted)
    return beganWithSegment ? document : { ...document, origin: 'given' }
  })
}

/**
 * Changes the values of a list, as one undoable change; definitions see them with the next catalogue.
 * @throws AppError NOT_FOUND | LIST_HOLDS_PEOPLE | LIST_TOO_LONG
 */
export async function changeValues(
  scope: CatalogueScope,
  id: string,
  how: ListChange,
  values: ReadonlySet<string>,
  note: ContentNote,
): Promise<ChangedList & { readonly joined: number; readonly left: number; readonly size: number }> {
  const figures = { joined: 0, left: 0, size: 0 }
  const changed = await inChange(scope, id, 'values', note, async (list, newest) => {
    const { tx, workspaceId } = scope
    const { number, document } = list
    const present = await readValues(tx, workspaceId, number, document.content ?? 0)
    const wanted = how === 'replace' ? new Set(values) : new Set(present)
    for (const value of values) {
      if (how === 'remove') wanted.delete(value)
      else wanted.add(value)
    }
    if (wanted.size > MOST_VALUES) throw new AppError('LIST_TOO_LONG', { words: { name: id, limit: MOST_VALUES } })
    figures.joined = [...wanted].filter((value) => !present.has(value)).length
    figures.left = [...present].filter((value) => !wanted.has(value)).length
    figures.size = wanted.size
    const written = await readValues(tx, workspaceId, number, newest)
    await tx.query(
      `update list_value set to_content = $3
       where workspace_id = $1 and number = $2 and to_content is null and value = any($4::text[])`,
      [workspaceId, number, newest + 1, [...written].filter((value) => !wanted.has(value))],
    )
    await tx.query(
      `insert into list_value (workspace_id, number, value, from_content) select $1, $2, unnest($4::text[]), $3`,
      [workspaceId, number, newest + 1, [...wanted].filter((value) => !written.has(value))],
    )
    return document
  })
  return { ...changed, ...figures }
}

/** Values a list may hold: each is bound to every statement that reads it. */
export const MOST_VALUES = 100_000

async function inChange(
  scope: CatalogueScope,
  id: string,
  holds: 'subjects' | 'values',
  { source, counts, unmatched }: ContentNote,
  work: (list: StoredList, newest: number) => Promise<ListDocument>,
): Promise<ChangedList> {
  const change = await CatalogueChange.begin(scope)
  const list = await readList(scope, id)
  if ((list.document.holds ?? 'subjects') !== holds) {
    throw new AppError(holds === 'values' ? 'LIST_HOLDS_PEOPLE' : 'LIST_HOLDS_VALUES', { words: { name: id } })
  }
  const { tx, workspaceId } = scope
  const { rows } = await tx.query<{ newest: number }>(
    `select coalesce(max(content), 0)::int as newest from list_content where workspace_id = $1 and number = $2`,
    [workspaceId, list.number],
  )
  const content = rows[0]!.newest + 1
  const document: ListDocument = { ...(await work(list, rows[0]!.newest)), content }
  await tx.query(
    `insert into list_content (workspace_id, number, content, source, counts, unmatched)
     values ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, list.number, content, ...[source, counts, unmatched].map((part) => JSON.stringify(part))],
  )
  const version = await addVersion(scope, document, [])
  await change.update('definition', id, { published_version: version })
  const changeNo = await change.record({ verb: 'edit', what: 'list', id, detail: `${source.how} ${counts.matched}` })
  return { document, number: list.number, version, changeNo }
}

const valid = (entry: string, content: string): string =>
  `${entry}.from_content <= ${content} and (${entry}.to_content is null or ${entry}.to_content > ${content})`

async function readNodes(tx: Tx, workspaceId: number, number: number, content: number): Promise<Nodes> {
  const { rows } = await tx.query<{ nodes: number[] | null; listed: boolean[] | null }>(
    `select array_agg(node_id order by node_id) as nodes, array_agg(listed order by node_id) as listed
     from list_entry e where workspace_id = $1 and number = $2 and ${valid('e', '$3')}`,
    [workspaceId, number, content],
  )
  const { nodes, listed } = rows[0]!
  return new Map((nodes ?? []).map((node, index) => [node, listed![index]!]))
}

async function readValues(tx: Tx, workspaceId: number, number: number, content: number): Promise<Set<string>> {
  const { rows } = await tx.query<{ values: string[] | null }>(
    `select array_agg(value) as values from list_value e
     where workspace_id = $1 and number = $2 and ${valid('e', '$3')}`,
    [workspaceId, number, content],
  )
  return new Set(rows[0]!.values ?? [])
}

async function profilesOf(tx: Tx, workspaceId: number, nodes: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await tx.query<{ nodes: number[] | null; profiles: number[] | null }>(
    `select array_agg(node_id order by node_id) as nodes, array_agg(profile_id order by node_id) as profiles
     from identity_node where workspace_id = $1 and node_id = any($2::int[])`,
    [workspaceId, nodes],
  )
  const found = rows[0]!
  return new Map((found.nodes ?? []).map((node, index) => [node, found.profiles![index]!]))
}

async function writeNodes(
  tx: Tx,
  workspaceId: number,
  number: number,
  content: number,
  written: Nodes,
  wanted: Nodes,
): Promise<void> {
  const gone = [...written].filter(([node, listed]) => wanted.get(node) !== listed).map(([node]) => node)
  const fresh = [...wanted].filter(([node, listed]) => written.get(node) !== listed)
  await tx.query(
    `update list_entry set to_content = $3
     where workspace_id = $1 and number = $2 and to_content is null and node_id = any($4::int[])`,
    [workspaceId, number, content, gone],
  )
  await tx.query(
    `insert into list_entry (workspace_id, number, node_id, listed, from_content)
     select $1, $2, node_id, listed, $3 from unnest($4::int[], $5::bool[]) as fresh(node_id, listed)`,
    [workspaceId, number, content, fresh.map(([node]) => node), fresh.map(([, listed]) => listed)],
  )
}

/** Profiles of today at a content of a list: who is on it by its entries, and who was taken off it. */
export interface ListedProfiles {
  readonly on: readonly number[]
  readonly off: readonly number[]
}

export async function readListedProfiles(
  tx: Tx,
  workspaceId: number,
  number: number,
  content: number,
): Promise<ListedProfiles> {
  const { rows } = await tx.query<{ on: number[] | null; off: number[] | null }>(
    `select array_agg(profile_id) filter (where listed) as on, array_agg(profile_id) filter (where not listed) as off
     from (select n.profile_id, bool_or(e.listed) as listed from list_entry e
           join identity_node n on n.workspace_id = e.workspace_id and n.node_id = e.node_id
           where e.workspace_id = $1 and e.number = $2 and ${valid('e', '$3')} and n.profile_id > 0
           group by n.profile_id) as listed`,
    [workspaceId, number, content],
  )
  return { on: rows[0]!.on ?? [], off: rows[0]!.off ?? [] }
}

/** Profiles that gained or lost a node of the list's entries after the row number `after`. */
export async function readMovedProfiles(
  tx: Tx,
  workspaceId: number,
  number: number,
  after: string,
): Promise<readonly number[]> {
  const { rows } = await tx.query<{ profile_id: number }>(
    `with moved as (
       select distinct n.node_id, n.profile_id from list_entry e
       join identity_node n on n.workspace_id = e.workspace_id and n.node_id = e.node_id
       where e.workspace_id = $1 and e.number = $2 and n.profile_seq > $3)
     select profile_id from moved
     union select h.profile_id from moved m join node_profile h on h.workspace_id = $1 and h.node_id = m.node_id`,
    [workspaceId, number, after],
  )
  return rows.map((row) => row.profile_id).filter((profile) => profile > 0)
}
