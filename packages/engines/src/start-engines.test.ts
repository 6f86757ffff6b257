import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askClickHouse } from './clickhouse/http.js'
import { openDataDirectory } from './data-directory.js'
import type { EngineStateChange, Engines } from './engines.js'
import { urlOf } from './postgres/connect.js'
import { superuserLogin } from './postgres/embedded-postgres.js'
import { until } from './process-table.js'
import { startEngines } from './start-engines.js'
import { holdEngines, makeDirectory, processesOf } from './testing/processes.js'

const REQUIRED_PASSWORD = 194
const AUTHENTICATION_FAILED = 516
const USER_SESSION_LIMIT_EXCEEDED = 700

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const directory = makeDirectory()
let engines: Engines

beforeAll(async () => {
  engines = await startEngines({ dataDirectory: directory, log, memoryMiB: 1024 })
})
afterAll(async () => {
  await engines.stop()
  rmSync(directory, { recursive: true, force: true })
})

const superuserUrl = (): string =>
  urlOf(superuserLogin(openDataDirectory(directory), Number(new URL(engines.postgres.url).port)))

async function ask(url: string, sql: string, options?: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, ...(options && { options }) })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

async function askFor(sql: string, from = engines): Promise<string> {
  return (await askClickHouse(from.clickhouse, sql)).text
}

/** The state changes while `work` runs and until the engine is up again. */
async function changesDuring(from: Engines, work: () => void): Promise<string[]> {
  const changes: EngineStateChange[] = []
  const leave = from.onState((change) => changes.push(change))
  work()
  await until(() => changes.some((change) => change.state !== 'restarting'), 30_000)
  leave()
  return changes.map((change) => `${change.engine} ${change.state}`)
}

