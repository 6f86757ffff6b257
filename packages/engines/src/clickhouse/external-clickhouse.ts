import { AppError } from '@tagtree/core/kernel/app-error'
import { reasonOf } from '../data-directory.js'
import { checkClickHouseIsClosed } from './doors.js'
import { askClickHouse, type ClickHouseCredentials } from './http.js'

export interface ExternalClickHouse {
  readonly credentials: ClickHouseCredentials
  readonly version: string
}

/**
 * Checks that the ClickHouse of CLICKHOUSE_URL answers to its user and to nobody else.
 * @throws AppError ENGINE_UNREACHABLE, ENGINE_OPEN
 */
export async function connectExternalClickHouse(clickhouseUrl: string): Promise<ExternalClickHouse> {
  const credentials = credentialsOf(clickhouseUrl)
  const version = await versionOf(credentials)
  await checkClickHouseIsClosed(credentials)
  return { credentials, version }
}

function credentialsOf(clickhouseUrl: string): ClickHouseCredentials {
  let url: URL
  try {
    url = new URL(clickhouseUrl)
  } catch (cause) {
    throw unreachable('CLICKHOUSE_URL', 'this is not an address', cause)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw unreachable(url.host, 'the address has to begin with http:// or https://')
  }
  const user = decodeURIComponent(url.username) || 'default'
  const password = decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  return { url: url.href.replace(/\/$/, ''), user, password }
}

async function versionOf(credentials: ClickHouseCredentials): Promise<string> {
  const { host } = new URL(credentials.url)
  const answer = await askClickHouse(credentials, 'SELECT version()').catch((cause: unknown) => {
    throw unreachable(host, reasonOf(cause), cause)
  })
  if (answer.status !== 200) throw unreachable(host, answer.text.slice(0, 300) || `status ${answer.status}`)
  return answer.text
}

function unreachable(address: string, reason: string, cause?: unknown): AppError {
  const words = { engine: 'ClickHouse', address, reason, setting: 'CLICKHOUSE_URL' }
  return new AppError('ENGINE_UNREACHABLE', { words, cause })
}
