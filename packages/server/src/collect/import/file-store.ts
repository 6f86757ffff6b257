import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inWorkspace } from '../../store/postgres.js'

/** An uploaded file. */
export interface StoredFile {
  readonly id: number
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  readonly createdAt: Date
}

/** Uploaded files and the rejected rows of imports, below `<data>/files`. */
export interface FileStore {
  /**
   * Takes the bytes of an upload; a file that is there already is answered as it is.
   * @throws AppError UPLOAD_CUT_OFF | FILE_EMPTY
   */
  save(workspaceId: number, name: string, body: Readable, announcedBytes: number | null): Promise<StoredFile>
  /** @throws AppError NOT_FOUND */
  find(workspaceId: number, id: number): Promise<StoredFile>
  list(workspaceId: number, before: number | null, limit: number): Promise<StoredFile[]>
  path(workspaceId: number, id: number): string
  rejectedPath(workspaceId: number, importId: number): string
  /** Cuts the file of rejected rows back to what was committed; it is made when it is missing. */
  openRejected(workspaceId: number, importId: number, bytes: number): Promise<void>
  appendRejected(workspaceId: number, importId: number, text: Buffer): Promise<void>
  readRejected(workspaceId: number, importId: number): Readable
}

interface FileRow {
  id: number
  name: string
  bytes: string
  sha256: Buffer
  created_at: Date
}

export function openFileStore(dataDirectory: string, app: pg.Pool): FileStore {
  const root = join(dataDirectory, 'files')
  const folderOf = (workspaceId: number): string => join(root, String(workspaceId))
  const path = (workspaceId: number, id: number): string => join(folderOf(workspaceId), `${id}.file`)
  const rejectedPath = (workspaceId: number, importId: number): string =>
    join(folderOf(workspaceId), `${importId}.rejected.csv`)

  return {
    path,
    rejectedPath,
    save: async (workspaceId, name, body, announcedBytes) => {
      await mkdir(folderOf(workspaceId), { recursive: true, mode: 0o700 })
      const temporary = join(folderOf(workspaceId), `upload-${randomUUID()}`)
      try {
        const { bytes, sha256 } = await receive(body, temporary)
        if (announcedBytes !== null && bytes !== announcedBytes) {
          throw new AppError('UPLOAD_CUT_OFF', { words: { received: bytes, announced: announcedBytes } })
        }
        if (bytes === 0) throw new AppError('FILE_EMPTY')
        return await inWorkspace(app, workspaceId, async (tx) => {
          await tx.query('select pg_advisory_xact_lock(7413, $1)', [workspaceId])
          const known = await tx.query<FileRow>('select * from import_file where workspace_id = $1 and sha256 = $2', [
            workspaceId,
            sha256,
          ])
          if (known.rows[0]) {
            // The same bytes: they also heal a file that was lost from the disk.
            await rename(temporary, path(workspaceId, known.rows[0].id))
            return toStoredFile(known.rows[0])
          }
          const { rows } = await tx.query<FileRow>(
            `insert into import_file (workspace_id, name, bytes, sha256) values ($1, $2, $3, $4) returning *`,
            [workspaceId, name.slice(0, 255), bytes, sha256],
          )
          // Inside of the transaction: a file that has a number is there.
          await rename(temporary, path(workspaceId, rows[0]!.id))
          return toStoredFile(rows[0]!)
        })
      } finally {
        await rm(temporary, { force: true })
      }
    },
    find: (workspaceId, id) =>
      inWorkspace(app, workspaceId, async (tx) => {
        const { rows } = await tx.query<FileRow>('select * from import_file where workspace_id = $1 and id = $2', [
          workspaceId,
          id,
        ])
        if (rows[0]) return toStoredFile(rows[0])
        throw new AppError('NOT_FOUND', { words: { what: { en: 'file', zh: '文件' }, name: id } })
      }),
    list: (workspaceId, before, limit) =>
      inWorkspace(app, workspaceId, async (tx) => {
        const { rows } = await tx.query<FileRow>(
          `select * from import_file where workspace_id = $1 and ($2::int is null or id < $2) order by id desc limit $3`,
          [workspaceId, before, limit],
        )
        return rows.map(toStoredFile)
      }),
    openRejected: async (workspaceId, importId, bytes) => {
      await mkdir(folderOf(workspaceId), { recursive: true, mode: 0o700 })
      const handle = await open(rejectedPath(workspaceId, importId), 'a', 0o600)
      await handle.close()
      await truncate(rejectedPath(workspaceId, importId), bytes)
    },
    appendRejected: async (workspaceId, importId, text) => {
      const handle = await open(rejectedPath(workspaceId, importId), 'a', 0o600)
      try {
        await handle.appendFile(text)
        await handle.datasync()
      } finally {
        await handle.close()
      }
    },
    readRejected: (workspaceId, importId) => createReadStream(rejectedPath(workspaceId, importId)),
  }
}

async function receive(body: Readable, target: string): Promise<{ bytes: number; sha256: Buffer }> {
  const hash = createHash('sha256')
  let bytes = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length
      hash.update(chunk)
      next(null, chunk)
    },
  })
  await pipeline(body, measure, createWriteStream(target, { mode: 0o600, flush: true }))
  return { bytes, sha256: hash.digest() }
}

function toStoredFile(row: FileRow): StoredFile {
  const { id, name, bytes, sha256, created_at } = row
  return { id, name, bytes: Number(bytes), sha256: sha256.toString('hex'), createdAt: created_at }
}
