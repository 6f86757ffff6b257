import { AppError } from '@tagtree/core/kernel/app-error'
import type { TagDefinition } from '@tagtree/core/language/document'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openConfined } from '../../store/confined-clickhouse.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { RunBench } from '../testing/run-testkit.js'
import { type CheckedSql, checkSql } from './check-sql.js'
import type { SqlMoment } from './sql-statement.js'

const moment: SqlMoment = {
  asOf: Date.parse('2026-03-01T04:00:00Z'),
  isNow: true,
  knownSeq: null,
  excludedImports: [],
  hiddenRuns: [],
}
let test: TestWorkspace
let bench: RunBench

beforeAll(async () => {
  test = await createTestWorkspace()
  bench = new RunBench(test)
  await test.catalogs.declare(test.workspaceId, {
    events: [
      { name: 'order.paid', labels: 'paid' },
      { name: '浏览 页面', labels: 'view' },
    ],
    properties: [
      { event: 'order.paid', item: false, name: 'amount', type: 'money', labels: 'amount' },
      { event: 'order.paid', item: true, name: 'sku', type: 'text', labels: 'sku' },
      { event: '浏览 页面', item: false, name: 'url', type: 'text', labels: 'url' },
    ],
    attributes: [
      { subject: 'person', key: 'city', type: 'text', labels: 'city' },
      { subject: 'person', key: 'birthday', type: 'date', labels: 'birthday' },
    ],
  })
  await bench.addCustomers(3)
  await bench.addOrders([{ profile: 1, ts: Date.parse('2026-02-01T00:00:00Z'), amount: 10 }])
})
afterAll(() => test?.close())

const tag = (sql: string, more: Partial<TagDefinition> = {}): TagDefinition => ({
  version: 1,
  kind: 'tag',
  id: 'by_sql',
  name: 'by sql',
  ...more,
  assign: { given: { sql } },
})

async function check(sql: string, more: Partial<TagDefinition> = {}): Promise<CheckedSql> {
  const catalog = await test.catalogs.load(test.workspaceId)
  const engine = { clickhouse: test.events, confined: openConfined(test.events), catalog, heads: new Map() }
  return checkSql(engine, tag(sql, more), moment)
}

async function refusalOf(sql: string, more: Partial<TagDefinition> = {}): Promise<string> {
  try {
    await check(sql, more)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'DEFINITION_INVALID') throw error
    const [issue] = error.issues
    expect(error.issues).toHaveLength(1)
    expect(issue!.pointer).toBe('/assign/given/sql')
    expect(issue!.messageZh).toMatch(/\p{Script=Han}/u)
    return issue!.message
  }
  return 'accepted'
}

describe('what is accepted', () => {
  it.each<[string, string]>([
    ['text', `SELECT profile_id, 'x' AS value FROM profiles`],
    ['number', 'SELECT profile_id, sum(amount) AS value FROM order_paid GROUP BY profile_id'],
    ['text', "select profile_id, if(count() > 3, '多', '少') from order_paid group by profile_id"],
    [
      'date',
      'SELECT profile_id, max(ts) AS value FROM order_paid WHERE ts >= as_of - INTERVAL 30 DAY GROUP BY profile_id',
    ],
    ['date', 'SELECT profile_id, toDate(birthday) AS value FROM attributes'],
    ['bool', 'SELECT profile_id, customer FROM profiles;'],
    [
      'number',
      'SELECT o.profile_id, uniqExact(s) AS value FROM order_paid AS o ARRAY JOIN items_sku AS s GROUP BY o.profile_id -- lines',
    ],
    [
      'text',
      'WITH v AS (SELECT profile_id, e.url AS page FROM `浏览_页面` AS e) SELECT profile_id, any(domain(v.page)) AS value FROM v GROUP BY profile_id',
    ],
    ['text', "SELECT profile_id, value FROM tags WHERE tag = 'city' UNION ALL SELECT profile_id, city FROM attributes"],
    [
      'number',
      'SELECT profile_id, row_number() OVER (ORDER BY sum(amount) DESC, profile_id) AS value FROM order_paid GROUP BY profile_id',
    ],
    [
      'number',
      'SELECT profile_id, arraySum(arrayMap(x -> length(assumeNotNull(x)), items_sku)) AS value FROM order_paid /* why */ LIMIT 1 BY profile_id',
    ],
    [
      'number',
      "SELECT profile_id, CAST(amount, 'Float64') * 2 FROM order_paid WHERE profile_id IN (SELECT profile_id FROM profiles WHERE customer)",
    ],
    [
      'number',
      'SELECT p.profile_id, countIf(o.amount > 5) AS value FROM profiles p LEFT JOIN order_paid o USING (profile_id) GROUP BY p.profile_id',
    ],
  ])('a %s: %s', async (kind, sql) => {
    expect((await check(sql)).columns.kind).toBe(kind)
  })
})

