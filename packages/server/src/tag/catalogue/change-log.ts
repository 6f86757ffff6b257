import { AppError } from '@tagtree/core/kernel/app-error'
import type { Tx } from '../../store/postgres.js'

/** Tables whose rows are remembered before and after a change. */
type ImageTable = 'category' | 'definition'
type Row = Readonly<Record<string, unknown>>

/** One row as it was and as it became; null = the row did not exist. */
interface RowImage {
  readonly table: ImageTable
  readonly id: string
  readonly before: Row | null
  readonly after: Row | null
}

/** What happened, as words a person reads: a verb and the names it touched. */
export interface ChangeSummary {
  readonly verb:
    | 'create'
    | 'rename'
    | 'move'
    | 'copy'
    | 'archive'
    | 'restore'
    | 'delete'
    | 'edit'
    | 'reorder'
    | 'undo'
    | 'install'
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

/** One undoable change of the catalogue: collects the images of every row it writes, then stores them together. */
export class CatalogueChange {
  readonly #images: RowImage[] = []

  constructor(
    private readonly tx: Tx,
    private readonly workspaceId: number,
    private readonly actorId: number | null,
  ) {}

  /** Inserts a row; every column of the table must be given. */
  async insert(table: ImageTable, id: string, row: Row): Promise<void> {
    await this.#write(table, id, row)
    this.#images.push({ table, id, before: null, after: row })
  }

  /** Changes some columns of an existing row. @throws AppError NOT_FOUND */
  async update(table: ImageTable, id: string, patch: Row): Promise<void> {
    const before = await readRow(this.tx, this.workspaceId, table, id)
    if (before === null) throw new AppError('NOT_FOUND', { words: { what: table, name: id } })
    const after = { ...before, ...patch }
    await this.#write(table, id, after)
    this.#images.push({ table, id, before, after })
  }

  /** Stores the change and answers its number, by which it can be undone. */
  async record(summary: ChangeSummary): Promise<string> {
    const { rows } = await this.tx.query<{ change_no: string }>(
      `insert into catalogue_change (workspace_id, actor_id, summary, images) values ($1, $2, $3, $4) returning change_no`,
      [this.workspaceId, this.actorId, JSON.stringify(summary), JSON.stringify(this.#images)],
    )
    return rows[0]!.change_no
  }

  /** Puts the rows of an earlier change back; refused when one of them was changed again since. */
  async restore(images: readonly RowImage[]): Promise<void> {
    for (const image of [...images].reverse()) {
      const now = await readRow(this.tx, this.workspaceId, image.table, image.id)
      if (stable(now) !== stable(image.after)) {
        throw new AppError('UNDO_CONFLICT', { words: { what: image.table, name: image.id } })
      }
      // A created row is not removed: its number and versions stay taken, so it becomes deleted.
      const target = image.before ?? { ...image.after, state: 'deleted' }
      await this.#write(image.table, image.id, target)
      this.#images.push({ table: image.table, id: image.id, before: now, after: target })
    }
  }

  async #write(table: ImageTable, id: string, row: Row): Promise<void> {
    const names = columns[table]
    const values = names.map((name) => {
      const value = row[name] ?? null
      return value !== null && jsonColumns.has(name) ? JSON.stringify(value) : value
    })
    const places = names.map((_, index) => `$${index + 3}`).join(', ')
    const updates = names.map((name) => `${name} = excluded.${name}`).join(', ')
    await this.tx.query(
      `insert into ${table} (workspace_id, id, ${names.join(', ')}) values ($1, $2, ${places})
       on conflict (workspace_id, id) do update set ${updates}`,
      [this.workspaceId, id, ...values],
    )
  }
}

/**
 * Undoes one change; the undo is itself a change and can be undone.
 * @throws AppError NOT_FOUND | UNDO_CONFLICT when what it touched has been changed again since
 */
export async function undoCatalogueChange(
  tx: Tx,
  workspaceId: number,
  actorId: number | null,
  changeNo: string,
): Promise<string> {
  const { rows } = await tx.query<{ images: RowImage[]; undone_by: string | null }>(
    `select images, undone_by from catalogue_change where workspace_id = $1 and change_no = $2 for update`,
    [workspaceId, changeNo],
  )
  const found = rows[0]
  if (!found) throw new AppError('NOT_FOUND', { words: { what: 'change', name: changeNo } })
  if (found.undone_by !== null) throw new AppError('UNDO_CONFLICT', { words: { what: 'change', name: changeNo } })
  const change = new CatalogueChange(tx, workspaceId, actorId)
  await change.restore(found.images)
  const undo = await change.record({ verb: 'undo', what: 'catalogue', id: changeNo })
  await tx.query(`update catalogue_change set undone_by = $3 where workspace_id = $1 and change_no = $2`, [
    workspaceId,
    changeNo,
    undo,
  ])
  return undo
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
  tx: Tx,
  workspaceId: number,
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

async function readRow(tx: Tx, workspaceId: number, table: ImageTable, id: string): Promise<Row | null> {
  const { rows } = await tx.query<Row>(
    `select ${columns[table].join(', ')} from ${table} where workspace_id = $1 and id = $2 for update`,
    [workspaceId, id],
  )
  return rows[0] ?? null
}

function stable(row: Row | null): string {
  return row === null ? 'null' : JSON.stringify(Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1)))
}
