import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition, Text } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type { CatalogueScope } from './categories.js'
import { CatalogueChange } from './change-log.js'
import { readUses } from './usage.js'

/** A definition as it is stored: its head and one of its versions. */
export interface StoredDefinition {
  readonly id: string
  readonly kind: Definition['kind']
  readonly number: number
  readonly subject: string
  readonly categoryId: string | null
  readonly position: number
  readonly publishedVersion: number | null
  readonly draftVersion: number | null
  readonly state: 'live' | 'archived'
  /** The version asked for; the published one, else the draft. */
  readonly version: number
  readonly body: Definition
}

interface HeadRow {
  readonly id: string
  readonly kind: Definition['kind']
  readonly number: number
  readonly subject: string
  readonly category_id: string | null
  readonly position: number
  readonly published_version: number | null
  readonly draft_version: number | null
  readonly state: 'live' | 'archived' | 'deleted'
}

/** What a save answers: the stored version and the number of the undoable change. */
export interface SavedDefinition {
  readonly id: string
  readonly version: number
  readonly changeNo: string
  readonly warnings: readonly Issue[]
}

export interface SaveOptions {
  readonly catalog: Catalog
  /** false keeps the new version as a draft that no run uses. */
  readonly publish: boolean
  /** undefined leaves the place as it is (a new one goes to no category). */
  readonly categoryId?: string | null
}

/**
 * Parses and resolves a document.
 * @throws AppError DEFINITION_INVALID with every issue of the first pass that failed
 */
export function checkDefinition(
  document: unknown,
  catalog: Catalog,
): { definition: Definition; warnings: readonly Issue[]; uses: readonly string[] } {
  const parsed = parseDefinition(document)
  if (!parsed.ok)
    throw new AppError('DEFINITION_INVALID', { words: { count: parsed.issues.length }, issues: parsed.issues })
  const resolved = resolveDefinition(parsed.definition, catalog)
  if (!resolved.ok) {
    throw new AppError('DEFINITION_INVALID', { words: { count: resolved.issues.length }, issues: resolved.issues })
  }
  const { tags, metrics, segments, lists } = resolved.uses
  return {
    definition: resolved.definition,
    warnings: resolved.warnings,
    uses: [...tags, ...metrics, ...segments, ...lists],
  }
}

/** Creates a definition or adds a version to an existing one; old versions are never edited. */
export async function saveDefinition(
  scope: CatalogueScope,
  document: unknown,
  options: SaveOptions,
): Promise<SavedDefinition> {
  const { definition, warnings, uses } = checkDefinition(document, options.catalog)
  const head = await readHead(scope, definition.id)
  if (head && head.state !== 'deleted' && head.kind !== definition.kind) {
    throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: head.kind, name: definition.id } })
  }
  const version = await addVersion(scope, definition)
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  const versions = options.publish ? { published_version: version, draft_version: null } : { draft_version: version }
  if (head) {
    await change.update('definition', definition.id, {
      ...versions,
      kind: definition.kind,
      subject: definition.subject ?? 'person',
      state: 'live',
      ...(options.categoryId === undefined ? {} : { category_id: options.categoryId }),
    })
  } else {
    await change.insert('definition', definition.id, {
      kind: definition.kind,
      number: await nextNumber(scope),
      subject: definition.subject ?? 'person',
      category_id: options.categoryId ?? null,
      position: await nextPosition(scope, options.categoryId ?? null),
      state: 'live',
      owner_id: scope.actorId,
      published_version: null,
      ...versions,
    })
  }
  await storeUses(scope, definition.id, version, uses)
  const verb = head && head.state !== 'deleted' ? 'edit' : 'create'
  const changeNo = await change.record({ verb, what: definition.kind, id: definition.id, detail: `version ${version}` })
  return { id: definition.id, version, changeNo, warnings }
}

