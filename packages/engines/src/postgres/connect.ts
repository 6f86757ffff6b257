import { Client } from 'pg'

/** What it takes to enter one database. */
export interface PostgresLogin {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

/** A single connection; the caller ends it. Without an answer within 5 s it fails. */
export async function connect(login: PostgresLogin): Promise<Client> {
  return connectByUrl(urlOf(login))
}

/**
 * The same for an address as in DATABASE_URL, with its settings (sslmode and so on) as they are.
 * `password` stands in for the one of the address; it is a function because pg takes an empty text for "none given"
 * and then looks for one in the environment.
 */
export async function connectByUrl(url: string, password?: () => string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    application_name: 'tagtree launcher',
    ...(password && { password }),
  })
  client.on('error', () => undefined) // a lost connection shows at the next query; an unheard event would end us
  try {
    await client.connect()
  } catch (cause) {
    // pg leaves the socket open when it gives up on its own side; the server would keep that session for a minute,
    // and DROP DATABASE waits for every session.
    client.end().catch(() => undefined)
    throw cause
  }
  return client
}

/** The login as an address. */
export function urlOf(login: PostgresLogin): string {
  const url = new URL(`postgresql://${login.host}:${login.port}/${encodeURIComponent(login.database)}`)
  url.username = login.user
  url.password = login.password
  return url.href
}
