import { AppError } from '@tagtree/core/kernel/app-error'
import type { Definition, Text } from '@tagtree/core/language/document'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope, CatalogueState } from './scope.js'

/** A list has no condition; its document says what it is called and which of its contents counts. */
export interface ListDocument {
  readonly version: 1
  readonly kind: 'list'
  readonly id: string
  readonly name: Text
  readonly subject: string
  /** Absent = subjects. */
  readonly holds?: 'values'
  /** `given`: it began empty. Absent = it began with the members of a segment, held by its first run. */
  readonly origin?: 'given'
  /** Number of what was put on it since; absent = nothing. */
  readonly content?: number
}
export type StoredDocument = Definition | ListDocument

/** A definition as it is stored: its head and one of its versions. */
export interface StoredDefinition {
  readonly id: string
  readonly kind: StoredDocument['kind']
  readonly subject: string
  readonly categoryId: string | null
  readonly publishedVersion: number | null
  readonly draftVersion: number | null
  readonly state: 'live' | 'archived'
  /** The version asked for; the published one, else the draft. */
  readonly version: number
  readonly body: StoredDocument
}

/** The head of a definition: where it stands in the catalogue and which versions count. */
export interface HeadRow {
  readonly id: string
  readonly kind: StoredDocument['kind']
  readonly number: number
  readonly subject: string
  readonly category_id: string | null
  readonly position: number
  readonly published_version: number | null
  readonly draft_version: number | null
  readonly state: CatalogueState
}

const headColumns =
  'd.id, d.kind, d.number, d.subject, d.category_id, d.position, d.published_version, d.draft_version, d.state'

/** The head of a definition, locked for the transaction; null when there never was one. */
export async function readHead({ tx, workspaceId }: CatalogueScope, id: string): Promise<HeadRow | null> {
  const { rows } = await tx.query<HeadRow>(
    `select ${headColumns} from definition d where d.workspace_id = $1 and d.id = $2 for update`,
    [workspaceId, id],
  )
  return rows[0] ?? null
}

/** @throws AppError NOT_FOUND when it was never made or is deleted */
export async function requireHead(scope: CatalogueScope, id: string): Promise<HeadRow> {
  const head = await readHead(scope, id)
  if (head && head.state !== 'deleted') return head
  throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.definition, name: id } })
}

/** @throws AppError NOT_FOUND; `version` undefined = the published one, else the draft. */
export async function readDefinition(scope: CatalogueScope, id: string, version?: number): Promise<StoredDefinition> {
  const head = await requireHead(scope, id)
  const wanted = version ?? head.published_version ?? head.draft_version
  const { rows } = await scope.tx.query<{ body: StoredDocument; version: number }>(
    `select body, version from definition_version where workspace_id = $1 and id = $2 and version = $3`,
    [scope.workspaceId, id, wanted],
  )
  if (rows[0]) return storedOf(head, rows[0])
  throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.version, name: `${id} ${wanted ?? ''}` } })
}

/** Live and archived definitions of one kind (or all but lists), each in its published version, else its draft. */
export async function listDefinitions(
  { tx, workspaceId }: CatalogueScope,
  kind: StoredDocument['kind'] | undefined,
): Promise<StoredDefinition[]> {
  const { rows } = await tx.query<HeadRow & { version: number; body: StoredDocument }>(
    `select ${headColumns}, v.version, v.body
     from definition d
     join definition_version v on v.workspace_id = d.workspace_id and v.id = d.id
       and v.version = coalesce(d.published_version, d.draft_version)
     where d.workspace_id = $1 and d.state <> 'deleted' and d.kind = coalesce($2, d.kind)
       and (d.kind <> 'list' or $2 = 'list')
     order by d.kind, d.position, d.id`,
    [workspaceId, kind ?? null],
  )
  return rows.map((row) => storedOf(row, row))
}

export interface VersionEntry {
  readonly version: number
  readonly createdAt: string
  readonly authorId: number | null
  readonly body: StoredDocument
}

/** All versions, newest first. @throws AppError NOT_FOUND */
export async function listVersions(scope: CatalogueScope, id: string): Promise<VersionEntry[]> {
  await requireHead(scope, id)
  const { rows } = await scope.tx.query<{
    version: number
    created_at: Date
    author_id: number | null
    body: StoredDocument
  }>(
    `select version, created_at, author_id, body from definition_version
     where workspace_id = $1 and id = $2 order by version desc`,
    [scope.workspaceId, id],
  )
  return rows.map((row) => ({
    version: row.version,
    createdAt: row.created_at.toISOString(),
    authorId: row.author_id,
    body: row.body,
  }))
}

function storedOf(
  head: HeadRow,
  version: { readonly version: number; readonly body: StoredDocument },
): StoredDefinition {
  return {
    id: head.id,
    kind: head.kind,
    subject: head.subject,
    categoryId: head.category_id,
    publishedVersion: head.published_version,
    draftVersion: head.draft_version,
    state: head.state === 'archived' ? 'archived' : 'live',
    version: version.version,
    body: version.body,
  }
}
