import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@tagtree/core/kernel/app-error'
import { nearest } from '@tagtree/core/kernel/nearest'

/** Everything an operator can set; docs/operate.md describes each. */
export interface Config {
  readonly dataDirectory: string
  readonly host: string
  /** null: 7411, or the next free port when that is taken. */
  readonly port: number | null
  readonly language: 'zh' | 'en'
  readonly logLevel: (typeof LOG_LEVELS)[number]
  /** Whether an empty installation is filled with the demo workspace. */
  readonly demo: boolean
  readonly adminPassword: string | null
  readonly databaseUrl: string | null
  readonly clickhouseUrl: string | null
  /** Password of the users `ws_NNNN_sql` of that ClickHouse; null: no SQL tags there. */
  readonly clickhouseSqlPassword: string | null
  readonly clickhouseProgram: string | null
  readonly clickhouseMemoryMiB: number | null
  /** 32 bytes; null: kept in <data>/keys/master. */
  readonly masterKey: Buffer | null
  /** Settings that look like ours but are not known, with the nearest known name. */
  readonly unknown: readonly { readonly name: string; readonly meant: string | undefined }[]
}

/** What the command line takes from the environment. */
export interface ClientConfig {
  readonly dataDirectory: string
  readonly language: 'zh' | 'en'
  readonly address: string | null
  readonly apiKey: string | null
  readonly workspace: string | null
}

export const DEFAULT_PORT = 7411
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const
const KNOWN_SETTINGS = [
  'TAGTREE_ADDRESS',
  'TAGTREE_ADMIN_PASSWORD',
  'TAGTREE_API_KEY',
  'TAGTREE_CLICKHOUSE_MEMORY_MIB',
  'TAGTREE_CLICKHOUSE_PROGRAM',
  'TAGTREE_DATA_DIR',
  'TAGTREE_DEMO',
  'TAGTREE_HOST',
  'TAGTREE_LANGUAGE',
  'TAGTREE_LOG_LEVEL',
  'TAGTREE_MASTER_KEY',
  'TAGTREE_PORT',
  'TAGTREE_WORKSPACE',
]

type Environment = Readonly<Record<string, string | undefined>>

/** Reads the settings of the server. @throws AppError CONFIG_INVALID naming the first setting that cannot be used */
export function readConfig(environment: Environment = process.env): Config {
  const read = reader(environment)
  return {
    dataDirectory: dataDirectoryOf(environment),
    host: read('TAGTREE_HOST') ?? '127.0.0.1',
    port: read.whole('TAGTREE_PORT', 1, 65_535),
    language: languageOf(environment),
    logLevel: read.oneOf('TAGTREE_LOG_LEVEL', LOG_LEVELS) ?? 'info',
    demo: (read.oneOf('TAGTREE_DEMO', ['on', 'off']) ?? 'on') === 'on',
    adminPassword: password(read('TAGTREE_ADMIN_PASSWORD')),
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    clickhouseUrl: read.url('CLICKHOUSE_URL', ['http:', 'https:']),
    clickhouseSqlPassword: read('CLICKHOUSE_SQL_PASSWORD'),
    clickhouseProgram: existing('TAGTREE_CLICKHOUSE_PROGRAM', read('TAGTREE_CLICKHOUSE_PROGRAM')),
    clickhouseMemoryMiB: read.whole('TAGTREE_CLICKHOUSE_MEMORY_MIB', 256, 1_000_000),
    masterKey: masterKey(read('TAGTREE_MASTER_KEY')),
    unknown: Object.keys(environment)
      .filter((name) => name.startsWith('TAGTREE_') && !KNOWN_SETTINGS.includes(name))
      .map((name) => ({ name, meant: nearest(name, KNOWN_SETTINGS) })),
  }
}

