import type { Catalog } from '@tagtree/core/catalog/catalog'
import { compileTagAudience, type TagAudience } from '@tagtree/core/compile/audience/tag-audience'
import { compile } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import type { Condition, Definition, SegmentDefinition } from '@tagtree/core/language/document'
import { resolveDefinition } from '@tagtree/core/language/resolve'
import type { WorkspaceClickHouse } from '../store/clickhouse.js'
import type { ScanState } from '../store/scan-state.js'
import type { TagHead } from '../tag/run/heads.js'
import { solveFits } from '../tag/run/solve-fits.js'
import { populationCodes } from '../tag/run/write-population.js'

/** One moment of a workspace: catalogue, published heads and what scans must leave out. */
export interface SegmentScope {
  readonly clickhouse: WorkspaceClickHouse
  readonly catalog: Catalog
  readonly heads: ReadonlyMap<number, TagHead>
  readonly scan: ScanState
}

export interface AudienceCount {
  readonly people: number
  readonly unknown: number
  readonly population: number
  /** ms */
  readonly asOf: number
  readonly answeredBy: 'bitmaps' | 'plan'
}

/**
 * Counts a drafted or saved segment. Published tags answer by bitmaps when the condition needs nothing else and no
 * other moment is asked for; else the general plan computes it.
 * @throws AppError DEFINITION_INVALID
 */
export async function countSegment(
  scope: SegmentScope,
  definition: SegmentDefinition,
  asOf: number | null,
  now: number,
): Promise<AudienceCount> {
  const resolved = resolveSegment(scope.catalog, definition)
  if (asOf === null) {
    const audience = tagAudience(scope, resolved.where, resolved)
    if (audience !== null) {
      const [row] = await scope.clickhouse.query<{ people: string; unknown: string; population: string }>(
        audience.count.sql,
        { params: audience.count.params },
      )
      return {
        people: Number(row?.people ?? 0),
        unknown: Number(row?.unknown ?? 0),
        population: Number(row?.population ?? 0),
        asOf: oldestHead(scope) ?? now,
        answeredBy: 'bitmaps',
      }
    }
  }
  const moment = asOf ?? now
  const statement = await segmentStatement(scope, resolved, moment, asOf === null)
  const [row] = await scope.clickhouse.query<{ people: string; unknown: string; population: string }>(
    `SELECT toString(countIf(v_0 = 1)) AS people, toString(countIf(isNull(v_0))) AS unknown, toString(count()) AS population
     FROM (${statement.sql})`,
    { params: statement.params },
  )
  return {
    people: Number(row?.people ?? 0),
    unknown: Number(row?.unknown ?? 0),
    population: Number(row?.population ?? 0),
    asOf: moment,
    answeredBy: 'plan',
  }
}

/** The audience by stored bitmaps, or null when the condition needs more. */
export function tagAudience(scope: SegmentScope, where: Condition, definition: Definition): TagAudience | null {
  const subject = scope.catalog.subjects.get(definition.subject ?? 'person')
  if (!subject) return null
  const who = definition.who ?? 'customers'
  const values =
    who === 'everyone' || subject.key !== 'person'
      ? [populationCodes.customers, populationCodes.visitors]
      : [populationCodes[who]]
  return compileTagAudience(where, {
    catalog: scope.catalog,
    heads: scope.heads,
    population: { number: subject.number, values },
  })
}

async function segmentStatement(
  scope: SegmentScope,
  definition: SegmentDefinition,
  asOf: number,
  isNow: boolean,
): Promise<{ sql: string; params: Record<string, unknown> }> {
  const compiled = compile([definition], {
    catalog: scope.catalog,
    database: scope.clickhouse.database,
    asOf,
    knownSeq: null,
    excludedImports: scope.scan.excludedImports,
    hasSuperseded: scope.scan.hasSuperseded,
    attributes: isNow ? 'current' : 'history',
    tags: { mode: 'recompute' },
  })
  const { fits } = await solveFits(scope.clickhouse, compiled)
  return compiled.statement(fits)
}

function resolveSegment(catalog: Catalog, definition: SegmentDefinition): SegmentDefinition {
  const resolved = resolveDefinition(definition, catalog)
  if (!resolved.ok) {
    throw new AppError('DEFINITION_INVALID', { words: { count: resolved.issues.length }, issues: resolved.issues })
  }
  if (resolved.definition.kind !== 'segment') {
    throw new AppError('NOT_FOUND', { words: { what: 'segment', name: definition.id } })
  }
  return resolved.definition
}

function oldestHead(scope: SegmentScope): number | null {
  const moments = [...scope.heads.values()].map((head) => head.asOf)
  return moments.length === 0 ? null : Math.min(...moments)
}