/** @throws AppError NOT_FOUND; `version` undefined = the published one, else the draft. */
export async function readDefinition(scope: CatalogueScope, id: string, version?: number): Promise<StoredDefinition> {
  const head = await requireHead(scope, id)
  const wanted = version ?? head.published_version ?? head.draft_version
  const { rows } = await scope.tx.query<{ body: Definition; version: number }>(
    `select body, version from definition_version where workspace_id = $1 and id = $2 and version = $3`,
    [scope.workspaceId, id, wanted],
  )
  const found = rows[0]
  if (!found) throw new AppError('NOT_FOUND', { words: { what: 'version', name: `${id} ${wanted ?? ''}` } })
  return storedOf(head, found)
}

/** Live and archived definitions of one kind (or all), each in its published version, else its draft. */
export async function listDefinitions(
  scope: CatalogueScope,
  kind: Definition['kind'] | undefined,
): Promise<StoredDefinition[]> {
  const { rows } = await scope.tx.query<HeadRow & { version: number; body: Definition; state: 'live' | 'archived' }>(
    `select d.id, d.kind, d.number, d.subject, d.category_id, d.position, d.published_version, d.draft_version,
       d.state, v.version, v.body
     from definition d
     join definition_version v on v.workspace_id = d.workspace_id and v.id = d.id
       and v.version = coalesce(d.published_version, d.draft_version)
     where d.workspace_id = $1 and d.state <> 'deleted' and d.kind <> 'list' and ($2::text is null or d.kind = $2)
     order by d.kind, d.position, d.id`,
    [scope.workspaceId, kind ?? null],
  )
  return rows.map((row) => storedOf(row, row))
}

export interface VersionEntry {
  readonly version: number
  readonly createdAt: string
  readonly authorId: number | null
  readonly body: Definition
}

