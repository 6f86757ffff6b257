import type { Catalog } from '@tagtree/core/catalog/catalog'
import { AppError, type Issue } from '@tagtree/core/kernel/app-error'
import type { Definition, Text } from '@tagtree/core/language/document'
import { parseDefinition } from '@tagtree/core/language/parse'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { brokenUses } from './broken-uses.js'
import { readCategories, requireLiveCategory } from './category-tree.js'
import { CatalogueChange } from './change-log.js'
import { type HeadRow, readDefinition, readHead, type StoredDocument } from './definitions.js'
import { KIND_WORDS } from './kind-words.js'
import type { CatalogueScope } from './scope.js'
import { checkReferences } from './usage.js'

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
  if (!parsed.ok) throw invalid(parsed.issues)
  const resolved = resolveDefinition(parsed.definition, catalog)
  if (!resolved.ok) throw invalid(resolved.issues)
  const { tags, metrics, segments, lists, trees } = resolved.uses
  return {
    definition: resolved.definition,
    warnings: resolved.warnings,
    uses: [...tags, ...metrics, ...segments, ...lists, ...trees],
  }
}

/**
 * Creates a definition or adds a version to an existing one; old versions are never edited. Publishing an archived one
 * brings it back. Warnings also name live definitions that no longer fit beside the new version.
 * @throws AppError DEFINITION_INVALID | NAME_TAKEN (by another kind) | NOT_FOUND (category) | SQL_TAGS_NOT_SET_UP
 */
export async function saveDefinition(
  scope: CatalogueScope,
  document: unknown,
  options: SaveOptions,
): Promise<SavedDefinition> {
  const checked = checkDefinition(document, options.catalog)
  const { definition } = checked
  await scope.checkSql?.(definition, options.catalog, true)
  const change = await CatalogueChange.begin(scope)
  const head = await readHead(scope, definition.id)
  const isNew = head === null || head.state === 'deleted'
  if (!isNew && head.kind !== definition.kind) throw taken(head)
  const { categoryId } = options
  if (typeof categoryId === 'string') requireLiveCategory(await readCategories(scope), categoryId, '/categoryId')
  const version = await addVersion(scope, definition, checked.uses)
  const versions = options.publish ? { published_version: version, draft_version: null } : { draft_version: version }
  if (isNew) {
    await insertHead(scope, change, definition, { ...versions, category_id: categoryId ?? null })
  } else {
    await change.update('definition', definition.id, {
      ...versions,
      subject: definition.subject ?? 'person',
      ...(options.publish ? { state: 'live' } : {}),
      ...(categoryId === undefined ? {} : { category_id: categoryId }),
    })
  }
  await checkReferences(scope, definition.id)
  const verb = isNew ? 'create' : 'edit'
  const changeNo = await change.record({ verb, what: definition.kind, id: definition.id, detail: `version ${version}` })
  const broken = options.publish ? await brokenUses(scope, definition, options.catalog) : []
  return { id: definition.id, version, changeNo, warnings: [...checked.warnings, ...broken] }
}

/** Saves a copy under a new id and name; the copy's history begins with it. @throws AppError NOT_FOUND | NAME_TAKEN */
export async function copyDefinition(
  scope: CatalogueScope,
  id: string,
  copy: { readonly id: string; readonly name: Text },
  catalog: Catalog,
): Promise<SavedDefinition> {
  const original = await readDefinition(scope, id)
  const head = await readHead(scope, copy.id)
  if (head && head.state !== 'deleted') throw taken(head)
  const tree = await readCategories(scope)
  const isLive = original.categoryId !== null && tree.get(original.categoryId)?.state === 'live'
  return saveDefinition(
    scope,
    { ...original.body, id: copy.id, name: copy.name },
    { catalog, publish: original.publishedVersion !== null, categoryId: isLive ? original.categoryId : null },
  )
}

/**
 * Renames by adding a version with the new name to what is published and to the draft: who reads an old version still
 * sees the old name, and neither what counts nor what is being drafted changes otherwise.
 * @throws AppError NOT_FOUND | DEFINITION_INVALID
 */
