import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { ClickHouseError, ClickHouseLogLevel, type ClickHouseSettings, createClient } from '@clickhouse/client'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { ClickHouseConnection } from '@tagtree/engines/engines'

type Client = ReturnType<typeof createClient>

/** Values of the `{name:Type}` holes of a statement. */
export type ClickHouseParams = Readonly<Record<string, unknown>>

export interface StatementOptions {
  readonly params?: ClickHouseParams
  readonly settings?: ClickHouseSettings
  /** Ends the statement on the server too (KILL QUERY). */
  readonly signal?: AbortSignal | undefined
}

/** What a statement read on the server. */
export interface StatementCost {
  readonly rows: number
  readonly bytes: number
  readonly ms: number
}

export interface InsertOptions {
  /** Same token, same bytes: the block is stored once however often it is sent. */
  readonly token: string
  /** Names of the columns that the rows may give; others keep their default. */
  readonly columns: readonly string[]
  /** The body is gzip. */
  readonly gzip: boolean
}

/** The ClickHouse database of one workspace. No statement of it can name another database by accident. */
export interface WorkspaceClickHouse {
  readonly database: string
  /** Where it runs, and as whom. */
  readonly connection: ClickHouseConnection
  /** Rows as objects. 64-bit integers and decimals are strings, so that nothing is rounded. */
  query<Row>(sql: string, options?: StatementOptions): Promise<Row[]>
  /** The same with what it cost. */
  queryWithCost<Row>(sql: string, options?: StatementOptions): Promise<{ rows: Row[]; cost: StatementCost }>
  /** The raw answer of a statement that names its own FORMAT. */
  stream(sql: string, options?: StatementOptions): Promise<Readable>
  /** A statement without an answer: DDL, INSERT … SELECT, ALTER. */
  command(sql: string, options?: StatementOptions): Promise<StatementCost>
  /** One JSONEachRow body as one block. Resolves when it is on the disk. */
  insert(table: string, body: Buffer, options: InsertOptions): Promise<void>
  /** Rows in the engine's own binary form as they come, without holding them; for tables that a failure drops. */
  pour(table: string, rows: Readable, signal: AbortSignal): Promise<void>
  /** The SOURCE of a dictionary that holds what a query over this database gives; to be sent, never shown. */
  dictionarySource(sql: string): string
}

export interface ClickHouse {
  workspace(database: string): WorkspaceClickHouse
  /** Creates the database when it is missing. */
  createDatabase(database: string): Promise<void>
  readonly connection: ClickHouseConnection
  close(): Promise<void>
}

const READ_SETTINGS: ClickHouseSettings = {
  max_execution_time: 120,
  output_format_json_quote_64bit_integers: 1,
  output_format_json_quote_decimals: 1,
  output_format_json_quote_denormals: 0,
}

const INSERT_SETTINGS: ClickHouseSettings = {
  async_insert: 0,
  insert_deduplicate: 1,
  max_insert_block_size: '1048576',
  min_insert_block_size_rows: '0',
  min_insert_block_size_bytes: '0',
  input_format_parallel_parsing: 0,
  max_partitions_per_insert_block: '0',
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_skip_unknown_fields: 0,
  input_format_import_nested_json: 0,
  date_time_input_format: 'basic',
  max_execution_time: 300,
}