describe('embedded engines', () => {
  it('answer as the versions they say', async () => {
    expect(engines.versions.postgres).toMatch(/^18\./)
    expect(engines.versions.clickhouse).toMatch(/^26\./)
    expect(engines.state()).toEqual({ postgres: 'up', clickhouse: 'up' })
    await engines.whenUp(0)
  })

  it('keep text as UTF-8 that sorts by code point, and everything acknowledged on disk', async () => {
    const [settings] = await ask(
      engines.postgres.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale
       FROM pg_database WHERE datname = current_database()`,
    )
    expect(settings).toEqual({ fsync: 'on', commit: 'on', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' })
  })

  it('give PostgreSQL to a login without power that can take the three roles and nothing else', async () => {
    const [login] = await ask(
      engines.postgres.url,
      `SELECT rolname, rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb,
              (SELECT array_agg(r.rolname::text ORDER BY r.rolname::text) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
               WHERE m.member = me.oid AND m.set_option AND NOT m.inherit_option AND NOT m.admin_option) AS roles
       FROM pg_roles me WHERE rolname = current_user`,
    )
    expect(login).toEqual({
      rolname: 'tagtree',
      rolsuper: false,
      rolbypassrls: false,
      rolinherit: false,
      rolcreaterole: false,
      rolcreatedb: false,
      roles: ['tagtree_app', 'tagtree_owner', 'tagtree_worker'],
    })
    await expect(ask(engines.postgres.url, 'CREATE TABLE t (a int)')).rejects.toThrow(/permission denied|no schema/)
    await expect(ask(engines.postgres.url, 'CREATE TABLE t (a int)', '-c role=tagtree_app')).rejects.toThrow('denied')
    await expect(ask(engines.postgres.url, `SET ROLE bootstrap`)).rejects.toThrow('permission denied')
  })

  it('let the owner role make tables in the schema tagtree without naming it', async () => {
    const made = await ask(
      engines.postgres.url,
      `CREATE TABLE kept (a int); INSERT INTO kept VALUES (7); SELECT current_schema()`,
      '-c role=tagtree_owner',
    ).catch((cause: Error) => cause.message)
    expect(made).not.toBeTypeOf('string')
    expect(await ask(engines.postgres.url, 'SELECT a FROM kept', '-c role=tagtree_owner')).toEqual([{ a: 7 }])
  })

  it('let nobody into PostgreSQL with a wrong password or none', async () => {
    for (const password of ['wrong', '']) {
      const { hostname, port } = new URL(engines.postgres.url)
      const client = new Client({
        host: hostname,
        port: Number(port),
        user: 'bootstrap',
        database: 'postgres',
        password,
      })
      await expect(client.connect()).rejects.toThrow(/password/)
      await client.end()
    }
  })

  it('let nobody into ClickHouse without the password', async () => {
    const { url } = engines.clickhouse
    const answerTo = async (user: string, password: string): Promise<number | undefined> =>
      (await askClickHouse({ url, user, password }, 'SELECT 1')).errorCode
    expect({
      'default without': await answerTo('default', ''),
      'default with a wrong one': await answerTo('default', 'wrong'),
      'app without': await answerTo('app', ''),
      'app with a wrong one': await answerTo('app', 'wrong'),
      nobody: await answerTo('nobody', ''),
    }).toEqual({
      'default without': USER_SESSION_LIMIT_EXCEEDED,
      'default with a wrong one': REQUIRED_PASSWORD,
      'app without': AUTHENTICATION_FAILED,
      'app with a wrong one': AUTHENTICATION_FAILED,
      nobody: AUTHENTICATION_FAILED,
    })
  })

  it('keep passwords out of the reach of other users and out of command lines', () => {
    for (const folder of ['keys', 'run', 'clickhouse', 'postgres']) {
      expect(statSync(join(directory, folder)).mode & 0o077).toBe(0)
    }
    const secrets = ['postgres-bootstrap', 'postgres-login', 'clickhouse-app'].map((name) =>
      readFileSync(join(directory, 'keys', name), 'utf8').trim(),
    )
    for (const pid of processesOf(directory)) {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      for (const secret of secrets) expect(command).not.toContain(secret)
    }
  })

  it('let ClickHouse work with its own tables but not with files or other servers', async () => {
    for (const source of [`file('/etc/passwd', 'LineAsString')`, `remote('127.0.0.1', system.one)`]) {
      expect(await askFor(`SELECT * FROM ${source}`)).toContain('Not enough privileges')
    }
    expect(await askFor(`CREATE USER u`)).toContain('Not enough privileges')
    expect(await askFor('SELECT value FROM system.server_settings WHERE name = $$max_server_memory_usage$$')).toBe(
      String(1024 * 1_048_576),
    )
  })

  it('show one running query in an idle ClickHouse and none in an idle PostgreSQL', async () => {
    const running = `SELECT count() FROM system.processes WHERE query NOT LIKE '%system.processes%'`
    expect(await askFor(running)).toBe('1')
    const active = await ask(
      superuserUrl(),
      `SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()`,
    )
    expect(active).toEqual([])
  })

  it('serve a dictionary that reads its own engine without a password in the DDL', async () => {
    await askFor('CREATE DATABASE ws_0001')
    await askFor(`CREATE TABLE ws_0001.node_override (node_id UInt32, profile_id UInt32, version UInt64)
                  ENGINE ReplacingMergeTree(version) ORDER BY node_id SETTINGS fsync_after_insert = 1`)
    await askFor('INSERT INTO ws_0001.node_override VALUES (1, 5, 1), (2, 7, 1)')
    await askFor(`CREATE DICTIONARY ws_0001.override (node_id UInt64, profile_id UInt32) PRIMARY KEY node_id
      SOURCE(CLICKHOUSE(NAME tagtree_self DB 'ws_0001' QUERY 'SELECT node_id, profile_id FROM ws_0001.node_override FINAL'))
      LIFETIME(0) LAYOUT(FLAT())`)
    const look = `SELECT arrayMap(n -> dictGetOrDefault('ws_0001.override', 'profile_id', toUInt64(n), toUInt32(99)), [1, 2, 3])`
    expect(await askFor(look)).toBe('[5,7,99]')
    await askFor('INSERT INTO ws_0001.node_override VALUES (3, 8, 1)')
    await askFor('SYSTEM RELOAD DICTIONARY ws_0001.override')
    expect(await askFor(look)).toBe('[5,7,8]')
    expect(await askFor('SHOW CREATE DICTIONARY ws_0001.override')).not.toContain(engines.clickhouse.password)
  })

  it('are refused to a second process, which names the first', async () => {
    const second = holdEngines(directory)
    const said = await second.said
    expect(said.code).toBe('DATA_DIRECTORY_IN_USE')
    expect(said.message).toContain(`process ${process.pid}`)
    await expect(startEngines({ dataDirectory: directory, log })).rejects.toMatchObject({
      code: 'DATA_DIRECTORY_IN_USE',
    })
    expect(await askFor('SELECT 1')).toBe('1')
  })
})

describe('a data directory', () => {
  it.runIf(process.getuid?.() === 0)('that PostgreSQL may not enter is refused, naming the closed folder', async () => {
    const other = makeDirectory()
    chmodSync(other, 0o700)
    const error = await startEngines({ dataDirectory: join(other, 'data'), log }).catch((cause) => cause)
    expect(error).toMatchObject({ code: 'ENGINE_PATH_BLOCKED', words: { user: 'postgres', folder: other } })
    expect(error.say('en').action).toContain(`chmod o+x ${other}`)
    expect(processesOf(other)).toEqual([])
    rmSync(other, { recursive: true })
  })

  it('that cannot be made is refused with the reason', async () => {
    const path = join(directory, 'keys', 'clickhouse-app', 'data')
    const error = await startEngines({ dataDirectory: path, log }).catch((cause) => cause)
    expect(error).toMatchObject({ code: 'DATA_DIRECTORY_UNUSABLE', words: { path } })
  })
})

describe('supervision', () => {
  it('heals a killed ClickHouse at the same address with its rows and dictionaries', async () => {
    const changes = await changesDuring(engines, () => {
      for (const pid of processesOf(directory, 'clickhouse.mjs')) process.kill(pid, 'SIGKILL')
    })
    expect(changes).toEqual(['clickhouse restarting', 'clickhouse up'])
    expect(await askFor('SELECT count() FROM ws_0001.node_override')).toBe('3')
    expect(await askFor(`SELECT dictGet('ws_0001.override', 'profile_id', toUInt64(3))`)).toBe('8')
    expect(await askClickHouse({ ...engines.clickhouse, user: 'default', password: '' }, 'SELECT 1')).toMatchObject({
      errorCode: 700,
    })
  })

  it('heals a killed PostgreSQL at the same address with its rows', async () => {
    const changes = await changesDuring(engines, () => {
      for (const pid of processesOf(directory, 'bin/postgres')) process.kill(pid, 'SIGKILL')
    })
    expect(changes).toEqual(['postgres restarting', 'postgres up'])
    expect(await ask(engines.postgres.url, 'SELECT a FROM kept', '-c role=tagtree_owner')).toEqual([{ a: 7 }])
  })

  it('replaces a killed guard', async () => {
    const [first] = processesOf(directory, 'guard.sh')
    process.kill(first ?? 0, 'SIGKILL')
    expect(await until(() => processesOf(directory, 'guard.sh').some((pid) => pid !== first), 5000)).toBe(true)
  })
})

describe('a crash loop', () => {
  it('is given up at the fifth crash in a minute, and says so to everybody who waits', async () => {
    const other = makeDirectory()
    const own = await startEngines({ dataDirectory: other, databaseUrl: engines.postgres.url, log })
    const kill = (): void => {
      for (const pid of processesOf(other, 'clickhouse.mjs')) process.kill(pid, 'SIGKILL')
    }
    const changes: EngineStateChange[] = []
    own.onState((change) => {
      changes.push(change)
      if (change.state === 'up') kill()
    })
    kill()
    expect(await until(() => own.state().clickhouse === 'failed', 30_000)).toBe(true)
    expect(changes.filter((change) => change.state === 'up').length).toBe(4)
    expect(changes.at(-1)?.error).toMatchObject({
      code: 'ENGINE_FAILED',
      words: { count: 5, reason: 'signal SIGKILL' },
    })
    await expect(own.whenUp(1000)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
    await own.stop()
    expect(processesOf(other)).toEqual([])
    rmSync(other, { recursive: true })
  })
})

describe('external engines', () => {
  it('are connected without a process of ours', async () => {
    const other = makeDirectory()
    const { user, password, url } = engines.clickhouse
    const clickhouseUrl = url.replace('://', `://${user}:${password}@`)
    const external = await startEngines({ dataDirectory: other, databaseUrl: engines.postgres.url, clickhouseUrl, log })
    expect(external.versions).toEqual(engines.versions)
    expect(external.clickhouse).toEqual({ url, user, password, embedded: false })
    expect(processesOf(other)).toEqual([])
    await external.stop()
    rmSync(other, { recursive: true })
  })

  const refusal = async (databaseUrl: string): Promise<unknown> => {
    const other = makeDirectory()
    try {
      const { user, password, url } = engines.clickhouse
      const clickhouseUrl = url.replace('://', `://${user}:${password}@`)
      return await startEngines({ dataDirectory: other, databaseUrl, clickhouseUrl, log }).catch((cause) => cause)
    } finally {
      rmSync(other, { recursive: true })
    }
  }

  it('are refused when the PostgreSQL login is a superuser, with the SQL that makes a right one', async () => {
    const error = await refusal(superuserUrl())
    expect(error).toMatchObject({ code: 'ENGINE_LOGIN_UNSAFE', words: { login: 'bootstrap' } })
    expect((error as { words: { sql: string } }).words.sql).toContain(
      'GRANT tagtree_owner, tagtree_app, tagtree_worker TO tagtree',
    )
  })

  it('are refused when the login passes row-level security by, or has not the three roles', async () => {
    await ask(
      superuserUrl(),
      `CREATE ROLE passing LOGIN BYPASSRLS PASSWORD 'p'; GRANT CONNECT ON DATABASE tagtree TO passing`,
    )
    await ask(superuserUrl(), `CREATE ROLE poor LOGIN PASSWORD 'p'; GRANT CONNECT ON DATABASE tagtree TO poor`)
    const as = (login: string): string => engines.postgres.url.replace(/\/\/[^@]+@/, `//${login}:p@`)
    expect(await refusal(as('passing'))).toMatchObject({
      code: 'ENGINE_LOGIN_UNSAFE',
      message: expect.stringContaining('BYPASSRLS'),
    })
    expect(await refusal(as('poor'))).toMatchObject({
      code: 'ENGINE_LOGIN_UNSAFE',
      message: expect.stringContaining('may not take'),
    })
  })

  it('are refused when the server does not ask for the password', async () => {
    const rules = join(directory, 'postgres', 'pg_hba.conf')
    await ask(superuserUrl(), `COPY (SELECT 'host all all 127.0.0.1/32 trust') TO '${rules}'`)
    await ask(superuserUrl(), 'SELECT pg_reload_conf()')
    await until(async () => ((await refusal(engines.postgres.url)) as { code?: string }).code === 'ENGINE_OPEN', 3000)
    expect(await refusal(engines.postgres.url)).toMatchObject({ code: 'ENGINE_OPEN' })
    await ask(superuserUrl(), `COPY (SELECT 'host all all 127.0.0.1/32 scram-sha-256') TO '${rules}'`)
    await ask(superuserUrl(), 'SELECT pg_reload_conf()')
  })

  it('are refused with the reason when nothing answers or the password is wrong', async () => {
    const wrong = engines.postgres.url.replace(/:[^:@]+@/, ':wrong@')
    expect(await refusal(wrong)).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      words: { reason: expect.stringContaining('password') },
    })
    expect(await refusal('postgresql://a:b@127.0.0.1:1/x')).toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  })
})

