import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { AppError } from '@tagtree/core/kernel/app-error'
import { sqlNameOf, sqlPasswordOf } from '@tagtree/engines/clickhouse/sql-users'
import { type ClickHouseParams, toClickHouseError, type WorkspaceClickHouse } from './clickhouse.js'

/** A column of an answer before anything ran. */
export interface DescribedColumn {
  readonly name: string
  readonly type: string
}

/**
 * ClickHouse as the confined user of one workspace sees it: the views of its SQL database, read only, within limits that
 * no statement can change. Statements of people run here and nowhere else.
 */
export interface ConfinedClickHouse {
  /** The database of the views. */
  readonly database: string
  /** The syntax tree of a statement, line by line. Nothing is executed. */
  syntaxTree(sql: string): Promise<string[]>
  /** Columns a statement would give. */
  describe(sql: string, params: ClickHouseParams, signal: AbortSignal): Promise<DescribedColumn[]>
  /** The whole answer as RowBinary; begins when the statement has ended well. */
  rows(sql: string, params: ClickHouseParams, signal: AbortSignal): Promise<Readable>
}

/**
 * Opens it. A statement that is aborted is ended on the server too, by `owner`, because the confined user may not.
 * @throws AppError SQL_TAGS_NOT_SET_UP when the engine has no such user
 */
export function openConfined(owner: WorkspaceClickHouse): ConfinedClickHouse {
  const { connection } = owner
  const database = sqlNameOf(owner.database)
  const password = sqlPasswordOf(connection, owner.database)
  if (password === null) throw notSetUp(database)
  const client = createClient({
    url: connection.url,
    username: database,
    password,
    database,
    application: 'tagtree',
    request_timeout: 600_000,
    // Nothing stays open: statements are few, and the engine's end waits for open connections.
    keep_alive: { enabled: false },
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const ask = async (sql: string, params: ClickHouseParams, signal?: AbortSignal): Promise<Readable> => {
    const queryId = randomUUID()
    const onAbort = (): void => {
      const kill = 'KILL QUERY WHERE query_id = {id:String} ASYNC'
      owner.command(kill, { params: { id: queryId } }).catch(() => undefined) // It ended by itself, or with the engine.
    }
    signal?.throwIfAborted()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const answer = await client.exec({
        query: sql,
        query_id: queryId,
        query_params: { ...params },
        clickhouse_settings: { wait_end_of_query: 1 },
        ...(signal === undefined ? {} : { abort_signal: signal }),
      })
      return answer.stream
    } catch (error) {
      signal?.throwIfAborted()
      if (isWrongLogin(error)) throw notSetUp(database)
      throw toClickHouseError(error)
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }
  return {
    database,
    syntaxTree: async (sql) => {
      const text = await textOf(await ask(`EXPLAIN AST ${sql}`, {}))
      return text.split('\n').filter((line) => line !== '')
    },
    describe: async (sql, params, signal) => {
      const text = await textOf(await ask(`DESCRIBE TABLE (${sql}) FORMAT JSONEachRow`, params, signal))
      const lines = text.split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as DescribedColumn)
    },
    rows: (sql, params, signal) => ask(`${sql} FORMAT RowBinary`, params, signal),
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  for await (const part of stream) text += part
  return text
}

/** Numbers of the engine for an unknown user and for a wrong password. */
function isWrongLogin(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['192', '193', '194', '516'].includes(String(error.code))
}

function notSetUp(user: string): AppError {
  return new AppError('SQL_TAGS_NOT_SET_UP', { words: { user } })
}