/** Opens the client; each workspace database gets its own, made when first asked for. */
export function openClickHouse(connection: ClickHouseConnection): ClickHouse {
  const clients = new Map<string, Client>()
  const clientOf = (database: string): Client => {
    let client = clients.get(database)
    if (client === undefined) {
      client = createClient({
        url: connection.url,
        username: connection.user,
        password: connection.password,
        database,
        application: 'tagtree',
        request_timeout: 600_000,
        max_open_connections: 16,
        keep_alive: { enabled: true, idle_socket_ttl: 2_000 },
        use_multipart_params_auto: true,
        log: { level: ClickHouseLogLevel.OFF },
      })
      clients.set(database, client)
    }
    return client
  }
  const workspaces = new Map<string, WorkspaceClickHouse>()
  return {
    connection,
    workspace: (database) => {
      checkDatabaseName(database)
      let workspace = workspaces.get(database)
      if (workspace === undefined) {
        workspace = makeWorkspace(clientOf(database), database, connection)
        workspaces.set(database, workspace)
      }
      return workspace
    },
    createDatabase: async (database) => {
      checkDatabaseName(database)
      await run(undefined, () => clientOf('default').command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` }))
    },
    close: async () => {
      await Promise.all([...clients.values()].map((client) => client.close()))
      clients.clear()
      workspaces.clear()
    },
  }
}

function checkDatabaseName(database: string): void {
  if (!/^ws_\d{4,10}$/.test(database))
    throw new AppError('INTERNAL', { cause: new TypeError('not the database of a workspace') })
}

function makeWorkspace(client: Client, database: string, connection: ClickHouseConnection): WorkspaceClickHouse {
  const read = async <Row>(sql: string, options: StatementOptions, waitForCost: boolean) => {
    const begun = performance.now()
    return run(killer(client, options.signal), async (queryId) => {
      const answer = await client.query({
        query: sql,
        format: 'JSONEachRow',
        query_id: queryId,
        query_params: { ...options.params },
        clickhouse_settings: {
          ...READ_SETTINGS,
          ...(waitForCost ? { wait_end_of_query: 1 } : {}),
          ...options.settings,
        },
        ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
      })
      const rows = await answer.json<Row>()
      return { rows, cost: costOf(answer.response_headers['x-clickhouse-summary'], performance.now() - begun) }
    })
  }
  return {
    database,
    connection,
    query: async <Row>(sql: string, options: StatementOptions = {}) => (await read<Row>(sql, options, false)).rows,
    queryWithCost: <Row>(sql: string, options: StatementOptions = {}) => read<Row>(sql, options, true),
    stream: (sql, options = {}) =>
      run(killer(client, options.signal), async (queryId) => {
        const { stream } = await client.exec({
          query: sql,
          query_id: queryId,
          query_params: { ...options.params },
          clickhouse_settings: { max_execution_time: 600, ...options.settings },
          ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
        })
        return stream
      }),
    command: async (sql, options = {}) => {
      const begun = performance.now()
      return run(killer(client, options.signal), async (queryId) => {
        const answer = await client.command({
          query: sql,
          query_id: queryId,
          query_params: { ...options.params },
          clickhouse_settings: { wait_end_of_query: 1, ...options.settings },
          ...(options.signal === undefined ? {} : { abort_signal: options.signal }),
        })
        return costOf(answer.response_headers['x-clickhouse-summary'], performance.now() - begun)
      })
    },
    insert: async (table, body, options) => {
      await run(undefined, async (queryId) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} (${options.columns.map(quoteIdentifier).join(', ')}) FORMAT JSONEachRow`,
          query_id: queryId,
          values: Readable.from([body], { objectMode: false }),
          clickhouse_settings: { ...INSERT_SETTINGS, insert_deduplication_token: options.token },
          ...(options.gzip ? { http_headers: { 'Content-Encoding': 'gzip' } } : {}),
        })
        for await (const _chunk of stream);
      })
    },
    dictionarySource: (sql) => dictionarySource(connection, database, sql),
    pour: (table, rows, signal) =>
      run(killer(client, signal), async (queryId) => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} FORMAT RowBinary`,
          query_id: queryId,
          values: rows,
          abort_signal: signal,
        })
        for await (const _chunk of stream);
      }),
  }
}

/**
 * Where the engine has the named collection `tagtree_self` the password stays out of the definition; else the definition
 * carries it.
 */
function dictionarySource({ embedded, user, password }: ClickHouseConnection, database: string, sql: string): string {
  const login = embedded ? 'NAME tagtree_self' : `USER ${quoteText(user)} PASSWORD ${quoteText(password)}`
  return `SOURCE(CLICKHOUSE(${login} DB ${quoteText(database)} QUERY ${quoteText(sql)}))`
}

function quoteText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Backticks around a column or table name; names come from the catalog, never from a request. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

function costOf(header: string | string[] | undefined, ms: number): StatementCost {
  const summary: unknown = typeof header === 'string' ? JSON.parse(header) : {}
  const figure = (name: string): number => {
    const value = typeof summary === 'object' && summary !== null ? (summary as Record<string, unknown>)[name] : 0
    return Number(value ?? 0)
  }
  return { rows: figure('read_rows'), bytes: figure('read_bytes'), ms }
}

interface Killer {
  readonly signal: AbortSignal
  kill(queryId: string): Promise<void>
}

/** Closing the connection does not end a query: it is killed by its id. */
function killer(client: Client, signal: AbortSignal | undefined): Killer | undefined {
  if (signal === undefined) return undefined
  return {
    signal,
    kill: async (queryId) => {
      try {
        await client.command({ query: 'KILL QUERY WHERE query_id = {id:String} SYNC', query_params: { id: queryId } })
      } catch {
        // The query ended by itself or with the engine: nothing is left to kill.
      }
    },
  }
}

async function run<T>(kill: Killer | undefined, work: (queryId: string) => Promise<T>): Promise<T> {
  const queryId = randomUUID()
  const onAbort = (): void => void kill?.kill(queryId)
  kill?.signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await work(queryId)
  } catch (error) {
    throw toClickHouseError(error)
  } finally {
    kill?.signal.removeEventListener('abort', onAbort)
  }
}

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'UND_ERR_SOCKET',
])
/** Server errors that pass by themselves: network, too many queries, memory limit of the server, shutting down. */
const PASSING = new Set(['210', '209', '202', '236', '394', '425', '999'])

/** Whether ClickHouse could not be reached or went away: the same statement may succeed later. */
export function isClickHouseUnavailable(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'ENGINE_UNAVAILABLE'
  if (error instanceof ClickHouseError) return PASSING.has(error.code)
  if (!(error instanceof Error)) return false
  if ('code' in error && LOST.has(String(error.code))) return true
  if (error instanceof AggregateError) return error.errors.some(isClickHouseUnavailable)
  return /socket hang up|premature close|other side closed|aborted by the server/i.test(error.message)
}

/** A lost engine becomes the retryable ENGINE_UNAVAILABLE; every other error stays what it is. */
export function toClickHouseError(error: unknown): unknown {
  if (error instanceof AppError || !isClickHouseUnavailable(error)) return error
  return new AppError('ENGINE_UNAVAILABLE', { words: { engine: 'ClickHouse' }, retryAfterSeconds: 2, cause: error })
}
