import type { Catalog, DefinitionEntry } from '@tagtree/core/catalog/catalog'
import { type Compiled, compile, type OutputColumn } from '@tagtree/core/compile/compile'
import { Random } from '@tagtree/core/demo/random'
import { evaluateWorld } from '@tagtree/core/evaluate/evaluate-world'
import { parseDecimal } from '@tagtree/core/kernel/decimal'
import type { Definition } from '@tagtree/core/language/document'
import type { EventScopeValue } from '@tagtree/core/language/event-scope/event-scope'
import { parseDefinition } from '@tagtree/core/language/parse'
import { withBody } from '@tagtree/core/language/recipe-body'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { WorkspaceClickHouse } from '../../store/clickhouse.js'
import { inWorkspace, type Tx } from '../../store/postgres.js'
import { readScanState, type ScanState } from '../../store/scan-state.js'
import { createTestWorkspace, type TestWorkspace } from '../../testing/workspace-for-tests.js'
import { asKnown, type MomentScope, momentContext } from '../moment-context.js'
import { runPass } from '../run/run-pass.js'
import { solveFits } from '../run/solve-fits.js'
import { DefinitionGenerator } from '../testing/random-definition.js'
import { factsOf, randomWorld, type World } from '../testing/random-world.js'
import { plainValue, readValue, sameValue, showValue } from '../testing/value-map.js'
import { worldCatalog } from '../testing/world-catalog.js'
import { addWorldColumns, blindOf, writeWorld } from '../testing/world-tables.js'
import { hiddenRuns, readLabels, readMoment } from './published-moment.js'
import { LATER_SEQ, laterWorld, movedNodes } from './testing/later-world.js'
import { numbersAt, valuesAt } from './values-at.js'

/** Replays one run; printed when something differs. */
const SEED = Number(process.env.TAGTREE_PROPERTY_SEED ?? 20_260_102)
const WORLDS = Number(process.env.TAGTREE_HISTORY_WORLDS ?? 6)
const DEFINITIONS = 8
const DAY = 86_400_000

/** What a segment tells of those its condition cannot decide. */
const UNDECIDED = '\u0000undecided'

type Values = ReadonlyMap<number, EventScopeValue>

let workspace: TestWorkspace
let published: WorkspaceClickHouse
/** Statements sent while what was published is read. */
const sent: string[] = []
beforeAll(async () => {
  workspace = await createTestWorkspace()
  await addWorldColumns(workspace.events, worldCatalog('Asia/Shanghai', []))
  const { events } = workspace
  published = {
    ...events,
    query: (sql, options) => {
      sent.push(sql)
      return events.query(sql, options)
    },
  }
})
afterAll(() => workspace?.close())

it(`what is known later changes nothing of what was known: ${WORLDS * DEFINITIONS} random definitions`, async () => {
  let compared = 0
  let changed = 0
  for (let index = 0; index < WORLDS; index++) {
    const random = new Random(SEED, 11, index)
    // Items are read as they are known, with the rest; this test has none.
    const { items: _items, ...drawn } = randomWorld(random) as World & { items?: unknown }
    const world: World = {
      ...drawn,
      knownSeq: null,
      excludedImports: [],
      unpublishedRuns: [],
      attributes: 'current',
    }
    const definitions = definitionsFor(new DefinitionGenerator(random, world), world)
    const trial = new Trial(world, definitions)
    const isFitted = random.chance(0.5)
    await trial.publish(isFitted)
    const then = await trial.readPublished()
    const later = laterWorld(random, world)
    await trial.arrive(later)
    sent.length = 0
    const place = `seed ${SEED}, world ${index}`
    expect(differences(then, await trial.readPublished()), `${place}: published, read again`).toEqual([])
    expect(tablesOf(sent).length, place).toBeGreaterThan(0)
    expect(['tag_changes', 'tag_numbers'], place).toEqual(expect.arrayContaining(tablesOf(sent)))
    const known = await trial.computeAsKnown()
    expect(differences(then, known), `${place}: (T, known at T) and what was published`).toEqual([])
    // Cuts kept from an earlier run are not those of the moment itself.
    if (!isFitted) expect(differences(trial.evaluate(world), known), `${place}: (T, known at T)`).toEqual([])
    const truth = await trial.computeLatest(later)
    expect(differences(trial.evaluate(later), truth), `${place}: (T, latest)`).toEqual([])
    compared += trial.definitions.length
    changed += differences(then, truth).length
  }
  expect(compared).toBeGreaterThan(WORLDS * DEFINITIONS * 0.8)
  // Otherwise nothing was proved.
  expect(changed).toBeGreaterThan(compared)
}, 600_000)

