import { AppError } from '@tagtree/core/kernel/app-error'
import { KIND_WORDS } from './kind-words.js'
import { type CatalogueScope, lockCatalogue } from './scope.js'

/** Tables whose rows are remembered before and after a change. */
export type ImageTable = 'category' | 'definition'
export type Row = Readonly<Record<string, unknown>>

/** What one change wrote of a row: the columns it altered as they were and as they became; before null = it was made. */
export interface RowImage {
  readonly table: ImageTable
  readonly id: string
  readonly before: Row | null
  readonly after: Row
}

/** What happened, as words a person reads: a verb and the name it touched. */
export interface ChangeSummary {
  readonly verb: 'create' | 'rename' | 'move' | 'archive' | 'restore' | 'delete' | 'edit' | 'reorder' | 'apply' | 'undo'
  readonly what: 'category' | 'tag' | 'segment' | 'metric' | 'tree' | 'list' | 'catalogue'
  readonly id: string
  readonly detail?: string
}

const columns: Readonly<Record<ImageTable, readonly string[]>> = {
  category: ['parent_id', 'name', 'theme', 'note', 'position', 'state'],
  definition: [
    'kind',
    'number',
    'subject',
    'category_id',
    'position',
    'published_version',
    'draft_version',
    'state',
    'owner_id',
  ],
}
const jsonColumns = new Set(['name', 'note'])
/** Where a row stands: others move it about, which is no reason against undoing its creation. */
const placeColumns = new Set(['parent_id', 'category_id', 'position'])

/** One undoable change of the catalogue: collects the images of every row it writes, then stores them together. */
export class CatalogueChange {
  readonly #images: RowImage[] = []

  private constructor(private readonly scope: CatalogueScope) {}

  /** Begins a change; until the transaction ends nobody else changes this catalogue. */
  static async begin(scope: CatalogueScope): Promise<CatalogueChange> {
    await lockCatalogue(scope)
    return new CatalogueChange(scope)
  }

  /** Makes a row, or makes a deleted one anew; every column of the table must be given. */
  async insert(table: ImageTable, id: string, row: Row): Promise<void> {
    if ((await this.#read(table, id)) !== null) return this.update(table, id, row)
    await this.#write(table, id, row)
    this.#images.push({ table, id, before: null, after: row })
  }

  /** Changes some columns of an existing row. @throws AppError NOT_FOUND */
  async update(table: ImageTable, id: string, patch: Row): Promise<void> {
    const now = await this.#read(table, id)
    if (now === null) throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS[table], name: id } })
    const altered = Object.keys(patch).filter((name) => textOf(patch[name]) !== textOf(now[name]))
    if (altered.length === 0) return
    await this.#write(table, id, { ...now, ...patch })
    this.#images.push({ table, id, before: pick(now, altered), after: pick(patch, altered) })
  }

  /** Gives siblings, in the order they shall have, the positions 0, 1, 2 …; those that have theirs stay untouched. */
  async reorder(table: ImageTable, siblings: readonly { readonly id: string; readonly position: number }[]) {
    const moved = siblings.flatMap(({ id, position }, index) => (position === index ? [] : [{ id, position, index }]))
    if (moved.length === 0) return
    await this.scope.tx.query(
      `update ${table} set position = moved.position from unnest($2::text[], $3::int[]) as moved(id, position)
       where workspace_id = $1 and ${table}.id = moved.id`,
      [this.scope.workspaceId, moved.map(({ id }) => id), moved.map(({ index }) => index)],
    )
    for (const { id, position, index } of moved) {
      this.#images.push({ table, id, before: { position }, after: { position: index } })
    }
  }

  /**
   * Puts the columns of an earlier change back.
   * @throws AppError UNDO_CONFLICT when one of them was changed again since
   */
  async restore(images: readonly RowImage[]): Promise<void> {
    for (const { table, id, before, after } of [...images].reverse()) {
      const now = await this.#read(table, id)
      const compared = Object.keys(after).filter((name) => before !== null || !placeColumns.has(name))
      if (now === null || compared.some((name) => textOf(now[name]) !== textOf(after[name]))) {
        throw new AppError('UNDO_CONFLICT', { words: { what: KIND_WORDS[table], name: id } })
      }
      // What was made is not removed: its number and versions stay taken, so it becomes deleted.
      await this.update(table, id, before ?? { state: 'deleted' })
    }
  }

  /** The rows this change wrote so far. */
  get touched(): readonly { readonly table: ImageTable; readonly id: string; readonly columns: readonly string[] }[] {
    return this.#images.map(({ table, id, after }) => ({ table, id, columns: Object.keys(after) }))
  }

  /** Stores the change and answers its number, by which it can be undone. */
  async record(summary: ChangeSummary): Promise<string> {
    const { tx, workspaceId, actorId } = this.scope
    const { rows } = await tx.query<{ change_no: string }>(
      `insert into catalogue_change (workspace_id, actor_id, summary, images) values ($1, $2, $3, $4) returning change_no`,
      [workspaceId, actorId, JSON.stringify(summary), JSON.stringify(this.#images)],
    )
    return rows[0]!.change_no
  }

  async #read(table: ImageTable, id: string): Promise<Row | null> {
    const { rows } = await this.scope.tx.query<Row>(
      `select ${columns[table].join(', ')} from ${table} where workspace_id = $1 and id = $2 for update`,
      [this.scope.workspaceId, id],
    )
    return rows[0] ?? null
  }

  async #write(table: ImageTable, id: string, row: Row): Promise<void> {
    const names = columns[table]
    const values = names.map((name) => {
      const value = row[name] ?? null
      return value !== null && jsonColumns.has(name) ? JSON.stringify(value) : value
    })
    const places = names.map((_, index) => `$${index + 3}`).join(', ')
    const updates = names.map((name) => `${name} = excluded.${name}`).join(', ')
    await this.scope.tx.query(
      `insert into ${table} (workspace_id, id, ${names.join(', ')}) values ($1, $2, ${places})
       on conflict (workspace_id, id) do update set ${updates}`,
      [this.scope.workspaceId, id, ...values],
    )
  }
}

/** A change as the history shows it, newest first. */
export interface CatalogueChangeEntry {
  readonly changeNo: string
  readonly at: string
  readonly actorId: number | null
  readonly summary: ChangeSummary
  readonly undoneBy: string | null
}

/** The newest changes before `before` (exclusive; null = from the newest). */
export async function listCatalogueChanges(
  { tx, workspaceId }: CatalogueScope,
  before: string | null,
  limit: number,
): Promise<CatalogueChangeEntry[]> {
  const { rows } = await tx.query<{
    change_no: string
    at: Date
    actor_id: number | null
    summary: ChangeSummary
    undone_by: string | null
  }>(
    `select change_no, at, actor_id, summary, undone_by from catalogue_change
     where workspace_id = $1 and ($2::bigint is null or change_no < $2) order by change_no desc limit $3`,
    [workspaceId, before, limit],
  )
  return rows.map((row) => ({
    changeNo: row.change_no,
    at: row.at.toISOString(),
    actorId: row.actor_id,
    summary: row.summary,
    undoneBy: row.undone_by,
  }))
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
}

/** The same text for the same value, however its keys are ordered. */
function textOf(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  )
}