export async function renameDefinition(
  scope: CatalogueScope,
  id: string,
  name: Text,
  catalog: Catalog,
): Promise<SavedDefinition> {
  const change = await CatalogueChange.begin(scope)
  const stored = await readDefinition(scope, id)
  const versions: { published_version?: number; draft_version?: number } = {}
  const warnings: Issue[] = []
  for (const [column, version] of [
    ['published_version', stored.publishedVersion],
    ['draft_version', stored.draftVersion],
  ] as const) {
    if (version === null) continue
    const { body } = await readDefinition(scope, id, version)
    const renamed: StoredDocument = { ...body, name }
    const checked =
      renamed.kind === 'list' ? { definition: renamed, uses: [], warnings: [] } : checkDefinition(renamed, catalog)
    versions[column] = await addVersion(scope, checked.definition, checked.uses)
    warnings.push(...checked.warnings)
  }
  await change.update('definition', id, versions)
  const changeNo = await change.record({ verb: 'rename', what: stored.kind, id })
  return { id, version: versions.published_version ?? versions.draft_version!, changeNo, warnings }
}

/** Writes the head of a new definition at the end of its category, under a number of its own. */
export async function insertHead(
  scope: CatalogueScope,
  change: CatalogueChange,
  document: StoredDocument,
  head: {
    readonly category_id: string | null
    readonly published_version?: number
    readonly draft_version: number | null
    readonly number?: number
  },
): Promise<void> {
  await change.insert('definition', document.id, {
    kind: document.kind,
    number: head.number ?? (await nextNumber(scope)),
    subject: document.subject ?? 'person',
    category_id: head.category_id,
    position: await nextPosition(scope, head.category_id),
    published_version: head.published_version ?? null,
    draft_version: head.draft_version,
    state: 'live',
    owner_id: scope.actorId,
  })
}

/** Adds a version with what it uses; versions count from 1 and outlive deletion. Answers its number. */
export async function addVersion(
  { tx, workspaceId, actorId }: CatalogueScope,
  document: StoredDocument,
  uses: readonly string[],
): Promise<number> {
  const { rows } = await tx.query<{ version: number }>(
    `insert into definition_version (workspace_id, id, version, body, author_id)
     select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from definition_version where workspace_id = $1 and id = $2
     returning version`,
    [workspaceId, document.id, JSON.stringify(document), actorId],
  )
  const { version } = rows[0]!
  await tx.query(
    `insert into definition_use (workspace_id, from_id, version, to_id) select $1, $2, $3, unnest($4::text[])`,
    [workspaceId, document.id, version, [...new Set(uses)]],
  )
  return version
}

/**
 * The next number of the id space; the caller holds the catalogue's lock. Numbers are never reused, also not those that
 * only a run knows: a bitmap is never read as another definition's.
 */
export async function nextNumber({ tx, workspaceId }: CatalogueScope): Promise<number> {
  const { rows } = await tx.query<{ number: number }>(
    `select greatest(999,
       (select max(number) from definition where workspace_id = $1),
       (select max(number) from tag_run where workspace_id = $1)) + 1 as number`,
    [workspaceId],
  )
  return rows[0]!.number
}

async function nextPosition({ tx, workspaceId }: CatalogueScope, categoryId: string | null): Promise<number> {
  const { rows } = await tx.query<{ position: number }>(
    `select coalesce(max(position), -1) + 1 as position from definition
     where workspace_id = $1 and category_id is not distinct from $2 and state = 'live'`,
    [workspaceId, categoryId],
  )
  return rows[0]!.position
}

function taken(head: HeadRow): AppError {
  return new AppError('NAME_TAKEN', { pointer: '/id', words: { what: KIND_WORDS[head.kind], name: head.id } })
}

function invalid(issues: readonly Issue[]): AppError {
  return new AppError('DEFINITION_INVALID', { words: { count: issues.length }, issues })
}