function tablesOf(statements: readonly string[]): string[] {
  const tables = statements.flatMap((sql) =>
    [...sql.matchAll(/\b(?:FROM|JOIN)\s+([a-z_]+)/g)].map((match) => match[1]!),
  )
  return [...new Set(tables)].sort()
}

/** Definitions that a run can publish: tags and segments; a metric becomes the tag of its value. */
function definitionsFor(generator: DefinitionGenerator, world: World): Definition[] {
  const catalog = worldCatalog(world.timeZone, [])
  const found: Definition[] = []
  for (let drawn = 0; found.length < DEFINITIONS && drawn < DEFINITIONS * 4; drawn++) {
    const parsed = parseDefinition(generator.definition())
    const drawnDefinition = parsed.ok ? withBody(parsed.definition) : undefined
    if (!drawnDefinition) continue
    const definition: Definition =
      drawnDefinition.kind === 'metric'
        ? ({ ...drawnDefinition, kind: 'tag', assign: { value: drawnDefinition.value } } as Definition)
        : drawnDefinition
    if (definition.kind === 'tag' && 'value' in definition) delete (definition as { value?: unknown }).value
    const isPersons = (definition.subject ?? 'person') === 'person'
    if (isPersons && resolveDefinition(definition, catalog).ok) found.push(definition)
  }
  return found
}

/** One world, what a run published of it, and what arrived later. */
class Trial {
  readonly catalog: Catalog
  definitions: readonly Definition[]
  #columns: readonly OutputColumn[] = []
  #knownAt = 0

  constructor(
    readonly world: World,
    definitions: readonly Definition[],
  ) {
    this.catalog = worldCatalog(world.timeZone, definitions)
    this.definitions = definitions
  }

  /** Writes the world and publishes the definitions as of its moment; `fitted`: cuts are kept from three days before. */
  async publish(fitted: boolean): Promise<void> {
    const { events, workspaceId } = workspace
    for (const table of ['tag_numbers', 'tag_bitmaps']) await events.command(`TRUNCATE TABLE ${table}`)
    await writeWorld(events, this.world, factsOf(this.world), this.catalog)
    await this.#inside((tx) => resetRecords(tx, workspaceId, this.#entries()))
    if (fitted) await this.#run(this.world.asOf - 3 * DAY, false)
    const broken = await this.#run(this.world.asOf, true)
    this.definitions = this.definitions.filter(({ id }) => !broken.has(id))
    this.#columns = this.#compile(this.#scope(await readScanState(workspace.postgres.app, workspaceId))).columns
    this.#knownAt = Date.now() + 1
    await this.#inside((tx) => noteBatch(tx, workspaceId, 0, this.#knownAt - 1000))
  }

