import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface ClickHouseCredentials {
  /** Base address without credentials. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** What came back, whatever it was. */
export interface ClickHouseAnswer {
  readonly status: number
  /** ClickHouse's number of the error, for example 516 for a wrong password; undefined when there was none. */
  readonly errorCode: number | undefined
  readonly text: string
}

/**
 * Sends one statement over a connection of its own (kept-alive ones delay the engine's end by up to 5 s).
 * Rejects only when there is no answer at all.
 */
export function askClickHouse(to: ClickHouseCredentials, sql: string, timeoutMs = 5000): Promise<ClickHouseAnswer> {
  return new Promise((resolve, reject) => {
    const request = to.url.startsWith('https:') ? requestHttps : requestHttp
    const headers = { 'X-ClickHouse-User': to.user, ...(to.password && { 'X-ClickHouse-Key': to.password }) }
    const asked = request(to.url, { method: 'POST', agent: false, timeout: timeoutMs, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('error', reject)
      response.on('end', () => {
        const code = response.headers['x-clickhouse-exception-code']
        resolve({
          status: response.statusCode ?? 0,
          errorCode: typeof code === 'string' ? Number(code) : undefined,
          text: text.trim(),
        })
      })
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    asked.on('error', reject)
    asked.end(sql)
  })
}
