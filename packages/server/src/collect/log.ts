import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Incoming } from '@tagtree/core/collect/incoming'
import { AppError } from '@tagtree/core/kernel/app-error'
import type pg from 'pg'
import { inTransaction, inWorkspace, isUnavailable, type Tx } from '../store/postgres.js'
import { type Command, LOG_CHANNEL, LOG_KINDS, MOST_PLACES, placesOf } from './log-format.js'

/** Facts of one door, in their order. */
export interface LogEntry {
  /** Which door: `api`, `file:orders`, …; at most 100 characters. */
  readonly source: string
  /** 0 for streams. */
  readonly importId: number
  readonly records: readonly Incoming[]
}

/** Where an append ended: everything up to this number of the workspace's log is durable. */
export interface Appended {
  readonly logNo: string
}

/** The ordered log of each workspace. A promise resolves only when the facts are durable. */
export interface Log {
  /** Waits for the next group commit. @throws AppError LOG_FULL | ENGINE_UNAVAILABLE */
  append(workspaceId: number, entry: LogEntry): Promise<Appended>
  /** Commits an import's chunk together with what `within` writes (the import's progress). */
  appendWithin(
    workspaceId: number,
    entry: LogEntry,
    within: (tx: Tx, logNo: string) => Promise<void>,
  ): Promise<Appended>
  /** Appends a command; it takes effect in log order. `within` commits with it. */
  command(workspaceId: number, command: Command, within?: (tx: Tx, logNo: string) => Promise<void>): Promise<Appended>
  /** Waits for what is being appended. */
  close(): Promise<void>
}

export interface LogOptions {
  readonly app: pg.Pool
  /** Bytes that may wait to be stored, per workspace. */
  readonly quotaBytes?: number
  /** How long an append waits for PostgreSQL to come back before it fails. */
  readonly patienceMs?: number
}

const compress = promisify(gzip)
const DEFAULT_QUOTA = 2 * 1024 ** 3
/** Facts of one log row. */
const ROW_RECORDS = 5_000
/** Characters of JSON after which a log row is closed. */
const ROW_CHARACTERS = 4_000_000
const COMPRESS_FROM = 4_096
/** Log rows of one commit. */
const COMMIT_ROWS = 32

interface Piece {
  readonly kind: number
  readonly source: string
  readonly importId: number
  /** JSON of the facts without the brackets, one per fact. */
  readonly facts: readonly string[]
  /** Row numbers the facts may take. */
  readonly places: number
}

interface Waiting {
  readonly piece: Piece
  resolve(appended: Appended): void
  reject(error: unknown): void
}

interface Row {
  readonly piece: Piece
  readonly n: number
  readonly body: Buffer
}

export function openLog(options: LogOptions): Log {
  const quota = options.quotaBytes ?? DEFAULT_QUOTA
  const patienceMs = options.patienceMs ?? 5_000
  const queues = new Map<number, Waiting[]>()
  const flushing = new Map<number, Promise<void>>()
  const openedDays = new Set<string>()

  const commit = async (
    workspaceId: number,
    rows: readonly Row[],
    within?: (tx: Tx, logNo: string) => Promise<void>,
  ): Promise<Appended> => {
    const day = new Date().toISOString().slice(0, 10)
    if (!openedDays.has(day)) {
      await inTransaction(options.app, (tx) => tx.query('select open_log_day($1)', [day]))
      openedDays.add(day)
    }
    return inWorkspace(options.app, workspaceId, async (tx) => {
      const logNo = await writeRows(tx, workspaceId, day, rows, quota)
      await within?.(tx, logNo)
      return { logNo }
    })
  }

  const flush = async (workspaceId: number): Promise<void> => {
    const queue = queues.get(workspaceId)!
    while (queue.length > 0) {
      const group = takeGroup(queue)
      try {
        const rows = await makeRows(group.map((one) => one.piece))
        const appended = await withPatience(patienceMs, () => commit(workspaceId, rows))
        for (const one of group) one.resolve(appended)
      } catch (error) {
        for (const one of group) one.reject(error)
      }
    }
  }

  const enqueue = (workspaceId: number, piece: Piece): Promise<Appended> =>
    new Promise((resolve, reject) => {
      const queue = queues.get(workspaceId) ?? []
      queues.set(workspaceId, queue)
      queue.push({ piece, resolve, reject })
      if (flushing.has(workspaceId)) return
      // One turn of the event loop later, so that requests that arrived together share the first commit too.
      const run = new Promise<void>((next) => setImmediate(next))
        .then(() => flush(workspaceId))
        .finally(() => flushing.delete(workspaceId))
      flushing.set(workspaceId, run)
    })

  return {
    append: async (workspaceId, entry) => {
      const pieces = splitEntry(entry)
      if (pieces.length === 0) return { logNo: '0' }
      const appended = await Promise.all(pieces.map((piece) => enqueue(workspaceId, piece)))
      return appended.at(-1)!
    },
    appendWithin: async (workspaceId, entry, within) => commit(workspaceId, await makeRows(splitEntry(entry)), within),
    command: async (workspaceId, command, within) => {
      const piece = {
        kind: LOG_KINDS.command,
        source: 'command',
        importId: 0,
        facts: [JSON.stringify(command)],
        places: 0,
      }
      return commit(workspaceId, await makeRows([piece]), within)
    },
    close: async () => {
      await Promise.all(flushing.values())
    },
  }
}