describe('the end', () => {
  it('leaves no process, and a start after it finds everything again at the same address', async () => {
    const { postgres, clickhouse } = engines
    await engines.stop()
    expect(processesOf(directory)).toEqual([])
    engines = await startEngines({ dataDirectory: directory, log })
    expect(engines.postgres).toEqual(postgres)
    expect(engines.clickhouse).toEqual(clickhouse)
    expect(await ask(engines.postgres.url, 'SELECT a FROM kept', '-c role=tagtree_owner')).toEqual([{ a: 7 }])
    expect(await askFor('SELECT count() FROM ws_0001.node_override')).toBe('3')
  })

  it('frees the ports: when somebody else has taken them, the next start chooses others', async () => {
    await engines.stop()
    const { port } = new URL(engines.clickhouse.url)
    const squatter = createServer().listen(Number(port), '127.0.0.1')
    await new Promise((resolve) => squatter.once('listening', resolve))
    const before = engines
    engines = await startEngines({ dataDirectory: directory, log })
    squatter.close()
    expect(engines.clickhouse.url).not.toBe(before.clickhouse.url)
    expect(engines.postgres).toEqual(before.postgres)
    expect(await askFor(`SELECT dictGet('ws_0001.override', 'profile_id', toUInt64(3))`)).toBe('8')
  })

  it('of a killed process takes its engines along, and the directory can be used at once', async () => {
    await engines.stop()
    const holder = holdEngines(directory)
    await holder.said
    expect(processesOf(directory, 'clickhouse.mjs').length + processesOf(directory, 'bin/postgres').length).toBe(2)
    holder.child.kill('SIGKILL')
    expect(await until(() => processesOf(directory).length === 0, 5000)).toBe(true)
    expect(existsSync(join(directory, 'postgres', 'postmaster.pid'))).toBe(false)
  })

  it('lets exactly one of two that start at the same moment have the directory', async () => {
    const holders = [holdEngines(directory), holdEngines(directory)]
    const said = await Promise.all(holders.map((holder) => holder.said))
    expect(said.map((line) => line.code).sort()).toEqual(['DATA_DIRECTORY_IN_USE', undefined])
    for (const holder of holders) holder.child.kill('SIGKILL')
    // Both engines may still be ending while the next start is under way: it stops them itself.
    engines = await startEngines({ dataDirectory: directory, log })
    expect(await ask(engines.postgres.url, 'SELECT a FROM kept', '-c role=tagtree_owner')).toEqual([{ a: 7 }])
    expect(await askFor('SELECT count() FROM ws_0001.node_override')).toBe('3')
  })
})