describe('what is refused before anything runs', () => {
  it.each<[string, RegExp]>([
    ['', /empty/],
    ['INSERT INTO order_paid SELECT 1', /one SELECT/],
    ['DROP TABLE order_paid', /one SELECT/],
    ['CREATE TABLE x (a Int8) ENGINE = Memory', /one SELECT/],
    ['SET max_execution_time = 0', /one SELECT/],
    ['EXPLAIN SELECT 1', /one SELECT/],
    ['SYSTEM SHUTDOWN', /one SELECT/],
    ['SELECT 1 AS profile_id, 2 AS value; DROP DATABASE ws_1000', /one SELECT/],
    ['SELECT 1 AS profile_id, 2 AS value;;SELECT 1', /one SELECT/],
    ["SELECT 1 AS profile_id, file('/etc/passwd') AS value", /function "file"/],
    ["SELECT 1 AS profile_id, FiLe('/etc/passwd') AS value", /function "FiLe"/],
    ["SELECT 1 AS profile_id, `file`('/etc/passwd') AS value", /function "file"/],
    ['SELECT 1 AS profile_id, "file"(\'/etc/passwd\') AS value', /function "file"/],
    ["SELECT 1 AS profile_id, file/**/('/etc/passwd') AS value", /function "file"/],
    ["SELECT 1 AS profile_id, arrayMap(file, ['/etc/passwd'])[1] AS value", /function "file"/],
    ["SELECT 1 AS profile_id, arrayMap(`file`, ['/etc/passwd'])[1] AS value", /function "file"/],
    ["SELECT 1 AS profile_id, arrayFold((acc, x) -> file(x), ['/etc/passwd'], '') AS value", /function "file"/],
    ["WITH x -> file(x) AS f SELECT 1 AS profile_id, f('/etc/passwd') AS value", /function "file"/],
    ["WITH file AS f SELECT 1 AS profile_id, arrayMap(f, ['/etc/passwd'])[1] AS value", /function "file"/],
    ["SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS profile_id, '/etc/passwd' AS value)", /APPLY/],
    ["SELECT COLUMNS('value') APPLY(file), profile_id FROM profiles", /APPLY/],
    ['SELECT * APPLY file FROM profiles', /APPLY/],
    ["SELECT COLUMNS('profile') FROM profiles", /COLUMNS/],
    ['SELECT * REPLACE (1 AS profile_id) FROM profiles', /star/],
    ['SELECT * EXCEPT (subject) FROM profiles', /star/],
    ["SELECT 1 AS profile_id, value FROM file('/etc/passwd', 'LineAsString', 'value String')", /"file"/],
    ["SELECT 1 AS profile_id, value FROM url('http://127.0.0.1/', 'LineAsString', 'value String')", /"url"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM remote('127.0.0.1', system.users)", /"remote"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM cluster('default', system.one)", /"cluster"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM merge('ws_1000', 'events')", /"merge"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM input('value String')", /"input"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM format(CSV, '1')", /FORMAT/],
    ["SELECT 1 AS profile_id, 2 AS value FROM executable('id', 'TSV', 'value String')", /"executable"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM s3('http://127.0.0.1/x', 'TSV')", /"s3"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM hdfs('hdfs://x/y', 'TSV')", /"hdfs"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM mysql('h', 'd', 't', 'u', 'p')", /"mysql"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM postgresql('h', 'd', 't', 'u', 'p')", /"postgresql"/],
    ['SELECT 1 AS profile_id, 2 AS value FROM numbers(1000000000000)', /"numbers"/],
    ['SELECT 1 AS profile_id, 2 AS value FROM view(SELECT * FROM system.users)', /"view"/],
    ["SELECT 1 AS profile_id, 2 AS value FROM dictionary('ws_1000.override')", /"dictionary"/],
    ['SELECT profile_id, value FROM (VALUES (1, 2))', /cannot be read from|not available/],
    ['SELECT 1 AS profile_id, name AS value FROM profiles UNION ALL SELECT 1, name FROM system.users', /system\.users/],
    ['SELECT 1 AS profile_id, name AS value FROM system.databases', /system\.databases/],
    ['SELECT 1 AS profile_id, name AS value FROM "system"."databases"', /system\.databases/],
    ['SELECT 1 AS profile_id, name AS value FROM information_schema.tables', /information_schema/],
    ['SELECT profile_id, event AS value FROM ws_1000.events', /ws_1000\.events/],
    ['SELECT profile_id, event AS value FROM events', /no view "events"/],
    ['SELECT profile_id, blind AS value FROM identities', /no view "identities"/],
    ['SELECT profile_id, city AS value FROM attributes_now', /no view "attributes_now"/],
    ['SELECT profile_id, 1 IN system.one AS value FROM profiles', /system\.one/],
    ["SELECT 1 AS profile_id, dictGet('ws_1000.override', 'profile_id', toUInt64(1)) AS value", /"dictGet"/],
    ["SELECT 1 AS profile_id, joinGet('x', 'y', 1) AS value", /"joinGet"/],
    ["SELECT 1 AS profile_id, getSetting('max_threads') AS value", /"getSetting"/],
    ['SELECT 1 AS profile_id, currentUser() AS value', /"currentUser"/],
    ['SELECT 1 AS profile_id, hostName() AS value', /"hostName"/],
    ['SELECT 1 AS profile_id, version() AS value', /"version"/],
    ['SELECT 1 AS profile_id, sleep(3) AS value', /"sleep"/],
    ['SELECT 1 AS profile_id, sleepEachRow(3) AS value FROM profiles', /"sleepEachRow"/],
    ['SELECT 1 AS profile_id, throwIf(1) AS value', /"throwIf"/],
    ["SELECT 1 AS profile_id, aiGenerate('x') AS value", /"aiGenerate"/],
    ["SELECT 1 AS profile_id, initializeAggregation('sumState', 1) AS value", /"initializeAggregation"/],
    ["SELECT 1 AS profile_id, finalizeAggregation(CAST('x', 'AggregateFunction(sum, UInt8)')) AS value", /aggregates/],
    ["SELECT 1 AS profile_id, CAST('x', concat('Aggregate', 'Function(sum, UInt8)')) AS value", /turned into/],
    ["SELECT 1 AS profile_id, 'x'::JSON AS value", /turned into/],
    ["SELECT 1 AS profile_id, reinterpret('x', 'UInt8') AS value", /"reinterpret"/],
    ['SELECT 1 AS profile_id, now() AS value', /as_of/],
    ['SELECT 1 AS profile_id, today() AS value', /as_of/],
    ['SELECT 1 AS profile_id, rand() AS value', /"rand"/],
    ['SELECT 1 AS profile_id, sumState(1) AS value', /"sumState"/],
    ['SELECT 1 AS profile_id, 2 AS value SETTINGS max_execution_time = 0', /SETTINGS/],
    ['SELECT profile_id, value FROM (SELECT 1 AS profile_id, 2 AS value SETTINGS readonly = 0)', /SETTINGS/],
    ['SELECT 1 AS profile_id, 2 AS value FORMAT Native', /FORMAT/],
    ["SELECT 1 AS profile_id, 2 AS value INTO OUTFILE '/tmp/x'", /INTO/],
    [
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n AS profile_id, n AS value FROM r',
      /RECURSIVE/,
    ],
    ['SELECT 1 AS profile_id, 2 AS value) PARALLEL WITH DROP TABLE x (SELECT 1', /bracket/],
    ['SELECT 1 AS profile_id, 2 AS value PARALLEL WITH SELECT 3', /PARALLEL/],
    ['SELECT 1 AS profile_id, 2 AS value) UNION ALL (SELECT 1, 2', /bracket/],
    ['SELECT (1 AS profile_id, 2 AS value', /bracket/],
    ['SELECT 1 AS profile_id, {x:String} AS value', /braces/],
    ["SELECT 1 AS profile_id, $$file('/etc/passwd')$$ AS value", /sign "\$"/],
    ["SELECT 1 AS profile_id, x'41' AS value", /quote/],
    ["SELECT 1 AS profile_id, '\\x66ile' AS value", /escape/],
    ['SELECT 1 AS profile_id, “file”(1) AS value', /sign "“"/],
    ['SELECT 1 AS profile_id, ‘a’ AS value', /sign "‘"/],
    ["SELECT 1 AS profile_id, \u200bfile('/etc/passwd') AS value", /sign/],
    ["SELECT 1 AS profile_id, fi\u0000le('x') AS value", /sign/],
    ["SELECT 1 AS profile_id, \uff46ile('/etc/passwd') AS value", /sign/],
    ['SELECT 1 AS profile_id, `a\nFunction file` AS value', /quoted name/],
    ['SELECT 1 AS profile_id, 2 AS value /* open', /comment/],
    ["SELECT 1 AS profile_id, 'open AS value", /text/],
    ['SELECT 1 AS profile_id, @@version AS value', /sign "@"/],
    ['SELECT profile_id, 1 AS value FROM profiles SAMPLE 0.1', /SAMPLE/],
    ['SELECT t.file(1) AS profile_id, 2 AS value FROM profiles AS t', /file/],
    ['SELECT profile_id FROM profiles', /two columns/],
    ['SELECT profile_id, customer, subject FROM profiles', /two columns/],
    ["SELECT 'x' AS profile_id, 1 AS value", /number of a profile/],
    ['SELECT profile_id, [1] AS value FROM profiles', /value must be/],
    ['SELECT profile_id, (1, 2) AS value FROM profiles', /value must be/],
    ['SELECT profile_id, amuont AS value FROM order_paid', /amuont/],
    ['SELECT profile_id, 1 AS value FROM order_payd', /order_payd.*order_paid/],
    ['SELECT profile_id, cuont() AS value FROM profiles', /"cuont".*count/],
    ['SELECT profile_id value FROM profiles WHERE', /read/],
    ['SELECT profile_id, city + 1 AS value FROM attributes', /engine refuses/],
  ])('%s', async (sql, reason) => {
    expect(await refusalOf(sql)).toMatch(reason)
  })

  it('a tag with several values takes texts only', async () => {
    expect(await refusalOf('SELECT profile_id, 1 AS value FROM profiles', { family: 'multi' })).toMatch(/texts/)
  })
})

/** What the confined user gets for a statement that nobody checked. */
async function ask(sql: string): Promise<string> {
  const signal = AbortSignal.timeout(10_000)
  try {
    const rows = await openConfined(test.events).rows(sql, {}, signal)
    let text = ''
    for await (const part of rows) text += String(part)
    return `given: ${text}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
describe('what would keep the engine busy', () => {
  const nested = (times: number): string =>
    `${'SELECT * FROM ('.repeat(times)}SELECT profile_id, 1 AS value FROM profiles${')'.repeat(times)}`

  it.each<[string, string]>([
    ['a long array', 'SELECT profile_id, length(range(1000000000)) AS value FROM profiles'],
    [
      'a long array of long arrays',
      'SELECT 1 AS profile_id, arraySum(arrayMap(x -> arraySum(range(1000000 + x)), range(1000000))) AS value',
    ],
    ['a long text', "SELECT profile_id, length(repeat('x', 1000000000)) AS value FROM profiles"],
    ['a wide text', "SELECT profile_id, length(leftPad('x', 4000000000)) AS value FROM profiles"],
    ['a resized array', 'SELECT profile_id, length(arrayResize([1], 1000000000)) AS value FROM profiles'],
    ['deep brackets', `SELECT profile_id, ${'('.repeat(2000)}1${')'.repeat(2000)} AS value FROM profiles`],
    ['very deep brackets', `SELECT profile_id, ${'('.repeat(9900)}1${')'.repeat(9900)} AS value FROM profiles`],
    ['deep lists', `SELECT profile_id, ${'['.repeat(9900)}1${']'.repeat(9900)} AS value FROM profiles`],
    [
      'deep types',
      `SELECT profile_id, CAST(1, '${'Array('.repeat(3200)}UInt8${')'.repeat(3200)}') AS value FROM profiles`,
    ],
    [
      'deep types of another spelling',
      `SELECT profile_id, 1::${'Nullable('.repeat(2000)}UInt8${')'.repeat(2000)} AS value FROM profiles`,
    ],
    ['deep negations', `SELECT profile_id, ${'NOT '.repeat(4900)}1 AS value FROM profiles`],
    ['deep signs', `SELECT profile_id, ${'- '.repeat(9900)}1 AS value FROM profiles`],
    [
      'deep cases',
      `SELECT profile_id, ${'CASE WHEN 1 THEN '.repeat(800)}1${' END'.repeat(800)} AS value FROM profiles`,
    ],
    [
      'deep lambdas',
      `SELECT profile_id, ${'arrayMap(x -> '.repeat(700)}1${', [1])'.repeat(700)} AS value FROM profiles`,
    ],
    ['deep scalars', `SELECT profile_id, ${'(SELECT '.repeat(1500)}1${')'.repeat(1500)} AS value FROM profiles`],
    ['many unions', `SELECT profile_id, 1 AS value FROM profiles ${'UNION ALL SELECT 1, 2 '.repeat(850)}`],
    ['many joins', `SELECT profile_id, 1 AS value FROM profiles ${'CROSS JOIN profiles '.repeat(900)}`],
    ['half read ways', `SELECT profile_id, ${'(1, '.repeat(3000)} AS value FROM profiles${')'.repeat(3000)}`],
    ['deep subqueries', nested(300)],
    ['deep calls', `SELECT profile_id, ${'abs('.repeat(3000)}1${')'.repeat(3000)} AS value FROM profiles`],
    ['many terms', `SELECT profile_id, ${Array.from({ length: 9000 }, (_, i) => i).join('+')} AS value FROM profiles`],
    [
      'a doubling alias',
      `WITH ${Array.from({ length: 40 }, (_, i) => `concat(${i === 0 ? "'x','x'" : `a${i - 1},a${i - 1}`}) AS a${i}`).join(', ')} SELECT profile_id, length(a39) AS value FROM profiles`,
    ],
  ])('%s is refused, or ends with an error when it runs', async (_name, sql) => {
    const begun = performance.now()
    if ((await refusalOf(sql)) === 'accepted') expect(await ask(sql)).not.toMatch(/^given/)
    expect(performance.now() - begun).toBeLessThan(20_000)
  })
})

describe('the confined user, whatever statement reaches it', () => {
  const databases = (): { own: string; other: string } => ({ own: test.events.database, other: 'ws_0001' })

  it.each<[string, (names: { own: string; other: string }) => string]>([
    ['the tables of its own workspace', ({ own }) => `SELECT * FROM ${own}.events`],
    ['its identities', ({ own }) => `SELECT * FROM ${own}.identities`],
    ['its dictionary', ({ own }) => `SELECT dictGet('${own}.override', 'profile_id', toUInt64(1))`],
    ['another workspace', ({ other }) => `SELECT * FROM ${other}.events`],
    [
      'the views of another workspace',
      ({ other }) => `SELECT * FROM ${other}_sql.profiles(asOf = now(), knownSeq = 1, excluded = [])`,
    ],
    ['all tables at once', () => `SELECT * FROM merge(REGEXP('ws_.*'), 'events')`],
    ['users', () => 'SELECT * FROM system.users'],
    ['a file as a table', () => `SELECT * FROM file('/etc/passwd', 'LineAsString', 'l String')`],
    ['an address', () => `SELECT * FROM url('http://127.0.0.1/', 'LineAsString', 'l String')`],
    ['a program', () => `SELECT * FROM executable('id', 'TSV', 'l String')`],
    ['another server', () => `SELECT * FROM remote('127.0.0.1', 'system', 'one')`],
    ['a PostgreSQL', () => `SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')`],
    ['more time', () => 'SELECT 1 SETTINGS max_execution_time = 0'],
    ['the right to write', () => 'SELECT 1 SETTINGS readonly = 0'],
  ])('cannot read or have %s', async (_name, sql) => {
    expect(await ask(sql(databases()))).toMatch(
      /privileges|readonly|no tables|does not exist|Unknown|NOT_ENOUGH|disabled|Cannot/i,
    )
  })

  it.each([
    'INSERT INTO x SELECT 1',
    'CREATE TABLE x (a Int8) ENGINE = Memory',
    'DROP DATABASE x',
    'SYSTEM SHUTDOWN',
    'KILL QUERY WHERE 1 SYNC',
  ])('cannot do %s', async (sql) => {
    expect(await ask(sql)).not.toMatch(/^given: ./)
  })

  it('and the engine still answers everybody', async () => {
    expect(await test.events.query<{ n: number }>('SELECT 1 AS n')).toEqual([{ n: 1 }])
    expect((await check('SELECT profile_id, 1 AS value FROM profiles')).columns.kind).toBe('number')
  })
})