  async #run(asOf: number, isNow: boolean): Promise<ReadonlySet<string>> {
    const { postgres, events, workspaceId } = workspace
    const result = await runPass(
      {
        pool: postgres.app,
        clickhouse: events,
        catalog: this.catalog,
        scan: await readScanState(postgres.app, workspaceId),
        blind: blindOf,
      },
      {
        workspaceId,
        definitions: this.#entries(),
        subject: 'person',
        asOf,
        isNow,
        kind: 'base',
        refit: false,
        signal: new AbortController().signal,
        onProgress: async () => undefined,
      },
    )
    return new Set(result.broken.map((error) => String(error.words.name)))
  }

  /** More arrives: rows, and who is who. */
  async arrive(later: World): Promise<void> {
    const { events, workspaceId } = workspace
    const own = `tag_id IN (${this.#entries().map(({ number }) => number)})`
    await events.command('DROP TABLE IF EXISTS kept_changes')
    await events.command(
      `CREATE TABLE kept_changes ENGINE = MergeTree ORDER BY tag_id AS SELECT * FROM tag_changes WHERE ${own}`,
    )
    await writeWorld(events, later, factsOf(later), this.catalog)
    await events.command('INSERT INTO tag_changes SELECT * FROM kept_changes')
    const moved = movedNodes(this.world, later)
    const parted = moved.flatMap(([node]) => (later.profileOf.get(node) === node ? [node] : []))
    if (parted.length > 0) {
      await events.command(
        `INSERT INTO node_override SELECT arrayJoin({nodes:Array(UInt32)}) AS node_id, node_id AS profile_id, 2 AS version`,
        { params: { nodes: parted } },
      )
      await events.command('SYSTEM RELOAD DICTIONARY override')
    }
    await this.#inside(async (tx) => {
      await noteBatch(tx, workspaceId, 1, this.#knownAt + 10_000)
      await tx.query(
        `insert into node_profile (workspace_id, node_id, profile_id, from_seq, to_seq)
         select $1, node_id, profile_id, 0, $4 from unnest($2::int[], $3::int[]) as m(node_id, profile_id)`,
        [workspaceId, moved.map(([node]) => node), moved.map(([, former]) => former), String(LATER_SEQ)],
      )
      for (const importId of later.excludedImports) {
        await tx.query('insert into import_excluded (workspace_id, import_id, seq) values ($1, $2, $3)', [
          workspaceId,
          importId,
          String(LATER_SEQ),
        ])
      }
    })
  }

  /** What the history tells of the moment. */
  async readPublished(): Promise<Map<string, Values>> {
    const found = new Map<string, Values>()
    for (const [index, { id }] of this.definitions.entries()) {
      found.set(id, await this.#readOne(this.catalog.definitions.get(id)!, this.#columns[index]!))
    }
    return found
  }

  async #readOne({ id, kind, number }: DefinitionEntry, { type }: OutputColumn): Promise<Values> {
    const { workspaceId } = workspace
    const { asOf } = this.world
    const subject = { id, kind: kind as 'tag' | 'segment', number, subject: 'person' }
    const { moment, hidden, labels } = await this.#inside(async (tx) => {
      const moment = await readMoment(tx, workspaceId, subject, asOf, null)
      return {
        moment,
        hidden: await hiddenRuns(tx, workspaceId, null),
        labels: await readLabels(tx, workspaceId, subject, moment.valueType),
      }
    })
    const part = { number, hidden }
    if (moment.valueType !== 'codes') {
      const { sql, params } = numbersAt(part, asOf, 'at')
      const rows = await published.query<{ profile_id: number; num: string | null; ms: string }>(
        `SELECT profile_id, toString(num) AS num, toString(toUnixTimestamp64Milli(at)) AS ms FROM (${sql})`,
        { params },
      )
      return new Map(rows.map((row) => [row.profile_id, row.num === null ? Number(row.ms) : parseDecimal(row.num)!]))
    }
    const { sql, params } = valuesAt(part, moment, asOf, 'at')
    const rows = await published.query<{ profile_id: number; codes: number[] }>(
      `SELECT profile_id, groupArray(value) AS codes FROM (${sql}) GROUP BY profile_id`,
      { params },
    )
    return new Map(
      rows.map((row): [number, EventScopeValue] => {
        const texts = row.codes.map(labels.labelOf).sort()
        if (type === 'codes' || type === 'list') return [row.profile_id, texts]
        if (type !== 'bool') return [row.profile_id, texts[0]!]
        return [row.profile_id, texts[0] === 'unknown' ? UNDECIDED : texts[0] === 'member' || texts[0] === 'true']
      }),
    )
  }

  async computeAsKnown(): Promise<Map<string, Values>> {
    const { postgres, workspaceId } = workspace
    const scope = this.#scope(await readScanState(postgres.app, workspaceId))
    const moment = { asOf: this.world.asOf, knownAt: this.#knownAt }
    return asKnown({ pool: postgres.app, workspaceId }, scope, moment, (known) => this.#compute(known))
  }

  async computeLatest(later: World): Promise<Map<string, Values>> {
    const { postgres, workspaceId } = workspace
    const scan = { ...(await readScanState(postgres.app, workspaceId)), hasSuperseded: later.superseded.length > 0 }
    return this.#compute(this.#scope(scan))
  }

  async #compute(scope: MomentScope): Promise<Map<string, Values>> {
    const compiled = this.#compile(scope)
    const { fits } = await solveFits(workspace.events, compiled, scope.fits)
    const { sql, params } = compiled.statement(fits)
    const rows = await workspace.events.query<Record<string, unknown>>(sql, { params })
    return new Map(
      compiled.columns.map((column) => [
        column.definitionId,
        new Map(
          rows.map((row) => [
            Number(row.profile_id),
            this.#decided(column.definitionId, readValue(column, row[column.column])),
          ]),
        ),
      ]),
    )
  }

  /** A segment says of everybody whether it can decide. */
  #decided(id: string, value: EventScopeValue): EventScopeValue {
    return value === null && this.catalog.definitions.get(id)!.kind === 'segment' ? UNDECIDED : value
  }

  evaluate(world: World): Map<string, Values> {
    const facts = factsOf(world)
    const numberOf = (profile: number): number => world.subjectOf?.get(profile) ?? 1
    const others = new Map(
      [...this.catalog.subjects.values()].map(({ key, number }) => [
        key,
        facts.filter(({ profile }) => numberOf(profile) === number),
      ]),
    )
    const { catalog } = this
    const values = evaluateWorld(this.definitions, others.get('person')!, { catalog, asOf: world.asOf, others })
    const decided = (id: string): Values =>
      new Map([...values.get(id)!].map(([profile, value]) => [profile, this.#decided(id, value)]))
    return new Map(this.definitions.map(({ id }) => [id, decided(id)]))
  }

  #compile(scope: MomentScope): Compiled {
    return compile(this.definitions, momentContext(scope, this.world.asOf, this.world.asOf))
  }

  #scope(scan: ScanState): MomentScope {
    const superseded = { ...scan, hasSuperseded: true }
    return { clickhouse: workspace.events, catalog: this.catalog, scan: superseded, hidden: [], blind: blindOf }
  }

  #entries(): DefinitionEntry[] {
    return this.definitions.map(({ id }) => this.catalog.definitions.get(id)!)
  }

  #inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return inWorkspace(workspace.postgres.app, workspace.workspaceId, work)
  }
}

