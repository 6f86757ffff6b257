import type { Catalog } from '@tagtree/core/catalog/catalog'
import type { TagAudience } from '@tagtree/core/compile/audience/stored-sets'
import { compileTagAudience } from '@tagtree/core/compile/audience/tag-audience'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { SegmentDefinition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import { KIND_WORDS } from '../tag/catalogue/kind-words.js'
import { everybodyOf } from '../tag/everybody-of.js'
import { momentContext } from '../tag/moment-context.js'
import { computationError } from '../tag/run/run-error.js'
import { solveFits } from '../tag/run/solve-fits.js'
import { compileTaken } from '../tag/take.js'
import { publishedAudience } from './audience.js'
import { populationValues } from './population-values.js'
import type { SegmentScope } from './segment-scope.js'

export interface AudienceCount {
  readonly people: number
  /** Whom the condition cannot decide. */
  readonly unknown: number
  readonly population: number
  /** ms */
  readonly asOf: number
  readonly answeredBy: 'bitmaps' | 'plan'
}

interface CountRow {
  readonly people: string
  readonly unknown: string
  readonly population: string
}

/**
 * Counts a saved segment: what is published of it, so that the number is that of its list, or what it says now when its
 * published version has not run yet.
 * @throws AppError NOT_FOUND | DEFINITION_INVALID | RUN_FAILED
 */
export async function countSaved(
  scope: SegmentScope,
  id: string,
  asOf: number | null,
  now: number,
  signal?: AbortSignal,
): Promise<AudienceCount> {
  const entry = scope.catalog.definitions.get(id)
  if (entry?.body.kind !== 'segment') throw new AppError('NOT_FOUND', { words: { what: KIND_WORDS.segment, name: id } })
  if (asOf !== null || scope.known || isOutdated(scope, entry.number))
    return countSegment(scope, entry.body, asOf, now, signal)
  const published = publishedAudience(scope, { kind: 'segments', id, value: null })
  return countAudience(scope, published.audience, published.asOf, signal)
}

/**
 * Counts a segment as it is written, saved or not. Published tags answer by bitmaps when the condition needs nothing else
 * and no other moment is asked for; else the general plan computes it. Both give the same people.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED
 */
export async function countSegment(
  scope: SegmentScope,
  segment: SegmentDefinition,
  asOf: number | null,
  now: number,
  signal?: AbortSignal,
): Promise<AudienceCount> {
  const definition = resolveSegment(scope.catalog, segment)
  try {
    const byBitmaps =
      asOf === null && scope.known === undefined ? await countByBitmaps(scope, definition, signal) : null
    return byBitmaps ?? (await countByPlan(scope, definition, asOf, now, signal))
  } catch (error) {
    throw computationError(error, definition.id)
  }
}

async function countByBitmaps(
  scope: SegmentScope,
  definition: SegmentDefinition,
  signal: AbortSignal | undefined,
): Promise<AudienceCount | null> {
  const { catalog, heads } = scope
  const subject = catalog.subjects.get(definition.subject ?? 'person')
  // Bitmaps do not know in which order people are to be taken.
  if (!subject || definition.take !== undefined) return null
  const population = { number: subject.number, values: populationValues(definition) }
  const audience = compileTagAudience(definition.where, { catalog, heads, population })
  if (audience === null || audience.reads.some((number) => isOutdated(scope, number))) return null
  const lists = new Set([...catalog.lists.values()].map((list) => list.number))
  // A list stays as it was frozen, so its age says nothing of the answer's.
  const moments = audience.reads.filter((number) => !lists.has(number)).map((number) => heads.get(number)!.asOf)
  return countAudience(scope, audience, Math.min(...moments), signal)
}

/** What is published of it speaks of an earlier version. */
function isOutdated({ catalog, heads }: SegmentScope, number: number): boolean {
  const entry = [...catalog.definitions.values()].find((definition) => definition.number === number)
  return entry !== undefined && heads.get(number)?.version !== entry.version
}

async function countAudience(
  scope: SegmentScope,
  { count, unknown }: TagAudience,
  asOf: number,
  signal: AbortSignal | undefined,
): Promise<AudienceCount> {
  const [counted, undecided] = await Promise.all(
    [count, unknown].map(({ sql, params }) => scope.clickhouse.query<CountRow>(sql, { params, signal })),
  )
  return { ...figuresOf({ ...counted?.[0], ...undecided?.[0] } as CountRow), asOf, answeredBy: 'bitmaps' }
}

async function countByPlan(
  scope: SegmentScope,
  definition: SegmentDefinition,
  asOf: number | null,
  now: number,
  signal: AbortSignal | undefined,
): Promise<AudienceCount> {
  const compiled = compileTaken([definition, everybodyOf(definition)], momentContext(scope, asOf, now))
  const { fits } = await solveFits(scope.clickhouse, compiled, scope.fits, signal)
  const { sql, params } = compiled.statement(fits)
  const rows = await scope.clickhouse.query<CountRow>(
    `SELECT toString(countIf(v_0 = 1)) AS people, toString(countIf(isNull(v_0))) AS unknown,
       toString(countIf(v_1 = 1)) AS population
     FROM (${sql})`,
    { params, signal },
  )
  return { ...figuresOf(rows[0]), asOf: asOf ?? now, answeredBy: 'plan' }
}

function figuresOf(row: CountRow | undefined): Pick<AudienceCount, 'people' | 'unknown' | 'population'> {
  return {
    people: Number(row?.people ?? 0),
    unknown: Number(row?.unknown ?? 0),
    population: Number(row?.population ?? 0),
  }
}

function resolveSegment(catalog: Catalog, segment: SegmentDefinition): SegmentDefinition {
  const resolved = resolveDefinition(segment, catalog)
  if (resolved.ok && resolved.definition.kind === 'segment') return resolved.definition
  const issues = resolved.ok ? [] : resolved.issues
  throw new AppError('DEFINITION_INVALID', { words: { count: issues.length }, issues })
}
