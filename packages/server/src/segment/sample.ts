import { type Compiled, compile, type OutputColumn } from '@tagtree/core/compile/compile'
import { AppError } from '@tagtree/core/kernel/app-error'
import { momentContext } from '../tag/moment-context.js'
import { computationError } from '../tag/run/run-error.js'
import { solveFits } from '../tag/run/solve-fits.js'
import { drawSql, knownSql } from '../tag/take.js'
import type { PublishedAudience } from './audience.js'
import type { SegmentScope } from './segment-scope.js'
import { unnamedDefinitions } from './unnamed-definition.js'

export interface SampleRequest {
  /** The same seed draws the same people of the same audience. */
  readonly seed: string
  /** So many people, or this share of them (rounded to whole people); of each stratum where there are strata. */
  readonly size: { readonly n: number } | { readonly share: number }
  /** What divides the audience; who has no value is in no stratum. null = one draw from all. */
  readonly per: unknown
}

export interface Sample {
  /** Ascending. */
  readonly profileIds: readonly number[]
  /** People the draw was from. */
  readonly people: number
  /** Empty without strata; else by size, largest first. */
  readonly strata: readonly { readonly value: string; readonly people: number; readonly drawn: number }[]
}

const allProfiles = 4_294_967_295

/**
 * Draws people of a published audience at random but repeatably: those whose hash with the seed is smallest, so that a
 * larger sample of one seed holds every smaller one.
 * @throws AppError DEFINITION_INVALID | RUN_FAILED
 */
export async function samplePeople(
  scope: SegmentScope,
  { audience, subject }: PublishedAudience,
  { seed, size, per }: SampleRequest,
  now: number,
  signal?: AbortSignal,
): Promise<Sample> {
  const members = audience.members(0, allProfiles)
  const wanted = 'n' in size ? 'place <= {n:UInt64}' : 'place <= round({share:Float64} * people)'
  const params: Record<string, unknown> = { ...members.params, seed, ...size }
  const draw = (source: string, stratum: string): string =>
    `SELECT profile_id, stratum, place, people, ${wanted} AS drawn FROM (
       SELECT profile_id, ${stratum} AS stratum, count() OVER (PARTITION BY stratum) AS people,
         row_number() OVER (PARTITION BY stratum ORDER BY ${drawSql('{seed:String}', 'profile_id')}, profile_id) AS place
       FROM (${source}))`
  try {
    let sql = draw(members.sql, `''`)
    if (per !== null) {
      const strata = compileStrata(scope, subject, per, now)
      const { fits } = await solveFits(scope.clickhouse, strata, scope.fits, signal)
      const statement = strata.statement(fits)
      Object.assign(params, statement.params)
      const column = strata.columns[0]!
      const source = `SELECT m.profile_id AS profile_id, t.${column.column} AS ${column.column} FROM (${members.sql}) AS m
        INNER JOIN (${statement.sql}) AS t ON m.profile_id = t.profile_id WHERE ${knownSql(column)}`
      sql = draw(source, stratumSql(column))
      params.labels = ['', ...column.codes]
    }
    const rows = await scope.clickhouse.query<{ stratum: string; total: string; profiles: number[] }>(
      `SELECT stratum, toString(any(people)) AS total, arraySort(groupArrayIf(profile_id, drawn)) AS profiles
       FROM (${sql}) GROUP BY stratum ORDER BY any(people) DESC, stratum`,
      { params, signal },
    )
    const people = rows.reduce((sum, row) => sum + Number(row.total), 0)
    const profileIds = rows.flatMap((row) => row.profiles).sort((a, b) => a - b)
    const strata = rows.map((row) => ({ value: row.stratum, people: Number(row.total), drawn: row.profiles.length }))
    return { profileIds, people, strata: per === null ? [] : strata }
  } catch (error) {
    throw computationError(error, 'sample')
  }
}

function compileStrata(scope: SegmentScope, subject: string, per: unknown, now: number): Compiled {
  const part = { part: { value: per }, pointer: '/per' }
  const definitions = unnamedDefinitions([part], { subject, who: 'everyone' }, scope.catalog)
  const compiled = compile(definitions, momentContext(scope, null, now))
  const { type } = compiled.columns[0]!
  if (type !== 'list' && type !== 'codes') return compiled
  const issue = {
    pointer: '/per',
    message: 'a list divides nobody: one value each',
    messageZh: '列表不能分层：每人须只有一个值',
  }
  throw new AppError('DEFINITION_INVALID', { words: { count: 1 }, issues: [issue] })
}

function stratumSql({ type, column }: OutputColumn): string {
  if (type === 'code') return `arrayElement({labels:Array(String)}, ${column} + 1)`
  if (type === 'bool') return `if(${column} = 1, 'true', 'false')`
  return type === 'number'
    ? `toString(toDecimal128(assumeNotNull(${column}), 0) * toDecimal128('0.00000001', 8))`
    : `toString(assumeNotNull(${column}))`
}