/** Definitions and profiles whose values differ. A blank one, nobody and an empty text are the same in the history. */
function differences(left: ReadonlyMap<string, Values>, right: ReadonlyMap<string, Values>): string[] {
  return [...left].flatMap(([id, values]) => {
    const others = right.get(id)!
    const profiles = new Set([...values.keys(), ...others.keys()])
    return [...profiles].flatMap((profile) => {
      const [a, b] = [held(values.get(profile)), held(others.get(profile))]
      return sameValue(a, b) ? [] : [`${id} of ${profile}: ${showValue(a)} and ${showValue(b)}`]
    })
  })
}

function held(value: EventScopeValue | undefined): EventScopeValue {
  const plain = plainValue(value ?? null)
  if (plain === '' || plain === false) return null
  if (typeof plain !== 'object' || plain === null) return plain
  const texts = plain.filter((text) => text !== '')
  return texts.length === 0 ? null : texts
}

async function resetRecords(tx: Tx, workspaceId: number, entries: readonly DefinitionEntry[]): Promise<void> {
  for (const table of [
    'tag_run',
    'tag_head',
    'fit',
    'value_code',
    'batch',
    'node_profile',
    'import_excluded',
    'definition',
  ]) {
    await tx.query(`delete from ${table} where workspace_id = $1`, [workspaceId])
  }
  await tx.query(
    `insert into definition (workspace_id, id, kind, number, published_version)
     select $1, id, kind, number, version from unnest($2::text[], $3::text[], $4::int[], $5::int[]) as d(id, kind, number, version)`,
    [
      workspaceId,
      entries.map(({ id }) => id),
      entries.map(({ kind }) => kind),
      entries.map(({ number }) => number),
      entries.map(({ version }) => version),
    ],
  )
  await tx.query(`update applier_head set has_superseded = true where workspace_id = $1`, [workspaceId])
}

async function noteBatch(tx: Tx, workspaceId: number, batchNo: number, storedAt: number): Promise<void> {
  await tx.query(
    `insert into batch (workspace_id, batch_no, log_to, epoch, state, stored_at, n)
     values ($1, $2, 0, 1, 'stored', to_timestamp($3::double precision / 1000), 0)`,
    [workspaceId, batchNo, storedAt],
  )
}
