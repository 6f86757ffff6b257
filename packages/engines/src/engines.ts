import type { AppError } from '@tagtree/core/kernel/app-error'

export type EngineName = 'postgres' | 'clickhouse'

/** `restarting`: requests wait or fail with ENGINE_UNAVAILABLE. `failed`: given up, only a new start of Tagtree helps. */
export type EngineState = 'up' | 'restarting' | 'failed'

export interface EngineStateChange {
  readonly engine: EngineName
  readonly state: EngineState
  /** Why the engine was given up; only with `failed`. */
  readonly error?: AppError
}

/** The part of a pino logger that the launcher speaks to. */
export interface EngineLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface StartEnginesOptions {
  /** Holds postgres/, clickhouse/, keys/ and run/; made when missing. Used (for the lock) in external mode too. */
  readonly dataDirectory: string
  /** Connect to this PostgreSQL instead of starting one. */
  readonly databaseUrl?: string | undefined
  /** Connect to this ClickHouse (http or https, user and password inside the URL) instead of starting one. */
  readonly clickhouseUrl?: string | undefined
  /** Start this `clickhouse` program instead of the library that npm installed. */
  readonly clickhouseProgram?: string | undefined
  readonly log: EngineLog
  /** Password of the users `ws_NNNN_sql` of that external ClickHouse; without it there are no SQL tags. */
  readonly clickhouseSqlPassword?: string | undefined
  /** Databases (`ws_1000`) whose SQL tags get a user of the embedded ClickHouse besides those of its pool. */
  readonly sqlDatabases?: readonly string[] | undefined
  /** Ceiling of the embedded ClickHouse in MiB; without it four tenths of the machine's memory. */
  readonly memoryMiB?: number | undefined
}

export interface PostgresConnection {
  /** Login without rights of its own; each pool takes one of the roles tagtree_owner, tagtree_app, tagtree_worker. */
  readonly url: string
  readonly embedded: boolean
}

export interface ClickHouseConnection {
  /** Base address of the HTTP interface, without credentials. */
  readonly url: string
  readonly user: string
  readonly password: string
  readonly embedded: boolean
  /**
   * What the passwords of the users `ws_NNNN_sql` come from (embedded), or their password (external); undefined = the
   * engine has no such users. Read through `sqlPasswordOf`.
   */
  readonly sqlSecret?: string | undefined
}

/** The two running engines. Addresses stay the same over a supervised restart, so clients simply reconnect. */
export interface Engines {
  readonly postgres: PostgresConnection
  readonly clickhouse: ClickHouseConnection
  /** As the engines themselves say, for example `18.4` and `26.7.2.1`. */
  readonly versions: { readonly postgres: string; readonly clickhouse: string }
  state(): { readonly postgres: EngineState; readonly clickhouse: EngineState }
  /** Tells every change of state; returns the function that stops telling. */
  onState(listener: (change: EngineStateChange) => void): () => void
  /**
   * Resolves when both engines are up.
   * @throws AppError ENGINE_UNAVAILABLE after `timeoutMs`, ENGINE_FAILED when one was given up
   */
  whenUp(timeoutMs: number): Promise<void>
  /** Stops what was started and frees the data directory. Close the clients first: ClickHouse waits for them. */
  stop(): Promise<void>
}
