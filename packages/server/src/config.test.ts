import { join } from 'node:path'
import { AppError } from '@tagtree/core/kernel/app-error'
import { expect, it } from 'vitest'
import { projectRoot, readClientConfig, readConfig, terminalLanguage } from './config.js'

it('an empty environment gives the defaults', () => {
  const config = readConfig({})
  expect(config).toMatchObject({
    dataDirectory: join(projectRoot(), '.tagtree'),
    host: '127.0.0.1',
    port: null,
    demo: true,
    logLevel: 'info',
    language: 'en',
    adminPassword: null,
    databaseUrl: null,
    clickhouseUrl: null,
    clickhouseSqlPassword: null,
    masterKey: null,
    unknown: [],
  })
})

it.each([
  ['TAGTREE_PORT', 'seven', '"seven" is not a whole number from 1 to 65535'],
  ['TAGTREE_PORT', '0', 'from 1 to 65535'],
  ['TAGTREE_PORT', '80.5', 'not a whole number'],
  ['TAGTREE_DEMO', 'maybe', 'none of on, off'],
  ['TAGTREE_LOG_LEVEL', 'loud', 'none of trace'],
  ['TAGTREE_LANGUAGE', 'de', 'none of zh, en'],
  ['DATABASE_URL', 'mysql://u:secret@host/db', 'postgres://'],
  ['CLICKHOUSE_URL', 'localhost:8123', 'http://'],
  ['TAGTREE_MASTER_KEY', 'short', '32 bytes'],
  ['TAGTREE_ADMIN_PASSWORD', '1234567', 'at least 8'],
  ['TAGTREE_CLICKHOUSE_PROGRAM', '/no/such/file', 'no such file'],
])('%s=%s is refused with the reason', (name, value, reason) => {
  let error: unknown
  try {
    readConfig({ [name]: value })
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
  expect((error as AppError).message).toContain(name)
  expect((error as AppError).message).toContain(reason)
  expect((error as AppError).message).not.toContain('secret')
})

it('a misspelt setting is noticed', () => {
  expect(readConfig({ TAGTREE_DATADIR: '/x' }).unknown).toEqual([
    { name: 'TAGTREE_DATADIR', meant: 'TAGTREE_DATA_DIR' },
  ])
})

it('a master key is 32 bytes in hex or base64', () => {
  const bytes = Buffer.alloc(32, 7)
  expect(readConfig({ TAGTREE_MASTER_KEY: bytes.toString('hex') }).masterKey).toEqual(bytes)
  expect(readConfig({ TAGTREE_MASTER_KEY: bytes.toString('base64') }).masterKey).toEqual(bytes)
})

it.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'zh_TW' }, 'zh'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'de_DE' }, 'en'],
  [{}, 'en'],
] as const)('the locale %j speaks %s', (environment, language) => {
  expect(terminalLanguage(environment)).toBe(language)
})

it('the command line takes address, key and workspace from the environment', () => {
  const environment = { TAGTREE_ADDRESS: 'http://shop:7411', TAGTREE_API_KEY: 'ttk_x', TAGTREE_WORKSPACE: 'demo' }
  expect(readClientConfig(environment)).toMatchObject({
    address: 'http://shop:7411',
    apiKey: 'ttk_x',
    workspace: 'demo',
  })
})