/** Cuts an entry so that one log row fits into one batch. */
function splitEntry(entry: LogEntry): Piece[] {
  const kind = entry.importId === 0 ? LOG_KINDS.events : LOG_KINDS.importChunk
  const pieces: Piece[] = []
  let facts: string[] = []
  let characters = 0
  let places = 0
  for (const record of entry.records) {
    const text = JSON.stringify(record)
    const more = placesOf(record)
    const isFull =
      facts.length >= ROW_RECORDS || characters + text.length > ROW_CHARACTERS || places + more > MOST_PLACES
    if (facts.length > 0 && isFull) {
      pieces.push({ kind, source: entry.source, importId: entry.importId, facts, places })
      facts = []
      characters = 0
      places = 0
    }
    facts.push(text)
    characters += text.length
    places += more
  }
  if (facts.length > 0) pieces.push({ kind, source: entry.source, importId: entry.importId, facts, places })
  return pieces
}

/** The next requests that share one commit. */
function takeGroup(queue: Waiting[]): Waiting[] {
  let characters = 0
  let count = 0
  while (count < queue.length && count < 2_000 && characters < COMMIT_ROWS * (ROW_CHARACTERS / 8)) {
    for (const fact of queue[count]!.piece.facts) characters += fact.length
    count += 1
  }
  return queue.splice(0, count)
}

/** Joins neighbours of one door into common rows: a thousand small requests are one row. */
async function makeRows(pieces: readonly Piece[]): Promise<Row[]> {
  const joined: { piece: Piece; facts: string[]; size: number; places: number }[] = []
  for (const piece of pieces) {
    const last = joined.at(-1)
    const size = piece.facts.reduce((sum, fact) => sum + fact.length, 0)
    if (last !== undefined && belongTogether(last.piece, piece) && last.size + size <= ROW_CHARACTERS) {
      if (last.facts.length + piece.facts.length <= ROW_RECORDS && last.places + piece.places <= MOST_PLACES) {
        last.facts.push(...piece.facts)
        last.size += size
        last.places += piece.places
        continue
      }
    }
    joined.push({ piece, facts: [...piece.facts], size, places: piece.places })
  }
  return Promise.all(
    joined.map(async ({ piece, facts }) => {
      const plain = Buffer.from(`[${facts.join(',')}]`)
      const body = plain.length < COMPRESS_FROM ? plain : await compress(plain, { level: 1 })
      return { piece, n: facts.length, body }
    }),
  )
}

function belongTogether(a: Piece, b: Piece): boolean {
  return a.kind === b.kind && a.kind !== LOG_KINDS.command && a.source === b.source && a.importId === b.importId
}

async function writeRows(
  tx: Tx,
  workspaceId: number,
  day: string,
  rows: readonly Row[],
  quota: number,
): Promise<string> {
  // Held until the commit: log numbers of a workspace become visible in their order, and no reader skips a gap.
  const { rows: heads } = await tx.query<{ pending: string }>(
    `select coalesce((select bytes from log_head where workspace_id = $1), 0)
          - coalesce((select applied_bytes from applier_head where workspace_id = $1), 0) as pending
     from pg_advisory_xact_lock(7411, $1)`,
    [workspaceId],
  )
  const bytes = rows.reduce((sum, row) => sum + row.body.length, 0)
  const pending = Number(heads[0]!.pending)
  // A command frees room or is small: it always passes.
  if (pending + bytes > quota && rows.some((row) => row.piece.kind !== LOG_KINDS.command)) {
    const words = { pendingMiB: Math.round(pending / 2 ** 20), limitMiB: Math.round(quota / 2 ** 20) }
    throw new AppError('LOG_FULL', { words, retryAfterSeconds: 15 })
  }
  let logNo = '0'
  for (const row of rows) {
    const { rows: inserted } = await tx.query<{ log_no: string }>({
      name: 'log-append',
      text: `insert into ingest_log (workspace_id, day, kind, source, import_id, n, bytes, body)
             values ($1, $2, $3, $4, $5, $6, $7, $8) returning log_no`,
      values: [
        workspaceId,
        day,
        row.piece.kind,
        row.piece.source,
        row.piece.importId,
        row.n,
        row.body.length,
        row.body,
      ],
    })
    logNo = inserted[0]!.log_no
  }
  const n = rows.reduce((sum, row) => sum + row.n, 0)
  const urgent = rows.some((row) => row.piece.kind === LOG_KINDS.command) ? 1 : 0
  await tx.query({
    name: 'log-head',
    text: `with head as (
             insert into log_head (workspace_id, log_no, n, bytes) values ($1, $2, $3, $4)
             on conflict (workspace_id) do update
             set log_no = excluded.log_no, n = log_head.n + excluded.n, bytes = log_head.bytes + excluded.bytes
             returning 1)
           select pg_notify($5, $6) from head`,
    values: [workspaceId, logNo, n, bytes, LOG_CHANNEL, `${workspaceId}:${n}:${urgent}`],
  })
  return logNo
}

/** Appending twice is harmless (every fact has a key), so a lost PostgreSQL is waited for. */
async function withPatience<T>(patienceMs: number, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isUnavailable(error) || performance.now() >= until) throw error
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
  }
}