/** All versions, newest first. */
export async function listVersions(scope: CatalogueScope, id: string): Promise<VersionEntry[]> {
  await requireHead(scope, id)
  const { rows } = await scope.tx.query<{
    version: number
    created_at: Date
    author_id: number | null
    body: Definition
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

/** Moves a definition to a category (null = none) and a place in it (null = last). @throws AppError NOT_FOUND */
export async function moveDefinition(
  scope: CatalogueScope,
  id: string,
  categoryId: string | null,
  position: number | null,
): Promise<string> {
  const head = await requireHead(scope, id)
  if (categoryId !== null) await requireLiveCategory(scope, categoryId)
  const { rows } = await scope.tx.query<{ id: string; position: number }>(
    `select id, position from definition where workspace_id = $1 and category_id is not distinct from $2 and id <> $3
     and state <> 'deleted' order by position, id`,
    [scope.workspaceId, categoryId, id],
  )
  const siblings = [...rows]
  siblings.splice(position ?? siblings.length, 0, { id, position: -1 })
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  for (const [index, sibling] of siblings.entries()) {
    if (sibling.id === id) await change.update('definition', id, { category_id: categoryId, position: index })
    else if (sibling.position !== index) await change.update('definition', sibling.id, { position: index })
  }
  return change.record({ verb: head.category_id === categoryId ? 'reorder' : 'move', what: head.kind, id })
}

/** Saves a copy under a new id and name; the copy's history begins with it. @throws AppError NOT_FOUND | NAME_TAKEN */
export async function copyDefinition(
  scope: CatalogueScope,
  id: string,
  copy: { readonly id: string; readonly name: Text },
  catalog: Catalog,
): Promise<SavedDefinition> {
  const original = await readDefinition(scope, id)
  const taken = await readHead(scope, copy.id)
  if (taken && taken.state !== 'deleted') {
    throw new AppError('NAME_TAKEN', { pointer: '/id', words: { what: taken.kind, name: copy.id } })
  }
  return saveDefinition(
    scope,
    { ...original.body, id: copy.id, name: copy.name },
    { catalog, publish: original.publishedVersion !== null, categoryId: original.categoryId },
  )
}

/** Renames by saving a version with the new name: who reads an old version still sees the old name. */
export async function renameDefinition(
  scope: CatalogueScope,
  id: string,
  name: Text,
  catalog: Catalog,
): Promise<SavedDefinition> {
  const stored = await readDefinition(scope, id)
  return saveDefinition(scope, { ...stored.body, name }, { catalog, publish: stored.publishedVersion !== null })
}

/** @throws AppError IN_USE naming what uses it, when it would be archived or deleted */
export async function setDefinitionState(
  scope: CatalogueScope,
  id: string,
  state: 'live' | 'archived' | 'deleted',
): Promise<string> {
  const head = await requireHead(scope, id)
  if (state !== 'live') {
    const uses = await readUses(scope, id)
    if (uses.length > 0) {
      throw new AppError('IN_USE', {
        words: { what: head.kind, name: id, uses: uses.map((use) => use.id).join(', ') },
      })
    }
  }
  const change = new CatalogueChange(scope.tx, scope.workspaceId, scope.actorId)
  await change.update('definition', id, { state })
  const verb = state === 'live' ? 'restore' : state === 'archived' ? 'archive' : 'delete'
  return change.record({ verb, what: head.kind, id })
}

/** The head of a definition, locked for the transaction; null when there never was one. */
export async function readHead(scope: CatalogueScope, id: string): Promise<HeadRow | null> {
  const { rows } = await scope.tx.query<HeadRow>(
    `select id, kind, number, subject, category_id, position, published_version, draft_version, state
     from definition where workspace_id = $1 and id = $2 for update`,
    [scope.workspaceId, id],
  )
  return rows[0] ?? null
}

function storedOf(head: HeadRow, version: { readonly version: number; readonly body: Definition }): StoredDefinition {
  return {
    id: head.id,
    kind: head.kind,
    number: head.number,
    subject: head.subject,
    categoryId: head.category_id,
    position: head.position,
    publishedVersion: head.published_version,
    draftVersion: head.draft_version,
    state: head.state === 'archived' ? 'archived' : 'live',
    version: version.version,
    body: version.body,
  }
}

async function requireHead(scope: CatalogueScope, id: string): Promise<HeadRow> {
  const head = await readHead(scope, id)
  if (!head || head.state === 'deleted') throw new AppError('NOT_FOUND', { words: { what: 'definition', name: id } })
  return head
}

async function requireLiveCategory(scope: CatalogueScope, categoryId: string): Promise<void> {
  const { rows } = await scope.tx.query(
    `select 1 from category where workspace_id = $1 and id = $2 and state = 'live'`,
    [scope.workspaceId, categoryId],
  )
  if (rows.length === 0) {
    throw new AppError('NOT_FOUND', { pointer: '/categoryId', words: { what: 'category', name: categoryId } })
  }
}

async function addVersion(scope: CatalogueScope, definition: Definition): Promise<number> {
  const { rows } = await scope.tx.query<{ version: number }>(
    `insert into definition_version (workspace_id, id, version, body, author_id)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from definition_version where workspace_id = $1 and id = $2
     returning version`,
    [scope.workspaceId, definition.id, JSON.stringify(definition), scope.actorId],
  )
  return rows[0]!.version
}

/** The next number of the id space. Numbers are never reused: a bitmap of a deleted tag is never read as another's. */
export async function nextNumber(scope: CatalogueScope): Promise<number> {
  await scope.tx.query(`select pg_advisory_xact_lock($1, 3)`, [scope.workspaceId])
  const { rows } = await scope.tx.query<{ number: number }>(
    `select greatest(coalesce(max(number), 0), 999) + 1 as number from definition where workspace_id = $1`,
    [scope.workspaceId],
  )
  return rows[0]!.number
}

async function nextPosition(scope: CatalogueScope, categoryId: string | null): Promise<number> {
  const { rows } = await scope.tx.query<{ position: number }>(
    `select coalesce(max(position), -1) + 1 as position from definition
     where workspace_id = $1 and category_id is not distinct from $2`,
    [scope.workspaceId, categoryId],
  )
  return rows[0]!.position
}

async function storeUses(scope: CatalogueScope, id: string, version: number, uses: readonly string[]): Promise<void> {
  await scope.tx.query(
    `insert into definition_use (workspace_id, from_id, version, to_id) select $1, $2, $3, unnest($4::text[])
     on conflict do nothing`,
    [scope.workspaceId, id, version, [...new Set(uses)]],
  )
}