/** Reads the settings of the command line. @throws AppError CONFIG_INVALID */
export function readClientConfig(environment: Environment = process.env): ClientConfig {
  const read = reader(environment)
  return {
    dataDirectory: dataDirectoryOf(environment),
    language: languageOf(environment),
    address: read.url('TAGTREE_ADDRESS', ['http:', 'https:']),
    apiKey: read('TAGTREE_API_KEY'),
    workspace: read('TAGTREE_WORKSPACE'),
  }
}

/** The folder that holds package.json of the whole project; sources and compiled files lie below it alike. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!isProject(folder)) {
    const parent = dirname(folder)
    if (parent === folder) return process.cwd()
    folder = parent
  }
  return folder
}

/** Version of the product, as package.json says. */
export function productVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string }
  return version
}

function isProject(folder: string): boolean {
  const file = join(folder, 'package.json')
  return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'tagtree'
}

/** `.tagtree` beside package.json unless TAGTREE_DATA_DIR says otherwise (relative to where the command was typed). */
function dataDirectoryOf(environment: Environment): string {
  const set = environment.TAGTREE_DATA_DIR?.trim()
  return set ? resolve(set) : join(projectRoot(), '.tagtree')
}

/** @throws AppError CONFIG_INVALID */
function languageOf(environment: Environment): 'zh' | 'en' {
  return reader(environment).oneOf('TAGTREE_LANGUAGE', ['zh', 'en']) ?? terminalLanguage(environment)
}

/** The language of the terminal by its locale, in the order POSIX gives. Never throws, so it fits error messages. */
export function terminalLanguage(environment: Environment = process.env): 'zh' | 'en' {
  const locale = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || ''
  return /^zh/i.test(locale) ? 'zh' : 'en'
}

function reader(environment: Environment) {
  const read = (name: string): string | null => environment[name]?.trim() || null
  return Object.assign(read, {
    whole(name: string, least: number, most: number): number | null {
      const text = read(name)
      if (text === null) return null
      const value = Number(text)
      if (/^\d+$/.test(text) && value >= least && value <= most) return value
      const reason = {
        en: `"${text}" is not a whole number from ${least} to ${most}`,
        zh: `“${text}”不是 ${least} 到 ${most} 的整数`,
      }
      throw new AppError('CONFIG_INVALID', { words: { name, reason } })
    },
    oneOf<const Value extends string>(name: string, values: readonly Value[]): Value | null {
      const text = read(name)
      if (text === null) return null
      const found = values.find((value) => value === text.toLowerCase())
      if (found !== undefined) return found
      const list = values.join(', ')
      const reason = { en: `"${text}" is none of ${list}`, zh: `“${text}”不在 ${list} 之中` }
      throw new AppError('CONFIG_INVALID', { words: { name, reason } })
    },
    url(name: string, protocols: readonly string[]): string | null {
      const text = read(name)
      if (text === null) return null
      if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text
      // The address may hold a password: it is not repeated.
      const list = protocols.map((protocol) => `${protocol}//`).join(', ')
      const reason = { en: `it is not an address beginning with ${list}`, zh: `不是以 ${list} 开头的地址` }
      throw new AppError('CONFIG_INVALID', { words: { name, reason } })
    },
  })
}

function password(text: string | null): string | null {
  if (text === null || text.length >= 8) return text
  const reason = { en: 'a password has at least 8 characters', zh: '密码至少 8 个字符' }
  throw new AppError('CONFIG_INVALID', { words: { name: 'TAGTREE_ADMIN_PASSWORD', reason } })
}

function existing(name: string, path: string | null): string | null {
  if (path === null || existsSync(path)) return path
  throw new AppError('CONFIG_INVALID', { words: { name, reason: { en: 'there is no such file', zh: '没有这个文件' } } })
}

function masterKey(text: string | null): Buffer | null {
  if (text === null) return null
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64')
  if (key.length === 32) return key
  const reason = { en: 'it is not 32 bytes in hex or base64', zh: '应为 32 字节的十六进制或 base64' }
  throw new AppError('CONFIG_INVALID', { words: { name: 'TAGTREE_MASTER_KEY', reason } })
}
