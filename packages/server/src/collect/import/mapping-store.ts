import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mapping } from '@tagtree/core/collect/mapping/mapping'
import { parseMapping } from '@tagtree/core/collect/mapping/parse-mapping'
import { AppError } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'
import type { Tx } from '../../store/postgres.js'

/** A mapping with where it comes from. */
export interface StoredMapping {
  readonly mapping: Mapping
  /** 0 = one that is part of the product. */
  readonly version: number
  readonly createdAt: Date | null
}

/** Mappings for public data sets, beside src and dist alike. */
const BUILT_IN_FOLDER = fileURLToPath(new URL('../../../mappings', import.meta.url))

let builtIn: ReadonlyMap<string, Mapping> | undefined

/** The mappings that are part of the product, by id. */
export function builtInMappings(): ReadonlyMap<string, Mapping> {
  builtIn ??= new Map(
    (existsSync(BUILT_IN_FOLDER) ? readdirSync(BUILT_IN_FOLDER) : [])
      .filter((file) => file.endsWith('.json'))
      .map((file) => {
        const mapping = checkedMapping(JSON.parse(readFileSync(join(BUILT_IN_FOLDER, file), 'utf8')))
        return [mapping.id, mapping] as const
      }),
  )
  return builtIn
}

/** Reads a document as a mapping. @throws AppError MAPPING_INVALID with the places */
export function checkedMapping(document: unknown): Mapping {
  const parsed = parseMapping(document)
  if (parsed.ok) return parsed.mapping
  throw new AppError('MAPPING_INVALID', { words: { count: parsed.issues.length }, issues: parsed.issues })
}

/** @throws AppError MAPPING_UNFITTING naming the columns the file does not have */
export function checkFits(mapping: Mapping, columns: readonly string[], isComplete: boolean): void {
  const missing = Object.keys(mapping.columns).filter((column) => !columns.includes(column))
  // Of JSON only the first rows were looked at: a rare column may come later, but not all of them.
  if (missing.length === 0 || (!isComplete && missing.length < Object.keys(mapping.columns).length)) return
  throw new AppError('MAPPING_UNFITTING', {
    words: { name: mapping.id, columns: missing.slice(0, 10).join(', ') },
    issues: missing.slice(0, 50).map((column) => {
      const near = nearest(column, columns)
      return {
        pointer: `/columns/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        message: `the file has no column "${column}"${near === undefined ? '' : `, did you mean "${near}"?`}`,
        messageZh: `文件中没有列“${column}”${near === undefined ? '' : `，是否为“${near}”？`}`,
        ...(near === undefined ? {} : { didYouMean: near }),
      }
    }),
  })
}

/** Saves a mapping; the same body again is no new version. */
export async function saveMapping(
  tx: Tx,
  workspaceId: number,
  mapping: Mapping,
  createdBy: string,
): Promise<StoredMapping> {
  await tx.query('select pg_advisory_xact_lock(7414, $1)', [workspaceId])
  const newest = await readNewest(tx, workspaceId, mapping.id)
  if (newest !== null && newest.archivedAt === null && JSON.stringify(newest.mapping) === JSON.stringify(mapping))
    return newest
  const { rows } = await tx.query<{ created_at: Date }>(
    `insert into import_mapping (workspace_id, id, version, body, created_by) values ($1, $2, $3, $4, $5)
     returning created_at`,
    [workspaceId, mapping.id, (newest?.version ?? 0) + 1, JSON.stringify(mapping), createdBy],
  )
  return { mapping, version: (newest?.version ?? 0) + 1, createdAt: rows[0]!.created_at }
}

/** The newest version of a saved mapping, else the one of the product. @throws AppError NOT_FOUND */
export async function findMapping(tx: Tx, workspaceId: number, id: string): Promise<StoredMapping> {
  const newest = await readNewest(tx, workspaceId, id)
  if (newest !== null && newest.archivedAt === null) return newest
  const own = builtInMappings().get(id)
  if (own !== undefined) return { mapping: own, version: 0, createdAt: null }
  throw new AppError('NOT_FOUND', { words: { what: { en: 'mapping', zh: '映射' }, name: id.slice(0, 100) } })
}

/** All mappings a workspace can use, its own before those of the product. */
export async function listMappings(tx: Tx, workspaceId: number): Promise<StoredMapping[]> {
  const { rows } = await tx.query<MappingRow>(
    `select distinct on (id) id, version, body, created_at, archived_at from import_mapping
     where workspace_id = $1 order by id, version desc`,
    [workspaceId],
  )
  const own = rows.filter((row) => row.archived_at === null).map(toStored)
  const taken = new Set(own.map((one) => one.mapping.id))
  const product = [...builtInMappings().values()]
    .filter((mapping) => !taken.has(mapping.id))
    .map((mapping) => ({ mapping, version: 0, createdAt: null }))
  return [...own, ...product]
}

/** Takes a saved mapping out of use; imports made with it keep their copy. @throws AppError NOT_FOUND */
export async function archiveMapping(tx: Tx, workspaceId: number, id: string): Promise<void> {
  const { rowCount } = await tx.query(
    `update import_mapping set archived_at = now() where workspace_id = $1 and id = $2 and archived_at is null`,
    [workspaceId, id],
  )
  if (rowCount === 0)
    throw new AppError('NOT_FOUND', { words: { what: { en: 'mapping', zh: '映射' }, name: id.slice(0, 100) } })
}

interface MappingRow {
  id: string
  version: number
  body: Mapping
  created_at: Date
  archived_at: Date | null
}

async function readNewest(
  tx: Tx,
  workspaceId: number,
  id: string,
): Promise<(StoredMapping & { archivedAt: Date | null }) | null> {
  const { rows } = await tx.query<MappingRow>(
    `select id, version, body, created_at, archived_at from import_mapping
     where workspace_id = $1 and id = $2 order by version desc limit 1`,
    [workspaceId, id],
  )
  return rows[0] ? { ...toStored(rows[0]), archivedAt: rows[0].archived_at } : null
}

function toStored(row: MappingRow): StoredMapping {
  return { mapping: row.body, version: row.version, createdAt: row.created_at }
}
